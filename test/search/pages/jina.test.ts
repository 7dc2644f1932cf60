import { expect, test } from "vitest";
import { createJinaPageReader, type JinaPageReaderOptions } from "../../../src/search/pages/jina.ts";
import type { PageOutcome } from "../../../src/search/pages/page-reader.ts";
import { describePageReader, type PageSituation } from "../../conformance/page-reader.ts";
import { json } from "../engines/wire/http-harness.ts";
import { type Answer, startWireServer } from "../../servers/wire-server.ts";
import { LONG_PAGE } from "./situations.ts";

const KEY = "jina_0123456789abcdef";
const ASKED = "https://site.example/hafnium";

function reply(data: Readonly<Record<string, unknown>>): Answer {
  return json(JSON.stringify({ code: 200, status: 20_000, data: { title: "Hafnium", url: ASKED, ...data } }));
}

function answerIn(situation: PageSituation): Answer {
  switch (situation) {
    case "page":
      return reply({
        content: "Hafnium was **discovered** in 1923.",
        publishedTime: "2024-05-06T00:00:00Z",
        links: [["discovered", "https://site.example/coster"]],
      });
    case "long-page":
      return reply({ content: LONG_PAGE.join("\n\n") });
    case "blank":
      return reply({ content: "" });
    case "hangs":
      return () => undefined;
    case "fails":
      return json(
        JSON.stringify({ data: null, code: 401, name: "AuthenticationRequiredError", message: KEY }),
        401,
      );
  }
}

describePageReader({
  name: "jina",
  page: {
    title: "Hafnium",
    text: "Hafnium was discovered in 1923.",
    date: "2024-05-06",
    links: ["https://site.example/coster"],
  },
  kindOfFailure: "unauthorized",
  secret: KEY,
  async open(situation, deadlineMs) {
    const server = await startWireServer(answerIn(situation));
    const reader = createJinaPageReader({
      apiKey: KEY,
      baseUrl: server.url,
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
    });
    return { reader, url: ASKED, asked: server.asked, close: () => server.close() };
  },
});

async function read(answer: Answer, options: JinaPageReaderOptions = {}): Promise<PageOutcome> {
  const server = await startWireServer(answer);
  return createJinaPageReader({ baseUrl: server.url, ...options }).read(ASKED);
}

test("asks as Jina Reader wants to be asked", async () => {
  const server = await startWireServer(reply({ content: "x" }));
  await createJinaPageReader({ apiKey: ` ${KEY}\n`, baseUrl: server.url }).read(`${ASKED}#part`);
  expect(server.requests).toMatchObject([
    {
      method: "POST",
      path: "/",
      body: JSON.stringify({ url: ASKED }),
      headers: {
        accept: "application/json",
        authorization: `Bearer ${KEY}`,
        "x-retain-images": "none",
        "x-with-links-summary": "all",
      },
    },
  ]);
});

test("needs no key", async () => {
  const server = await startWireServer(reply({ content: "x" }));
  await createJinaPageReader({ baseUrl: server.url }).read(ASKED);
  expect(server.requests[0]?.headers).not.toHaveProperty("authorization");
});

test("tells Jina nothing of the local network", async () => {
  const server = await startWireServer(reply({ content: "x" }));
  const reader = createJinaPageReader({ baseUrl: server.url });
  for (const url of ["http://wiki/", "http://wiki.internal/", "http://10.0.0.1/"]) await reader.read(url);
  expect(server.requests).toEqual([]);
});

test.each([
  [{ url: "https://moved.example/a" }, "https://moved.example/a"],
  [{ url: "http://127.0.0.1/" }, ASKED],
  [{ url: null }, ASKED],
])("says where the page is: %j", async (data, url) => {
  expect(await read(reply({ content: "Text.", ...data }))).toMatchObject({ page: { url, text: "Text." } });
});

test.each([
  [{ one: "https://site.example/1", two: "javascript:alert(1)" }, ["https://site.example/1"]],
  ["nonsense", []],
  [null, []],
])("takes the links %j", async (links, expected) => {
  expect(await read(reply({ content: "Text.", links }))).toMatchObject({ page: { links: expected } });
});

test.each([
  [
    "a page that is refused to Jina",
    reply({ content: "Log in", warning: "Target URL returned error 403: Forbidden" }),
    "unauthorized",
  ],
  [
    "a page that is not there",
    reply({ content: "Oh no", warning: "Target URL returned error 404: Not Found" }),
    "rejected",
  ],
  [
    "no credit",
    json('{"data":null,"code":402,"status":40203,"message":"Insufficient balance"}', 402),
    "quota-exceeded",
  ],
  [
    "no credit, with status 200",
    json('{"data":null,"code":402,"status":40203,"message":"Insufficient balance"}'),
    "quota-exceeded",
  ],
  ["too many requests", json('{"data":null,"code":429}', 429), "rate-limited"],
  ["a page that does not open", json('{"data":null,"code":422,"message":"Failed to goto"}', 422), "rejected"],
  ["a page that may not be read", json('{"data":null,"code":451}', 451), "rejected"],
  ["another service", json('{"answer":42}'), "bad-reply"],
])("tells of %s", async (_, answer, kind) => {
  expect(await read(answer)).toMatchObject({ status: "failed", failure: { kind } });
});

test("refuses a base URL that is none", () => {
  expect(() => createJinaPageReader({ baseUrl: "r.jina.ai" })).toThrow("The base URL of Jina Reader is not");
});
