import { describe, expect, test } from "vitest";
import { createHttpApiEngine, type HttpApiOptions } from "../../../src/search/engines/http-api.ts";
import { describeHttpSearchEngine } from "../../conformance/search-engine.ts";
import { startWireServer } from "../../servers/wire-server.ts";
import { createHttpHarness, json, readFixture, SECRET } from "./wire/http-harness.ts";

/** Of Elasticsearch and OpenSearch: https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-search */
const ELASTIC = {
  body: '{"query":{"match":{"body":"{query}"}},"highlight":{"fields":{"body":{}}},"size":"{count}"}',
  results: "hits.hits[].{title: _source.title, url: _source.link, text: highlight.body, date: _source.day}",
};

describeHttpSearchEngine(
  createHttpHarness({
    name: "http",
    results: [
      {
        title: "Hafnium",
        url: "https://en.wikipedia.org/wiki/Hafnium",
        text: "Hafnium was discovered in 1923.\nDirk Coster & George de Hevesy found it.",
        date: "2025-03-06",
      },
      {
        title: "Zirconium",
        url: "https://en.wikipedia.org/wiki/Zirconium",
        text: "A missing element below zirconium was predicted.",
      },
    ],
    resultsOfNulls: [{ title: "", url: "https://example.com/a", text: "Only text." }],
    create: (baseUrl, options) =>
      createHttpApiEngine({
        ...options,
        ...ELASTIC,
        url: `${baseUrl}/elements/_search`,
        key: { header: "authorization", scheme: "ApiKey", key: SECRET },
      }),
  }),
);

const SIMPLE = "items[].{title: name, url: link, text: body}";

async function asked(query: string, path: string, options: Partial<HttpApiOptions> = {}) {
  const server = await startWireServer(json(`{"items": [{"name": "A", "body": "b"}]}`));
  const engine = createHttpApiEngine({ url: server.url + path, results: SIMPLE, ...options });
  const outcome = await engine.search(query, { maxResults: 3 });
  const { method, path: sent, headers, body } = server.requests[0]!;
  return { outcome, method, path: sent, headers, body };
}

describe("what is sent", () => {
  test("by GET, the query in the address", async () => {
    const { outcome, method, path } = await asked("a&b=c#d é", "/find?lang=en&q={query}&n={count}&lang=de");
    expect([method, path]).toEqual(["GET", "/find?lang=en&q=a%26b%3Dc%23d%20%C3%A9&n=3&lang=de"]);
    expect(outcome).toEqual({ status: "found", results: [{ title: "A", url: "", text: "b" }] });
  });

  test("by POST, the query in strings alone, whatever it says", async () => {
    const query = '"}, "size": 10000, "x": {"y": "{count} {key}';
    const key = { header: "x-api-key", key: SECRET };
    const { method, path, headers, body } = await asked(query, "/idx/_search?pretty", { ...ELASTIC, key });
    expect([method, path, headers["x-api-key"]]).toEqual(["POST", "/idx/_search?pretty", SECRET]);
    expect(JSON.parse(body)).toEqual({
      query: { match: { body: query } },
      highlight: { fields: { body: {} } },
      size: 3,
    });
  });

  test("a key where the address has a place for it, and then in no header", async () => {
    const key = { header: "authorization", scheme: "Bearer", key: "k&y" };
    const { path, headers } = await asked("q", "/search?key={key}&q={query}", { key });
    expect(path).toBe("/search?key=k%26y&q=q");
    expect(headers).not.toHaveProperty("authorization");
  });
});

describe("what is read", () => {
  const REPLIES = [
    // https://www.meilisearch.com/docs/reference/api/search
    [
      "Meilisearch",
      "hits[].{title: title, url: url, text: _formatted.content}",
      {
        hits: [
          {
            title: "T",
            url: "https://t.example/",
            _formatted: { content: "…the <em>wreck</em> of 1911…", title: "T" },
          },
        ],
        query: "wreck",
        estimatedTotalHits: 1,
      },
      { title: "T", url: "https://t.example/", text: "…the wreck of 1911…" },
    ],
    // https://typesense.org/docs/latest/api/search.html
    [
      "Typesense",
      "hits[].{title: document.title, url: document.url, text: highlights[].snippet, date: document.date}",
      {
        found: 1,
        hits: [
          {
            document: { title: "T", url: "https://t.example/", date: "2024-05-01T10:00:00Z" },
            highlights: [{ field: "body", snippet: "of <mark>1911</mark>" }],
          },
        ],
      },
      { title: "T", url: "https://t.example/", text: "of 1911", date: "2024-05-01" },
    ],
    // https://developers.google.com/custom-search/v1/reference/rest/v1/Search leaves `items` out where there are none
    [
      "Google Custom Search",
      "items[].{title: title, url: link, text: snippet} || `[]`",
      {
        kind: "customsearch#search",
        items: [{ title: "T", link: "https://t.example/", snippet: "of 1911" }],
      },
      { title: "T", url: "https://t.example/", text: "of 1911" },
    ],
    [
      "a list, and addresses that are put together",
      "[].{title: join(' ', ['No.', to_string(id)]), url: join('', ['https://t.example/', to_string(id)]), text: body}",
      [{ id: 7, body: ["one", null, "two"] }],
      { title: "No. 7", url: "https://t.example/7", text: "one\ntwo" },
    ],
  ] as const;

  test.each(REPLIES)("%s", async (_name, results, reply, result) => {
    const server = await startWireServer(json(JSON.stringify(reply)));
    const engine = createHttpApiEngine({ url: `${server.url}/?q={query}`, results });
    expect(await engine.search("q")).toEqual({ status: "found", results: [result] });
  });

  test("nothing, where the expression says that a list that is left out is an empty one", async () => {
    const server = await startWireServer(json(`{"kind": "customsearch#search"}`));
    const results = "items[].{title: title} || `[]`";
    const engine = createHttpApiEngine({ url: `${server.url}/?q={query}`, results });
    expect(await engine.search("q")).toEqual({ status: "nothing" });
  });

  test.each([
    ["docs[].{title: title}", "no list of objects with title, url, text and date"],
    ["hits.hits[]._source.title", "no list of objects with title, url, text and date"],
    ["length(took)", "no list of objects with title, url, text and date"],
    ["hits.hits[].{title: _source.titel}", "neither a title nor a text in any of 2 results"],
  ])("an expression that does not fit is told, and is no empty answer: %s", async (results, what) => {
    const server = await startWireServer(json(readFixture("http-found.json")));
    const engine = createHttpApiEngine({ url: `${server.url}/?q={query}`, results });
    expect(await engine.search("q")).toEqual({
      status: "failed",
      failure: {
        kind: "bad-reply",
        message: `The search API at ${server.url}/ answered, and HTTP_SEARCH_RESULTS finds ${what} in it. The reply has took, timed_out, _shards, hits. Mend the expression.`,
      },
    });
  });
});

test.each([
  [{ url: "ftp://x/?q={query}" }, "The base URL of The search API is not an http(s) address."],
  [{ url: "https://x/?q=query" }, "The engine http sends the query nowhere: write {query} behind the ?"],
  [{ url: "https://x/{query}" }, "The engine http sends the query nowhere: write {query} behind the ?"],
  [{ url: "https://x/", body: "{query}" }, "The body of the engine http is no JSON."],
  [{ results: "hits[" }, "The expression for the results of the engine http is no JMESPath: "],
  [{ results: "hits[].{title}" }, "The expression for the results of the engine http is no JMESPath: "],
])("%j is refused", (options, message) => {
  expect(() =>
    createHttpApiEngine({ url: "https://x.example/?q={query}", results: SIMPLE, ...options }),
  ).toThrow(message);
});
