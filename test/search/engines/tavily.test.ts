import { expect, test } from "vitest";
import { createTavilyEngine, type TavilyOptions } from "../../../src/search/engines/tavily.ts";
import { describeHttpSearchEngine } from "../../conformance/search-engine.ts";
import { createHttpHarness, json, readFixture, SECRET } from "./wire/http-harness.ts";
import { startWireServer } from "../../servers/wire-server.ts";

const FOUND = [
  {
    title: "Hafnium - Wikipedia",
    url: "https://en.wikipedia.org/wiki/Hafnium",
    text: "Hafnium was discovered in 1923 by Dirk Coster and George de Hevesy in Copenhagen.",
    date: "2025-03-06",
  },
  {
    title: "Hafnium | Royal Society of Chemistry",
    url: "https://www.rsc.org/periodic-table/element/72/hafnium",
    text: "The existence of a missing element below zirconium was predicted.",
  },
];

describeHttpSearchEngine(
  createHttpHarness({
    name: "tavily",
    results: FOUND,
    resultsOfNulls: [{ title: "", url: "https://example.com/a", text: "Only text." }],
    statusKinds: { 432: "quota-exceeded", 433: "quota-exceeded" },
    create: (baseUrl, options) => createTavilyEngine({ ...options, baseUrl, apiKey: SECRET }),
  }),
);

async function requestOf(
  query: string,
  options: Partial<TavilyOptions> = {},
  maxResults?: number,
): Promise<unknown> {
  const server = await startWireServer(json(readFixture("tavily-found.json")));
  const engine = createTavilyEngine({ apiKey: SECRET, baseUrl: `${server.url}/`, ...options });
  await engine.search(query, maxResults === undefined ? {} : { maxResults });
  return JSON.parse(server.requests[0]!.body);
}

test("sends exactly this", async () => {
  const server = await startWireServer(json(readFixture("tavily-found.json")));
  await createTavilyEngine({ apiKey: ` ${SECRET}\n`, baseUrl: server.url }).search(
    " who  discovered\nhafnium ",
  );
  const [request] = server.requests;
  expect(server.requests).toHaveLength(1);
  expect(request).toMatchObject({
    method: "POST",
    path: "/search",
    headers: {
      authorization: `Bearer ${SECRET}`,
      "content-type": "application/json",
      accept: "application/json",
      connection: "keep-alive",
    },
    body: '{"query":"who discovered hafnium","max_results":5}',
  });
});

test("sends every option under the name that the API has for it", async () => {
  const body = await requestOf(
    "q",
    {
      searchDepth: "advanced",
      topic: "news",
      timeRange: "week",
      startDate: "2025-01-01",
      endDate: "2025-02-01",
      includeDomains: ["example.com"],
      excludeDomains: ["example.org"],
      country: "germany",
    },
    7,
  );
  expect(body).toEqual({
    query: "q",
    max_results: 7,
    search_depth: "advanced",
    topic: "news",
    time_range: "week",
    start_date: "2025-01-01",
    end_date: "2025-02-01",
    include_domains: ["example.com"],
    exclude_domains: ["example.org"],
    country: "germany",
  });
});

test("asks for 20 results at most", async () => {
  expect(await requestOf("q", {}, 50)).toEqual({ query: "q", max_results: 20 });
});

test("shortens a query over 400 characters after a word", async () => {
  const words = "word ".repeat(79);
  expect(await requestOf(`${words}last`)).toEqual({ query: `${words}last`, max_results: 5 });
  expect(await requestOf(`${words}longer words`)).toEqual({ query: words.trim(), max_results: 5 });
  expect(await requestOf("x".repeat(401))).toEqual({ query: "x".repeat(400), max_results: 5 });
});

test.each([
  [
    401,
    '{"detail":{"error":"Unauthorized: missing or invalid API key."}}',
    "unauthorized",
    "(Unauthorized: missing or invalid API key.). Check the API key.",
  ],
  [
    400,
    '{"detail":{"error":"Query is too long.\\u001b[31m"}}',
    "rejected",
    "(Query is too long.). Change the query or the options of the engine.",
  ],
  [
    432,
    '{"detail":{"error":"This request exceeds your plan\'s set usage limit."}}',
    "quota-exceeded",
    "(This request exceeds your plan's set usage limit.). The limit of the plan or key is reached: raise it at https://app.tavily.com, or use another engine.",
  ],
  [
    433,
    "{}",
    "quota-exceeded",
    ". The limit of the pay-as-you-go account is reached: raise it at https://app.tavily.com, or use another engine.",
  ],
  [500, "<h1>Oops</h1>", "server-error", ". Ask again later."],
])("explains status %i with the server's words", async (status, body, kind, rest) => {
  const server = await startWireServer(json(body, status));
  const engine = createTavilyEngine({ apiKey: SECRET, baseUrl: server.url });
  const space = rest.startsWith("(") ? " " : "";
  expect(await engine.search("q")).toEqual({
    status: "failed",
    failure: {
      kind,
      status,
      message: `Tavily at ${server.url}/search answered with HTTP status ${status}${space}${rest}`,
    },
  });
});

test("does not show a key that cannot be sent", async () => {
  const server = await startWireServer(json(readFixture("tavily-found.json")));
  const engine = createTavilyEngine({ apiKey: "tvly\nkey-π", baseUrl: server.url });
  expect(await engine.search("q")).toEqual({
    status: "failed",
    failure: {
      kind: "misconfigured",
      message: `Tavily at ${server.url}/search could not be asked: its URL, a header or the key is malformed.`,
    },
  });
  expect(server.requests).toEqual([]);
});
