import { BraveSearch } from "@langchain/community/tools/brave_search";
import { GoogleCustomSearch } from "@langchain/community/tools/google_custom_search";
import { SearxngSearch } from "@langchain/community/tools/searxng_search";
import { SerpAPI } from "@langchain/community/tools/serpapi";
import { Serper } from "@langchain/community/tools/serper";
import { StackExchangeAPI } from "@langchain/community/tools/stackexchange";
import { WikipediaQueryRun } from "@langchain/community/tools/wikipedia_query_run";
import { describe, expect, test } from "vitest";
import { createLangChainEngine } from "../../../src/search/langchain/langchain.ts";
import { describeSearchEngine } from "../../conformance/search-engine.ts";
import { json, readFixture, SECRET } from "../engines/wire/http-harness.ts";
import { search, start, startForConstantAddress } from "./search.ts";
import { startWireServer } from "../../servers/wire-server.ts";

const HAFNIUM = {
  title: "Hafnium",
  url: "https://en.wikipedia.org/wiki/Hafnium",
  text: "Hafnium was discovered in 1923.",
};
const RSC = {
  title: "Hafnium - Element information",
  url: "https://www.rsc.org/periodic-table/element/72/hafnium",
  text: "Discovered by George Charles de Hevesy and Dirk Coster.",
};
const SEARXNG_NOTHING = JSON.stringify({ results: [], answers: [], infoboxes: [], suggestions: [] });

describeSearchEngine({
  name: "searxng-search",
  query: "who discovered hafnium",
  results: [HAFNIUM, RSC],
  resultsOfNulls: [],
  unanswerable: "xyzzy",
  async open(situation) {
    const body = situation === "nothing" ? SEARXNG_NOTHING : readFixture("searxng-found.json");
    const server = await startWireServer(json(body));
    return {
      engine: createLangChainEngine({ source: new SearxngSearch({ apiBase: server.url }) }),
      asked: server.asked,
      disconnected: server.disconnected,
      close: () => server.close(),
    };
  },
});

describe("SearxngSearch", () => {
  test("is asked with the query as a string, and answers with objects joined by commas", async () => {
    const server = await start(json(readFixture("searxng-found.json")));
    expect(await search(new SearxngSearch({ apiBase: server.url }))).toEqual({
      status: "found",
      results: [HAFNIUM, RSC],
    });
    expect(server.requests.map(({ path }) => new URL(path, server.url).searchParams.get("q"))).toEqual([
      "who discovered hafnium",
    ]);
  });

  test.each([
    [429, "rate-limited"],
    [401, "unauthorized"],
    [500, "server-error"],
  ])("throws nothing but the words of status %i, which tell it", async (status, kind) => {
    const server = await start(json("{}", status));
    expect(await search(new SearxngSearch({ apiBase: server.url }))).toMatchObject({
      status: "failed",
      failure: { kind, status },
    });
  });

  test.each(["<!doctype html>", "", '{"results":'])(
    "throws for the reply %j, which is a bad one",
    async (body) => {
      const server = await start(json(body));
      expect(await search(new SearxngSearch({ apiBase: server.url }))).toMatchObject({
        failure: { kind: "bad-reply" },
      });
    },
  );

  test("throws when nothing listens", async () => {
    const server = await startWireServer(json("{}"));
    await server.close();
    expect(await search(new SearxngSearch({ apiBase: server.url }))).toEqual({
      status: "failed",
      failure: {
        kind: "unreachable",
        message:
          "The service behind searxng-search refused the connection: nothing listens there (ECONNREFUSED). Check that the service behind it runs.",
      },
    });
  });

  test("throws when the connection is reset", async () => {
    const server = await start((response) => response.destroy());
    expect(await search(new SearxngSearch({ apiBase: server.url }))).toMatchObject({
      failure: { kind: "unreachable" },
    });
  });
});

test("WikipediaQueryRun answers with pages in one text", async () => {
  const server = await start((response, { path }) => {
    const { searchParams } = new URL(path, "http://host");
    const title = searchParams.get("titles");
    response.end(
      JSON.stringify(
        title === null
          ? { query: { search: [{ title: "Hafnium" }, { title: "Zirconium" }] } }
          : { query: { pages: { 1: { title, extract: `${title} is a metal.\n\nIts text goes on.` } } } },
      ),
    );
  });
  expect(await search(new WikipediaQueryRun({ baseUrl: server.url }))).toEqual({
    status: "found",
    results: [
      { title: "Hafnium", url: "", text: "Hafnium is a metal.\n\nIts text goes on." },
      { title: "Zirconium", url: "", text: "Zirconium is a metal.\n\nIts text goes on." },
    ],
  });
});

test("WikipediaQueryRun says in a sentence that it found nothing", async () => {
  const server = await start(json('{"query":{"search":[]}}'));
  expect(await search(new WikipediaQueryRun({ baseUrl: server.url }))).toEqual({ status: "nothing" });
});

describe("SerpAPI", () => {
  test("answers with a list of strings", async () => {
    const organic_results = [{ title: "Hafnium", snippet: "Discovered in 1923.", link: HAFNIUM.url }];
    const knowledge_graph = { title: "Hafnium", description: "Chemical element." };
    const server = await start(json(JSON.stringify({ organic_results, knowledge_graph })));
    expect(await search(new SerpAPI(SECRET, {}, server.url))).toEqual({
      status: "found",
      results: [
        { title: "", url: "", text: "Chemical element." },
        { title: "", url: "", text: "Discovered in 1923." },
      ],
    });
  });

  test("throws what the service said, from which the key is taken", async () => {
    const error = `Invalid API key ${SECRET}. Your API key should be here: https://serpapi.com/manage-api-key`;
    const server = await start(json(JSON.stringify({ error })));
    expect(await search(new SerpAPI(SECRET, {}, server.url))).toEqual({
      status: "failed",
      failure: {
        kind: "unauthorized",
        message:
          "search failed (Got error from serpAPI: Invalid API key [key]. Your API key should be here: https://serpapi.com/manage-api-key). Check the key that it was made with.",
      },
    });
  });
});

describe("BraveSearch", () => {
  test("answers with JSON whose snippets are marked up", async () => {
    const results = [
      {
        title: "Hafnium",
        url: HAFNIUM.url,
        description: "<strong>Hafnium</strong> was discovered in 1923 &amp; named.",
      },
    ];
    const server = await startForConstantAddress(json(JSON.stringify({ type: "search", web: { results } })));
    expect(await search(new BraveSearch({ apiKey: SECRET }))).toEqual({
      status: "found",
      results: [{ ...HAFNIUM, text: "Hafnium was discovered in 1923 & named." }],
    });
    expect(server.requests[0]!.headers["x-subscription-token"]).toBe(SECRET);
  });

  test("answers with an empty list when there is nothing", async () => {
    await startForConstantAddress(json('{"type":"search"}'));
    expect(await search(new BraveSearch({ apiKey: SECRET }))).toEqual({ status: "nothing" });
  });

  test("throws the status in words", async () => {
    await startForConstantAddress(json("{}", 429));
    expect(await search(new BraveSearch({ apiKey: SECRET }))).toEqual({
      status: "failed",
      failure: {
        kind: "rate-limited",
        status: 429,
        message: "brave-search failed (HTTP error 429). Wait before asking again.",
      },
    });
  });
});

describe("Serper", () => {
  test("answers with a sentence", async () => {
    await startForConstantAddress(json(JSON.stringify({ organic: [{ snippet: "Discovered in 1923." }] })));
    expect(await search(new Serper(SECRET))).toEqual({
      status: "found",
      results: [{ title: "", url: "", text: "Discovered in 1923." }],
    });
  });

  test("says in a sentence that it found nothing", async () => {
    await startForConstantAddress(json('{"organic":[]}'));
    expect(await search(new Serper(SECRET))).toEqual({ status: "nothing" });
  });

  test("throws the status in words", async () => {
    await startForConstantAddress(json('{"message":"Unauthorized."}', 403));
    expect(await search(new Serper(SECRET))).toMatchObject({
      failure: { kind: "unauthorized", status: 403 },
    });
  });
});

test("GoogleCustomSearch answers with JSON", async () => {
  const items = [{ title: "Hafnium", link: HAFNIUM.url, snippet: HAFNIUM.text }];
  await startForConstantAddress(json(JSON.stringify({ items })));
  expect(await search(new GoogleCustomSearch({ apiKey: SECRET, googleCSEId: "cx" }))).toEqual({
    status: "found",
    results: [HAFNIUM],
  });
});

describe("StackExchangeAPI", () => {
  test("answers with text whose matches are marked", async () => {
    const items = [
      {
        item_type: "question",
        question_id: 1,
        title: "What is hafnium?",
        excerpt: 'Is <span class="highlight">hafnium</span> a metal &amp; is it rare?',
      },
    ];
    await startForConstantAddress(json(JSON.stringify({ items })));
    expect(await search(new StackExchangeAPI())).toEqual({
      status: "found",
      results: [{ title: "", url: "", text: "Question: What is hafnium? Is hafnium a metal & is it rare?" }],
    });
  });

  test("says in a sentence that it found nothing", async () => {
    await startForConstantAddress(json('{"items":[]}'));
    expect(await search(new StackExchangeAPI(), "xyzzy 'quoted'")).toEqual({ status: "nothing" });
  });
});
