import { expect, test } from "vitest";
import type { SearchOutcome } from "../../../src/search/engine.ts";
import { createSerperEngine, type SerperOptions } from "../../../src/search/engines/serper.ts";
import { describeHttpSearchEngine } from "../../conformance/search-engine.ts";
import { createHttpHarness, json, readFixture, SECRET } from "./wire/http-harness.ts";
import { startWireServer, type WireServer } from "../../servers/wire-server.ts";

describeHttpSearchEngine(
  createHttpHarness({
    name: "serper",
    results: [
      {
        title: "Dirk Coster and George de Hevesy",
        url: "https://www.britannica.com/science/hafnium",
        text: "Hafnium was discovered by Dirk Coster and George de Hevesy in Copenhagen.",
        date: "2025-03-06",
      },
      {
        title: "Hafnium",
        url: "https://en.wikipedia.org/wiki/Hafnium",
        text: "Hafnium is a chemical element; it has symbol Hf and atomic number 72.\nHafnium was discovered in 1923 by Dirk Coster and George de Hevesy.",
      },
      {
        title: "Hafnium | Royal Society of Chemistry",
        url: "https://www.rsc.org/periodic-table/element/72/hafnium",
        text: "The existence of a missing element below zirconium was predicted.",
      },
    ],
    resultsOfNulls: [{ title: "", url: "https://example.com/a", text: "Only text." }],
    create: (baseUrl, options) => createSerperEngine({ ...options, baseUrl, apiKey: SECRET }),
  }),
);

async function start(body: string, status?: number): Promise<WireServer> {
  return startWireServer(json(body, status));
}

async function bodyOf(
  query: string,
  options: Partial<SerperOptions> = {},
  maxResults?: number,
): Promise<unknown> {
  const server = await start(readFixture("serper-found.json"));
  const engine = createSerperEngine({ apiKey: SECRET, baseUrl: server.url, ...options });
  await engine.search(query, maxResults === undefined ? {} : { maxResults });
  return JSON.parse(server.requests[0]!.body);
}

async function found(reply: unknown): Promise<SearchOutcome> {
  const server = await start(JSON.stringify(reply));
  return createSerperEngine({ apiKey: SECRET, baseUrl: server.url }).search("q");
}

test("sends exactly this", async () => {
  const server = await start(readFixture("serper-found.json"));
  await createSerperEngine({ apiKey: ` ${SECRET}\n`, baseUrl: `${server.url}/` }).search(
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
    body: '{"q":"who discovered it","num":5}',
  });
});

test("sends every option under the name that the API has for it", async () => {
  const options = { gl: "de", hl: "de", location: "Berlin, Germany", tbs: "qdr:w", autocorrect: false };
  expect(await bodyOf("q", options, 7)).toEqual({ q: "q", num: 7, ...options });
});

test("asks for 100 results at most and shortens a query over 2,048 characters", async () => {
  expect(await bodyOf("x".repeat(2_049), {}, 500)).toEqual({ q: "x".repeat(2_048), num: 100 });
  expect(await bodyOf("x".repeat(2_048))).toEqual({ q: "x".repeat(2_048), num: 5 });
});

test("leaves out an answer box or a knowledge graph that names no page or says nothing", async () => {
  const organic = [{ title: "Page", link: "https://example.com/", snippet: "Text.", date: "6 Mar 2025" }];
  const page = { title: "Page", url: "https://example.com/", text: "Text.", date: "2025-03-06" };
  const outcome = { status: "found", results: [page] };
  expect(await found({ organic, answerBox: { title: "Weather", answer: "12°C" } })).toEqual(outcome);
  expect(await found({ organic, answerBox: { title: "A", link: "https://a.com/" } })).toEqual(outcome);
  expect(await found({ organic, knowledgeGraph: { title: "A", attributes: { Born: "1970" } } })).toEqual(
    outcome,
  );
  expect(await found({ organic, knowledgeGraph: { title: "A", website: "https://a.com/" } })).toEqual(
    outcome,
  );
});

test("takes the website of a knowledge graph that has no source for its description", async () => {
  const knowledgeGraph = {
    title: "Acme",
    website: "https://acme.example/",
    description: "Makes everything.",
  };
  expect(await found({ searchParameters: {}, knowledgeGraph })).toEqual({
    status: "found",
    results: [{ title: "Acme", url: "https://acme.example/", text: "Makes everything." }],
  });
});

test("does not lose the results to an answer box of another form", async () => {
  const organic = [{ title: "Page", link: "https://example.com/", snippet: "Text." }];
  const outcome = await found({ organic, answerBox: ["12°C"], knowledgeGraph: { description: 7 } });
  expect(outcome).toEqual({
    status: "found",
    results: [{ title: "Page", url: "https://example.com/", text: "Text." }],
  });
});

test("says once what the answer box and a result say of the same page", async () => {
  const link = "https://example.com/";
  const outcome = await found({
    answerBox: { title: "Hafnium", answer: "1923", snippet: "It was discovered in 1923.", link },
    organic: [
      { title: "Other", link: "https://example.com/other", snippet: "Other text." },
      { title: "Hafnium - Example", link, snippet: "... discovered in 1923 ...", date: "Mar 6, 2025" },
    ],
  });
  expect(outcome).toEqual({
    status: "found",
    results: [
      { title: "Hafnium", url: link, text: "It was discovered in 1923.", date: "2025-03-06" },
      { title: "Other", url: "https://example.com/other", text: "Other text." },
    ],
  });
});

test.each([
  [
    403,
    '{"message":"Unauthorized.","statusCode":403}',
    "unauthorized",
    "(Unauthorized.). Check the API key: it is shown at https://serper.dev/api-keys.",
  ],
  [
    400,
    '{"message":"Not enough credits","statusCode":400}',
    "quota-exceeded",
    "(Not enough credits). Buy credits at https://serper.dev/billing, or use another key or engine.",
  ],
  [
    400,
    '{"message":"Query pattern not allowed for free accounts.","statusCode":400}',
    "rejected",
    "(Query pattern not allowed for free accounts.). Change the query or the options of the engine.",
  ],
  [429, '{"message":"Too many requests"}', "rate-limited", "(Too many requests). Wait before asking again."],
])("explains status %i %s", async (status, body, kind, rest) => {
  const server = await start(body, status);
  expect(await createSerperEngine({ apiKey: SECRET, baseUrl: server.url }).search("q")).toEqual({
    status: "failed",
    failure: {
      kind,
      status,
      message: `Serper at ${server.url}/search answered with HTTP status ${status} ${rest}`,
    },
  });
});
