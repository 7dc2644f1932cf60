import { expect, test } from "vitest";
import { type BraveOptions, createBraveEngine } from "../../../src/search/engines/brave.ts";
import type { SearchOutcome } from "../../../src/search/engine.ts";
import { describeHttpSearchEngine } from "../../conformance/search-engine.ts";
import { createHttpHarness, json, readFixture, SECRET } from "./wire/http-harness.ts";
import { startWireServer } from "../../servers/wire-server.ts";

const DASHBOARD = "https://api-dashboard.search.brave.com";

describeHttpSearchEngine(
  createHttpHarness({
    name: "brave",
    results: [
      {
        title: "Hafnium - Wikipedia",
        url: "https://en.wikipedia.org/wiki/Hafnium",
        text: "Hafnium was discovered in 1923 by Dirk Coster & George de Hevesy, who named it after Copenhagen's Latin name, Hafnia.\nIts existence had been predicted by Mendeleev in 1869 for an element below zirconium (Z < 73).",
        date: "2025-03-06",
      },
      {
        title: "Hafnium | Royal Society of Chemistry",
        url: "https://www.rsc.org/periodic-table/element/72/hafnium",
        text: "The existence of a missing element below zirconium was predicted.",
      },
    ],
    resultsOfNulls: [{ title: "", url: "https://example.com/a", text: "Only text." }],
    create: (baseUrl, options) => createBraveEngine({ ...options, baseUrl, apiKey: SECRET }),
  }),
);

async function parametersOf(
  query: string,
  options: Partial<BraveOptions> = {},
  maxResults?: number,
): Promise<Record<string, string>> {
  const server = await startWireServer(json(readFixture("brave-found.json")));
  const engine = createBraveEngine({ apiKey: SECRET, baseUrl: `${server.url}/`, ...options });
  await engine.search(query, maxResults === undefined ? {} : { maxResults });
  return Object.fromEntries(new URL(server.requests[0]!.path, server.url).searchParams);
}

async function refused(
  status: number,
  body: string,
  headers: Record<string, string> = {},
): Promise<SearchOutcome> {
  const server = await startWireServer((response) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(body),
  );
  const outcome = await createBraveEngine({ apiKey: SECRET, baseUrl: server.url }).search("q");
  const text = JSON.stringify(outcome).replaceAll(server.url, "http://brave");
  return JSON.parse(text) as SearchOutcome;
}

function failed(status: number, kind: string, rest: string, retryAfterMs?: number): unknown {
  const message = `Brave Search at http://brave/web/search answered with HTTP status ${status}${rest}`;
  return {
    status: "failed",
    failure: { kind, status, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  };
}

test("sends exactly this", async () => {
  const server = await startWireServer(json(readFixture("brave-found.json")));
  const baseUrl = `${server.url.replace("//", "//me:word@")}/res/v1`;
  await createBraveEngine({ apiKey: ` ${SECRET}\n`, baseUrl }).search(" C++  &\n北京? ");
  expect(server.requests).toHaveLength(1);
  expect(server.requests[0]).toMatchObject({
    method: "GET",
    path: "/res/v1/web/search?q=C%2B%2B+%26+%E5%8C%97%E4%BA%AC%3F&count=5&result_filter=web&text_decorations=false",
    headers: {
      "x-subscription-token": SECRET,
      accept: "application/json",
      connection: "keep-alive",
      authorization: `Basic ${Buffer.from("me:word").toString("base64")}`,
    },
    body: "",
  });
});

test("sends every option under the name that the API has for it", async () => {
  const parameters = await parametersOf(
    "q",
    {
      country: "DE",
      searchLang: "de",
      freshness: "2025-01-01to2025-02-01",
      safesearch: "off",
      extraSnippets: true,
    },
    7,
  );
  expect(parameters).toEqual({
    q: "q",
    count: "7",
    result_filter: "web",
    text_decorations: "false",
    country: "DE",
    search_lang: "de",
    freshness: "2025-01-01to2025-02-01",
    safesearch: "off",
    extra_snippets: "true",
  });
});

test("asks for 20 results at most", async () => {
  expect(await parametersOf("q", {}, 21)).toMatchObject({ count: "20" });
});

test("shortens a query over 400 characters or 50 words after a word", async () => {
  const long = "character".repeat(8);
  const five = `${long} `.repeat(5);
  expect(await parametersOf(`${five}${"x".repeat(35)}`)).toMatchObject({ q: `${five}${"x".repeat(35)}` });
  expect(await parametersOf(`${five}${"x".repeat(36)}`)).toMatchObject({ q: five.trim() });
  expect(await parametersOf("x".repeat(401))).toMatchObject({ q: "x".repeat(400) });
  expect(await parametersOf("w ".repeat(50))).toMatchObject({ q: "w ".repeat(50).trim() });
  expect(await parametersOf("w ".repeat(51))).toMatchObject({ q: "w ".repeat(50).trim() });
});

test("keeps angle brackets that a page says, and takes an English date where there is no ISO date", async () => {
  const description = "A <b>vector&lt;int&gt;</b> or vector<int>, a&nbsp;&amp;&nbsp;b &#8212; &eacute;";
  const server = await startWireServer(
    json(JSON.stringify({ type: "search", web: { results: [{ description, age: "March 6, 2025" }] } })),
  );
  const outcome = await createBraveEngine({ apiKey: SECRET, baseUrl: server.url }).search("q");
  expect(outcome).toEqual({
    status: "found",
    results: [
      { title: "", url: "", text: "A vector<int> or vector<int>, a\u00A0&\u00A0b — é", date: "2025-03-06" },
    ],
  });
});

test("does not take an error with HTTP status 200 for nothing found", async () => {
  expect(await refused(200, readFixture("brave-rate-limited.json"))).toMatchObject({
    failure: { kind: "bad-reply", status: 200 },
  });
});

test("tells a wrong or missing key, although Brave calls it invalid input", async () => {
  const advice = `Check the API key: it is shown at ${DASHBOARD}.`;
  expect(await refused(422, readFixture("brave-token-invalid.json"))).toEqual(
    failed(422, "unauthorized", ` (The provided subscription token is invalid.). ${advice}`),
  );
  const errors = [{ type: "missing", loc: ["header", "x-subscription-token"], msg: "Field required" }];
  const missing = { error: { code: "VALIDATION", detail: "Unable to validate.", meta: { errors } } };
  expect(await refused(422, JSON.stringify(missing))).toEqual(
    failed(422, "unauthorized", ` (Unable to validate.). ${advice}`),
  );
});

test("tells an option that is invalid, and one that the plan does not have", async () => {
  const errors = [{ type: "enum", loc: ["query", "country"], msg: "Input should be 'AR' or 'AU'" }];
  const invalid = { error: { code: "VALIDATION", detail: "Unable to validate.", meta: { errors } } };
  expect(await refused(422, JSON.stringify(invalid))).toEqual(
    failed(422, "rejected", " (Unable to validate.). Change the query or the options of the engine."),
  );
  const lacking = { error: { code: "OPTION_NOT_IN_PLAN", detail: "Not subscribed.", meta: {} } };
  expect(await refused(400, JSON.stringify(lacking))).toEqual(
    failed(
      400,
      "misconfigured",
      ` (Not subscribed.). The plan of the key lacks web search or an option that is set, such as extraSnippets: leave the option out, or change the plan at ${DASHBOARD}.`,
    ),
  );
});

const POLICY = { "x-ratelimit-policy": "1;w=1, 15000;w=2592000", "x-ratelimit-limit": "1, 15000" };

test.each([
  ["the second's", { ...POLICY, "x-ratelimit-remaining": "0, 14523" }],
  ["none that it names", { ...POLICY, "x-ratelimit-remaining": "1, 14523" }],
  ["the second's, with nothing else told", {}],
  [
    "the second's of a plan without a quota",
    { "x-ratelimit-limit": "50, 0", "x-ratelimit-remaining": "0, 0" },
  ],
])("waits until the window that is spent begins anew: %s", async (_, headers) => {
  const answer = await refused(429, readFixture("brave-rate-limited.json"), {
    ...headers,
    "x-ratelimit-reset": "2, 1419704",
  });
  const words = " (Request rate limit exceeded for plan). Wait before asking again.";
  expect(answer).toEqual(failed(429, "rate-limited", words, 2_000));
});

test("believes a body that says there is no quota", async () => {
  const body = {
    error: { code: "RATE_LIMITED", detail: "Too fast", meta: { quota_limit: 0, quota_current: 14 } },
  };
  const headers = { "x-ratelimit-remaining": "0, 0", "x-ratelimit-reset": "1, 1419704" };
  expect(await refused(429, JSON.stringify(body), headers)).toEqual(
    failed(429, "rate-limited", " (Too fast). Wait before asking again.", 1_000),
  );
});

test("knows the month's window by its length, in whatever order the windows come", async () => {
  const headers = {
    "x-ratelimit-policy": "15000;w=2592000, 1;w=1",
    "x-ratelimit-limit": "15000, 1",
    "x-ratelimit-remaining": "9, 0",
    "x-ratelimit-reset": "1419704, 3",
  };
  expect(await refused(429, "{}", headers)).toEqual(
    failed(429, "rate-limited", ". Wait before asking again.", 3_000),
  );
});

const RESETS = { "x-ratelimit-reset": "1, 1419704" };
const spentMeta = { quota_limit: 2000, quota_current: 2000 };

test.each([
  ["headers", {}, { ...POLICY, ...RESETS, "x-ratelimit-remaining": "0, 0" }],
  ["code", { error: { code: "QUOTA_LIMITED" } }, { ...POLICY, ...RESETS, "x-ratelimit-remaining": "1, 7" }],
  ["count", { error: { code: "RATE_LIMITED", meta: spentMeta } }, RESETS],
])("tells that the month's quota is used up by the %s", async (_, body, headers) => {
  expect(await refused(429, JSON.stringify(body), headers)).toEqual(
    failed(
      429,
      "quota-exceeded",
      `. The quota of the plan is used up, for 17 days more: raise it at ${DASHBOARD}, or use another key or engine.`,
      1_419_704_000,
    ),
  );
});

test("tells a used-up quota without headers", async () => {
  expect(await refused(429, '{"error":{"code":"QUOTA_LIMITED"}}')).toEqual(
    failed(
      429,
      "quota-exceeded",
      `. The quota of the plan is used up: raise it at ${DASHBOARD}, or use another key or engine.`,
    ),
  );
});

test.each(["soon, later", "-1, 5", "", "1e9999", ","])("is not misled by the reset %j", async (reset) => {
  const headers = { "x-ratelimit-remaining": "0, 5", "x-ratelimit-reset": reset, "retry-after": "4" };
  expect(await refused(429, "nonsense", headers)).toEqual(
    failed(429, "rate-limited", ". Wait before asking again.", 4_000),
  );
});
