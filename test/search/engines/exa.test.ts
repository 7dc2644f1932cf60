import { expect, test } from "vitest";
import { createExaEngine, type ExaOptions } from "../../../src/search/engines/exa.ts";
import { describeHttpSearchEngine } from "../../conformance/search-engine.ts";
import { createHttpHarness, json, readFixture, SECRET } from "./wire/http-harness.ts";
import { startWireServer, type WireServer } from "../../servers/wire-server.ts";

describeHttpSearchEngine(
  createHttpHarness({
    name: "exa",
    results: [
      {
        title: "Hafnium - Wikipedia",
        url: "https://en.wikipedia.org/wiki/Hafnium",
        text: "Hafnium was discovered in 1923 by Dirk Coster and George de Hevesy.\nIt is named after Hafnia, the Latin name of Copenhagen.",
        date: "2025-03-06",
      },
      {
        title: "Hafnium | Royal Society of Chemistry",
        url: "https://www.rsc.org/periodic-table/element/72/hafnium",
        text: "The existence of a missing element below zirconium was predicted.",
      },
    ],
    resultsOfNulls: [{ title: "", url: "https://example.com/a", text: "Only text." }],
    create: (baseUrl, options) => createExaEngine({ ...options, baseUrl, apiKey: SECRET }),
  }),
);

async function start(body: string, status?: number): Promise<WireServer> {
  return startWireServer(json(body, status));
}

async function bodyOf(
  query: string,
  options: Partial<ExaOptions> = {},
  maxResults?: number,
): Promise<unknown> {
  const server = await start(readFixture("exa-found.json"));
  const engine = createExaEngine({ apiKey: SECRET, baseUrl: server.url, ...options });
  await engine.search(query, maxResults === undefined ? {} : { maxResults });
  return JSON.parse(server.requests[0]!.body);
}

const CONTENTS = { text: { maxCharacters: 4_000 }, highlights: true };

test("sends exactly this", async () => {
  const server = await start(readFixture("exa-found.json"));
  await createExaEngine({ apiKey: ` ${SECRET}\n`, baseUrl: `${server.url}/` }).search(
    " who  discovered\nit ",
  );
  expect(server.requests).toHaveLength(1);
  expect(server.requests[0]).toMatchObject({
    method: "POST",
    path: "/search",
    headers: {
      "x-api-key": SECRET,
      "content-type": "application/json",
      accept: "application/json",
      connection: "keep-alive",
    },
    body: '{"query":"who discovered it","numResults":5,"contents":{"text":{"maxCharacters":4000},"highlights":true}}',
  });
});

test("sends every option under the name that the API has for it", async () => {
  const options = {
    type: "deep",
    includeDomains: ["example.com"],
    excludeDomains: ["example.org"],
    startPublishedDate: "2025-01-01",
    endPublishedDate: "2025-02-01",
    category: "news",
    userLocation: "DE",
    moderation: true,
    contents: { text: { maxCharacters: 900 }, highlights: { maxCharacters: 300, query: "discovery" } },
  } as const;
  expect(await bodyOf("q", options, 7)).toEqual({ query: "q", numResults: 7, ...options });
});

test("bounds the text by what a result may hold, and leaves out what is not wanted", async () => {
  expect(await bodyOf("q", { limits: { maxResultBytes: 500 } })).toMatchObject({
    contents: { text: { maxCharacters: 500 }, highlights: true },
  });
  expect(await bodyOf("q", { contents: { text: false } })).toMatchObject({
    contents: { text: false, highlights: true },
  });
  expect(await bodyOf("q", { contents: { highlights: false } })).toMatchObject({
    contents: { text: { maxCharacters: 4_000 }, highlights: false },
  });
});

test("asks for 100 results at most, and for the whole query", async () => {
  const query = "word ".repeat(1_000).trim();
  expect(await bodyOf(query, {}, 500)).toEqual({ query, numResults: 100, contents: CONTENTS });
});

test.each([
  [
    401,
    { requestId: "1", error: "Invalid API key", tag: "INVALID_API_KEY" },
    "unauthorized",
    "(Invalid API key). Check the API key: it is shown at https://dashboard.exa.ai.",
  ],
  [
    402,
    { requestId: "1", error: "You have exceeded your credits limit.", tag: "NO_MORE_CREDITS" },
    "quota-exceeded",
    "(You have exceeded your credits limit.). The account's credit is used up: raise it at https://dashboard.exa.ai, or use another key or engine.",
  ],
  [
    402,
    { requestId: "1", error: "API key budget exceeded.", tag: "API_KEY_BUDGET_EXCEEDED" },
    "quota-exceeded",
    "(API key budget exceeded.). The budget set for the key or team is used up: raise it at https://dashboard.exa.ai, or use another key or engine.",
  ],
  [
    403,
    { requestId: "1", error: "Feature disabled", tag: "FEATURE_DISABLED" },
    "unauthorized",
    "(Feature disabled). The key is known, but may not do this: check what its plan has, or leave out the options that are set.",
  ],
  [
    400,
    { requestId: "1", error: "Invalid request body", tag: "INVALID_REQUEST_BODY" },
    "rejected",
    "(Invalid request body). Change the query or the options of the engine.",
  ],
  [
    429,
    { error: "You've exceeded your Exa rate limit of 10 requests per second" },
    "rate-limited",
    "(You've exceeded your Exa rate limit of 10 requests per second). Wait before asking again.",
  ],
])("explains status %i %j", async (status, body, kind, rest) => {
  const server = await start(JSON.stringify(body), status);
  expect(await createExaEngine({ apiKey: SECRET, baseUrl: server.url }).search("q")).toEqual({
    status: "failed",
    failure: {
      kind,
      status,
      message: `Exa at ${server.url}/search answered with HTTP status ${status} ${rest}`,
    },
  });
});
