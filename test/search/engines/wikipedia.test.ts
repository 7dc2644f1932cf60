import { expect, test } from "vitest";
import { createWikipediaEngine } from "../../../src/search/engines/wikipedia.ts";
import { describeHttpSearchEngine } from "../../conformance/search-engine.ts";
import { createHttpHarness, json, readFixture, SECRET } from "./wire/http-harness.ts";
import { startWireServer } from "../../servers/wire-server.ts";

const HAFNIUM = {
  title: "Hafnium",
  url: "https://en.wikipedia.org/wiki/Hafnium",
  text: "Hafnium is a chemical element; it has symbol Hf and atomic number 72.\nIts existence was predicted by Dmitri Mendeleev in 1869, and it was identified by Dirk Coster and George de Hevesy in 1922.",
  date: "2026-09-01",
};

describeHttpSearchEngine(
  createHttpHarness({
    name: "wikipedia",
    results: [
      HAFNIUM,
      {
        title: "George de Hevesy",
        url: "https://en.wikipedia.org/wiki/George_de_Hevesy",
        text: "a key role in the development of radioactive tracers; he also co-discovered the element hafnium",
        date: "2026-08-30",
      },
    ],
    resultsOfNulls: [
      { title: "", url: "https://example.com/a", text: "Only text." },
      { title: "Only a title", url: "", text: "" },
    ],
    create: (baseUrl, options) =>
      createWikipediaEngine({ ...options, baseUrl: baseUrl.replace("//", `//me:${SECRET}@`) }),
  }),
);

async function queryOf(query: string): Promise<string | null> {
  const server = await startWireServer(json(readFixture("wikipedia-found.json")));
  await createWikipediaEngine({ baseUrl: server.url }).search(query);
  return new URL(server.requests[0]!.path, server.url).searchParams.get("gsrsearch");
}

test.each(["/w", "/w/", "/w/api.php"])(
  "sends exactly this to a base URL that ends with %j",
  async (ending) => {
    const server = await startWireServer(json(readFixture("wikipedia-found.json")));
    const engine = createWikipediaEngine({
      baseUrl: server.url + ending,
      userAgent: "tests/1.0 (tests@example.org)",
    });
    await engine.search(" C++ &\n北京 ", { maxResults: 3 });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({
      method: "GET",
      path: "/w/api.php?action=query&format=json&formatversion=2&generator=search&gsrsearch=C%2B%2B+%26+%E5%8C%97%E4%BA%AC&gsrlimit=3&gsrprop=snippet%7Ctimestamp&prop=extracts%7Cinfo&exintro=1&explaintext=1&exlimit=max&inprop=url&redirects=1",
      headers: { accept: "application/json", "user-agent": "tests/1.0 (tests@example.org)" },
      body: "",
    });
  },
);

test("says who asks", async () => {
  const server = await startWireServer(json(readFixture("wikipedia-found.json")));
  await createWikipediaEngine({ baseUrl: server.url }).search("q");
  expect(server.requests[0]!.headers["user-agent"]).toBe("langgraph-agentic-rag");
});

test.each([
  [{}, "https://en.wikipedia.org/w/api.php"],
  [{ language: "zh-yue" }, "https://zh-yue.wikipedia.org/w/api.php"],
  [{ language: "de", baseUrl: "https://wiki.example.org" }, "https://wiki.example.org/api.php"],
])("asks with the options %o at %s", async (options, address) => {
  const asked: string[] = [];
  const engine = createWikipediaEngine({
    ...options,
    async fetch(url) {
      asked.push(new Request(url).url.replace(/\?.*/u, ""));
      return Response.json({ batchcomplete: true });
    },
  });
  expect(await engine.search("q")).toEqual({ status: "nothing" });
  expect(asked).toEqual([address]);
});

test.each(["", "EN", "en.example.org/", "../../x"])("refuses the language %j", (language) => {
  expect(() => createWikipediaEngine({ language })).toThrow(
    `There is no Wikipedia in the language ${JSON.stringify(language)}.`,
  );
});

test("shortens a query over 300 characters after a word", async () => {
  const words = "word ".repeat(59);
  expect(await queryOf(`${words}last!`)).toBe(`${words}last!`);
  expect(await queryOf(`${words}longer words`)).toBe(words.trim());
  expect(await queryOf("x".repeat(301))).toBe("x".repeat(300));
});

test("reads an older wiki without extracts, in the order of the search, by the passages that matched", async () => {
  const server = await startWireServer(json(readFixture("wikipedia-no-extracts.json")));
  expect(await createWikipediaEngine({ baseUrl: server.url }).search("pid 1")).toEqual({
    status: "found",
    results: [
      {
        title: "Init",
        url: "https://wiki.example.org/index.php/Init",
        text: "The first process, PID 1.",
        date: "2023-01-02",
      },
      {
        title: "Systemd",
        url: "https://wiki.example.org/index.php/Systemd",
        text: 'runs as PID 1 & starts "the rest" of the system',
        date: "2024-11-05",
      },
    ],
  });
});

test.each([
  ["ratelimited", "rate-limited", "Wait before asking again."],
  ["maxlag", "rate-limited", "Wait before asking again."],
  ["cirrussearch-too-busy-error", "rate-limited", "Wait before asking again."],
  [
    "readapidenied",
    "unauthorized",
    "This wiki may not be read like this: log in by a user name and password in the base URL, or choose another wiki.",
  ],
  [
    "search-text-disabled",
    "misconfigured",
    "Searching through the API is not possible on this wiki: choose another one.",
  ],
  ["internal_api_error_DBQueryError", "server-error", "Ask again later."],
  ["cirrussearch-backend-error", "server-error", "Ask again later."],
  ["srsearch-text-too-long", "rejected", "Change the query."],
])("tells the error %s, which comes with status 200, as %s", async (code, kind, advice) => {
  const body = JSON.stringify({ error: { code, info: "It \u001b[31mdid not\nwork.", docref: "See …" } });
  const server = await startWireServer((response) =>
    response.writeHead(200, { "retry-after": "5" }).end(body),
  );
  expect(await createWikipediaEngine({ baseUrl: `${server.url}/w` }).search("q")).toEqual({
    status: "failed",
    failure: {
      kind,
      message: `Wikipedia at ${server.url}/w/api.php did not run the search (${code}: It did not work.). ${advice}`,
      retryAfterMs: 5_000,
    },
  });
});

test.each([
  [
    403,
    "unauthorized",
    "It wants to know who asks, or serves only those who are logged in: set a user agent that names you, or a user name and password in the base URL.",
  ],
  [
    404,
    "misconfigured",
    "Set the base URL to the folder of api.php, which the wiki's page Special:Version names.",
  ],
])("says what to do about status %i", async (status, kind, advice) => {
  const server = await startWireServer((response) => response.writeHead(status).end("<h1>No</h1>"));
  expect(await createWikipediaEngine({ baseUrl: server.url }).search("q")).toEqual({
    status: "failed",
    failure: {
      kind,
      status,
      message: `Wikipedia at ${server.url}/api.php answered with HTTP status ${status}. ${advice}`,
    },
  });
});
