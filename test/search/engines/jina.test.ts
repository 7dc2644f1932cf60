import { expect, onTestFinished, test, vi } from "vitest";
import { createJinaEngine, type JinaOptions } from "../../../src/search/engines/jina.ts";
import { describeHttpSearchEngine } from "../../conformance/search-engine.ts";
import { createHttpHarness, json, readFixture, SECRET } from "./wire/http-harness.ts";
import { startWireServer, type WireServer } from "../../servers/wire-server.ts";

describeHttpSearchEngine(
  createHttpHarness({
    name: "jina",
    results: [
      {
        title: "Hafnium - Wikipedia",
        url: "https://en.wikipedia.org/wiki/Hafnium",
        text: "Hafnium was discovered in 1923 by Dirk Coster and George de Hevesy.\n# Hafnium\n\nA chemical element with the symbol Hf.\n\nIt resists corrosion.",
        date: "2025-03-06",
      },
      {
        title: "Hafnium | Royal Society of Chemistry",
        url: "https://www.rsc.org/periodic-table/element/72/hafnium",
        text: "The existence of a missing element below zirconium was predicted.",
      },
    ],
    resultsOfNulls: [{ title: "", url: "https://example.com/a", text: "Only text." }],
    create: (baseUrl, options) => createJinaEngine({ ...options, baseUrl, apiKey: SECRET }),
  }),
);

async function start(body: string, status?: number): Promise<WireServer> {
  return startWireServer(json(body, status));
}

async function pathOf(
  query: string,
  options: Partial<JinaOptions> = {},
  maxResults?: number,
): Promise<string> {
  const server = await start(readFixture("jina-found.json"));
  const engine = createJinaEngine({ apiKey: SECRET, baseUrl: server.url, ...options });
  await engine.search(query, maxResults === undefined ? {} : { maxResults });
  return server.requests[0]!.path;
}

test("sends exactly this", async () => {
  const server = await start(readFixture("jina-found.json"));
  await createJinaEngine({ apiKey: ` ${SECRET}\n`, baseUrl: server.url }).search(" C++  &\n北京? ");
  expect(server.requests).toHaveLength(1);
  expect(server.requests[0]).toMatchObject({
    method: "GET",
    path: "/?q=C%2B%2B+%26+%E5%8C%97%E4%BA%AC%3F&num=5",
    headers: {
      authorization: `Bearer ${SECRET}`,
      accept: "application/json",
      connection: "keep-alive",
      "x-retain-images": "none",
      "x-md-link-style": "discarded",
    },
    body: "",
  });
});

test("sends every option under the name that the API has for it", async () => {
  const options = { respondWith: "no-content", provider: "bing", gl: "de", hl: "de" } as const;
  expect(await pathOf("q", options, 7)).toBe("/?q=q&num=7&respondWith=no-content&provider=bing&gl=de&hl=de");
});

test("says nothing about the form of pages that it does not ask for", async () => {
  const server = await start(readFixture("jina-no-content.json"));
  const engine = createJinaEngine({ apiKey: SECRET, baseUrl: server.url, respondWith: "no-content" });
  expect(await engine.search("q")).toEqual({
    status: "found",
    results: [
      {
        title: "Hafnium",
        url: "https://en.wikipedia.org/wiki/Hafnium",
        text: "Hafnium was discovered in 1923.",
      },
    ],
  });
  expect(server.requests[0]!.headers).not.toHaveProperty("x-md-link-style");
  expect(server.requests[0]!.headers).not.toHaveProperty("x-retain-images");
});

test("asks for 20 results at most, and shortens a query over 500 characters", async () => {
  expect(await pathOf("x".repeat(501), {}, 21)).toBe(`/?q=${"x".repeat(500)}&num=20`);
  expect(await pathOf("x".repeat(500), {}, 20)).toBe(`/?q=${"x".repeat(500)}&num=20`);
});

test("asks below the path of a base URL", async () => {
  const server = await start(readFixture("jina-found.json"));
  await createJinaEngine({ apiKey: SECRET, baseUrl: `${server.url}/jina` }).search("q");
  expect(server.requests[0]!.path).toBe("/jina/?q=q&num=5");
});

async function fetchForever(): Promise<never> {
  return new Promise(() => undefined);
}

test.each([
  [{}, 30],
  [{ respondWith: "no-content" }, 15],
  [{ deadlineMs: 4_000 }, 4],
] as const)("gives a search with %j as many seconds as it may need: %i", async (options, seconds) => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const engine = createJinaEngine({ apiKey: SECRET, fetch: fetchForever, ...options });
  const search = engine.search("q");
  await vi.advanceTimersByTimeAsync(seconds * 1000);
  expect(await search).toEqual({
    status: "failed",
    failure: { kind: "timeout", message: `Jina at https://s.jina.ai/ did not answer within ${seconds} s.` },
  });
});

test("finds nothing where Jina refuses a query for having no results", async () => {
  const server = await start(readFixture("jina-nothing.json"), 422);
  expect(await createJinaEngine({ apiKey: SECRET, baseUrl: server.url }).search("xyzzy")).toEqual({
    status: "nothing",
  });
});

/** Jina's envelope of a refusal. */
function refusal(code: number, status: number, name: string, message: string, more = {}): string {
  const readableMessage = `${name}: ${message}`;
  return JSON.stringify({ data: null, code, name, status, message, readableMessage, ...more });
}

const ASK = "raise them at https://jina.ai/api-dashboard, or use another key or engine.";

test.each([
  [
    401,
    refusal(401, 40_103, "AuthenticationRequiredError", "Authentication is required."),
    "unauthorized",
    "(Authentication is required.). Check the API key: it is shown at https://jina.ai/api-dashboard.",
  ],
  [
    402,
    readFixture("jina-insufficient-balance.json"),
    "quota-exceeded",
    `(Account balance not enough to run this query, please recharge.). The key's tokens, budget or plan do not allow it: ${ASK}`,
  ],
  [
    409,
    refusal(409, 40_904, "BudgetExceededError", "Too many tokens."),
    "quota-exceeded",
    `(Too many tokens.). The key's tokens, budget or plan do not allow it: ${ASK}`,
  ],
  [
    409,
    refusal(409, 40_903, "LockConflictError", "Locked."),
    "rejected",
    "(Locked.). Change the query or the options of the engine.",
  ],
  [
    412,
    refusal(412, 41_201, "BatchSizeTooLargeError", "Too large."),
    "rejected",
    "(Too large.). Change the query or the options of the engine.",
  ],
  [
    422,
    refusal(422, 42_206, "AssertionFailureError", "Bad operator: No search results available for query"),
    "rejected",
    "(Bad operator: No search results available for query). Change the query or the options of the engine.",
  ],
  [
    422,
    refusal(422, 42_206, "AssertionFailureError", "No provider can do web search atm."),
    "server-error",
    "(No provider can do web search atm.). Ask again later.",
  ],
  [
    451,
    refusal(451, 45_102, "SecurityCompromiseError", "Domain is blocked."),
    "rejected",
    "(Domain is blocked.). Jina does not search for this, for legal or safety reasons: ask otherwise.",
  ],
  [
    503,
    refusal(503, 50_301, "ServiceDisabledError", "Under maintenance."),
    "server-error",
    "(Under maintenance.). Ask again later.",
  ],
])("explains status %i, of HTTP or in the body: %s", async (status, body, kind, rest) => {
  const refused = await start(body, status);
  expect(await createJinaEngine({ apiKey: SECRET, baseUrl: refused.url }).search("q")).toEqual({
    status: "failed",
    failure: { kind, status, message: `Jina at ${refused.url}/ answered with HTTP status ${status} ${rest}` },
  });
  const replied = await start(body);
  expect(await createJinaEngine({ apiKey: SECRET, baseUrl: replied.url }).search("q")).toEqual({
    status: "failed",
    failure: {
      kind,
      status: 200,
      message: `Jina at ${replied.url}/ answered with HTTP status 200 and, in its body, status ${status} ${rest}`,
    },
  });
});

test.each([
  [{ status: 40_203 }, "quota-exceeded"],
  [{ status: 402 }, "quota-exceeded"],
  [{ code: 0, status: 50_301 }, "server-error"],
  [{ code: 200, status: 40_103 }, "unauthorized"],
])("reads the refusal %j with HTTP status 200, and shows no key of it", async (envelope, kind) => {
  const server = await start(JSON.stringify({ data: null, ...envelope, message: `not for ${SECRET}` }));
  const outcome = await createJinaEngine({ apiKey: SECRET, baseUrl: server.url }).search("q");
  expect(outcome).toMatchObject({ status: "failed", failure: { kind, status: 200 } });
  expect(JSON.stringify(outcome)).toContain("(not for [key])");
});

test.each([
  [{ retryAfter: 12.5 }, {}, 12_500],
  [{ retryAfter: 12.5 }, { "retry-after": "3" }, 3_000],
  [{ retryAfter: -1 }, {}, undefined],
  [{ retryAfter: "soon" }, {}, undefined],
])("waits as %j and %j say", async (more, headers, retryAfterMs) => {
  const body = refusal(429, 42_903, "RateLimitTriggeredError", "Slow down.", more);
  const server = await startWireServer((response) => response.writeHead(429, headers).end(body));
  expect(await createJinaEngine({ apiKey: SECRET, baseUrl: server.url }).search("q")).toEqual({
    status: "failed",
    failure: {
      kind: "rate-limited",
      status: 429,
      message: `Jina at ${server.url}/ answered with HTTP status 429 (Slow down.). Wait before asking again.`,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    },
  });
});
