import { describe, expect, test } from "vitest";
import { createDuckDuckGoEngine, type DuckDuckGoOptions } from "../../../src/search/engines/duckduckgo.ts";
import { describeHttpSearchEngine } from "../../conformance/search-engine.ts";
import { createHttpHarness, html, json, readFixture, SECRET } from "./wire/http-harness.ts";
import { startWireServer } from "../../servers/wire-server.ts";

const BLOCKED =
  "It takes us for a robot and blocks this address for a while, often an hour: wait and ask more seldom, or use an engine with a key or an instance of SearXNG.";

describeHttpSearchEngine(
  createHttpHarness({
    name: "duckduckgo",
    format: "html",
    results: [
      {
        title: "Hafnium - Wikipedia & more",
        url: "https://en.wikipedia.org/wiki/Hafnium?a=1&b=2",
        text: "Hafnium was discovered in 1923 by Coster & Hevesy.",
        date: "2025-03-06",
      },
      {
        title: "Hafnium - Element information",
        url: "https://www.rsc.org/periodic-table/element/72/hafnium",
        text: "The existence of a missing element below zirconium was predicted.",
      },
    ],
    resultsOfNulls: [
      { title: "", url: "https://example.com/a", text: "Only text." },
      { title: "Only a title", url: "https://example.com/b", text: "" },
    ],
    statusKinds: { 403: "rate-limited", 418: "rate-limited" },
    create: (baseUrl, options) =>
      createDuckDuckGoEngine({ ...options, baseUrl: baseUrl.replace("//", `//me:${SECRET}@`) }),
  }),
);

async function formOf(query: string, options: DuckDuckGoOptions = {}): Promise<string> {
  const server = await startWireServer(html(readFixture("duckduckgo-found.html")));
  await createDuckDuckGoEngine({ ...options, baseUrl: server.url }).search(query);
  return server.requests[0]!.body;
}

test.each(["", "/html", "/html/"])("sends exactly this to a base URL that ends with %j", async (ending) => {
  const server = await startWireServer(html(readFixture("duckduckgo-found.html")));
  await createDuckDuckGoEngine({ baseUrl: server.url + ending }).search("C++ & 北京?");
  expect(server.requests).toHaveLength(1);
  expect(server.requests[0]).toMatchObject({
    method: "POST",
    path: "/html/",
    headers: {
      accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
      "accept-language": "en-US,en;q=0.5",
      "content-type": "application/x-www-form-urlencoded",
      origin: server.url,
      referer: `${server.url}/`,
      "sec-fetch-dest": "document",
      "sec-fetch-site": "same-origin",
      "sec-fetch-user": "?1",
      "upgrade-insecure-requests": "1",
      "user-agent": "Mozilla/5.0 (compatible; langgraph-agentic-rag)",
    },
    body: "q=C%2B%2B+%26+%E5%8C%97%E4%BA%AC%3F&b=&kl=wt-wt",
  });
});

test("sends the region and the time range under the names that the form has for them", async () => {
  expect(await formOf("q", { region: "de-de", timeRange: "month" })).toBe("q=q&b=&kl=de-de&df=m");
});

test("shortens a query over 499 characters after a word", async () => {
  const words = "word ".repeat(99);
  expect(await formOf(`${words}last`)).toBe(`q=${words.replaceAll(" ", "+")}last&b=&kl=wt-wt`);
  expect(await formOf(`${words}longer`)).toBe(`q=${words.trim().replaceAll(" ", "+")}&b=&kl=wt-wt`);
  expect(await formOf("x".repeat(500))).toBe(`q=${"x".repeat(499)}&b=&kl=wt-wt`);
});

test.each([
  ["!w hafnium", "w+hafnium"],
  ["hafnium !g", "hafnium+g"],
  ["\\hafnium", "hafnium"],
  ["hafnium! now", "hafnium%21+now"],
])("does not follow the bang in %j", async (query, sent) => {
  expect(await formOf(query)).toBe(`q=${sent}&b=&kl=wt-wt`);
});

test("does not ask with a query of bangs alone", async () => {
  const server = await startWireServer(html(""));
  expect(await createDuckDuckGoEngine({ baseUrl: server.url }).search("! \\")).toMatchObject({
    failure: { kind: "rejected" },
  });
  expect(server.requests).toEqual([]);
});

async function outcomeOf(body: string, status = 200): Promise<unknown> {
  const server = await startWireServer(html(body, status));
  const outcome = await createDuckDuckGoEngine({ baseUrl: server.url }).search("q");
  return JSON.parse(JSON.stringify(outcome).replaceAll(server.url, "http://host"));
}

describe("a page without results", () => {
  const UNKNOWN = {
    status: "failed",
    failure: {
      kind: "bad-reply",
      status: 200,
      message:
        "DuckDuckGo at http://host/html/ answered with a page of an unknown form. Check that no login page or proxy answers in its place; if its pages have changed, use another engine.",
    },
  };

  test.each([200, 202])("is a block when it is a challenge, with status %i", async (status) => {
    expect(await outcomeOf(readFixture("duckduckgo-challenge.html"), status)).toEqual({
      status: "failed",
      failure: {
        kind: "rate-limited",
        status,
        message: `DuckDuckGo at http://host/html/ answered with a challenge instead of results. ${BLOCKED}`,
      },
    });
  });

  test("is a block when its status is 202, whatever it says", async () => {
    expect(await outcomeOf(readFixture("duckduckgo-nothing.html"), 202)).toMatchObject({
      failure: { kind: "rate-limited", status: 202 },
    });
  });

  test("is a block when it is refused", async () => {
    expect(await outcomeOf("<h1>Forbidden</h1>", 403)).toEqual({
      status: "failed",
      failure: {
        kind: "rate-limited",
        status: 403,
        message: `DuckDuckGo at http://host/html/ answered with HTTP status 403. ${BLOCKED}`,
      },
    });
  });

  test("is nothing found when there are only advertisements", async () => {
    const page = `<div class="result result--ad"><a class="result__a" href="https://shop.example/">Buy</a></div>
      <div class="result"><a class="result__a" href="https://duckduckgo.com/y.js?u=x">Buy</a></div>
      <div class="result"><a class="result__a" href="//duckduckgo.com/l/?uddg=https%3A%2F%2Fduckduckgo.com%2Fy.js%3Fu%3Dx">Buy</a></div>`;
    expect(await outcomeOf(page)).toEqual({ status: "nothing" });
  });

  test.each([
    ["results of a new form", '<div class="result"><a class="title" href="https://example.com">T</a></div>'],
    [
      "an advertisement beside results of a new form",
      '<div class="result result--ad"></div><div class="result"><a class="title" href="https://example.com">T</a></div>',
    ],
    ["a link that is none", '<div class="result"><a class="result__a" href="http://">T</a></div>'],
    ["no word that there are none", '<div id="links" class="results"></div>'],
    ["text alone", "Service unavailable"],
    ["tags without end", "<div>".repeat(200_000)],
  ])("is of an unknown form when it has %s", async (_name, page) => {
    expect(await outcomeOf(page)).toEqual(UNKNOWN);
  });

  test("is of an unknown form when it is JSON", async () => {
    const server = await startWireServer(json('{"results":[]}'));
    expect(await createDuckDuckGoEngine({ baseUrl: server.url }).search("q")).toMatchObject({
      failure: { kind: "bad-reply" },
    });
  });
});
