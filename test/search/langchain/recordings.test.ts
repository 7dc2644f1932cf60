import { Tool } from "@langchain/core/tools";
import { expect, test } from "vitest";
import { z } from "zod";
import { createLangChainEngine } from "../../../src/search/langchain/langchain.ts";
import type { SearchOutcome } from "../../../src/search/engine.ts";
import { describeSearchEngine } from "../../conformance/search-engine.ts";
import { json, readFixture } from "../engines/wire/http-harness.ts";
import { find, play, recordings } from "./recorded.ts";
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
const untitled = (text: string) => ({ title: "", url: "", text });
const found = (...results: readonly object[]) => ({ status: "found", results });
const failed = (failure: object) => ({ status: "failed", failure });
/** A text of the tool's own making is one result. */
const asItIs = (className: string) => found(untitled(z.string().parse(find(className, "found").output)));
const NOTHING = { status: "nothing" };

async function search(className: string, situation: string): Promise<SearchOutcome> {
  const recording = find(className, situation);
  return createLangChainEngine({ source: play(recording) }).search(recording.query, { maxResults: 3 });
}

const EXPECTED: readonly [className: string, situation: string, outcome: object][] = [
  ["SearxngSearch", "found", asItIs("SearxngSearch")],
  ["SearxngSearch", "nothing", NOTHING],
  ["SearxngSearch", "status 429", failed({ kind: "rate-limited", status: 429 })],
  ["SearxngSearch", "status 401", failed({ kind: "unauthorized", status: 401 })],
  ["SearxngSearch", "status 500", failed({ kind: "server-error", status: 500 })],
  ["SearxngSearch", "a web page", failed({ kind: "bad-reply" })],
  ["SearxngSearch", "an empty body", failed({ kind: "bad-reply" })],
  [
    "SearxngSearch",
    "nothing listens",
    failed({
      kind: "unreachable",
      message:
        "The service behind searxng-search refused the connection: nothing listens there (ECONNREFUSED). Check that the service behind it runs.",
    }),
  ],
  ["SearxngSearch", "the connection is reset", failed({ kind: "unreachable" })],
  ["WikipediaQueryRun", "found", asItIs("WikipediaQueryRun")],
  ["WikipediaQueryRun", "nothing", NOTHING],
  ["SerpAPI", "found", found(untitled("Chemical element."), untitled("Discovered in 1923."))],
  [
    "SerpAPI",
    "a wrong key",
    failed({
      kind: "unauthorized",
      message:
        "search failed (Got error from serpAPI: Invalid API key [key]. Your API key should be here: https://serpapi.com/manage-api-key). Check the key that it was made with.",
    }),
  ],
  [
    "BraveSearch",
    "found",
    found({ ...HAFNIUM, text: "<strong>Hafnium</strong> was discovered in 1923 &amp; named." }),
  ],
  ["BraveSearch", "nothing", NOTHING],
  [
    "BraveSearch",
    "status 429",
    failed({
      kind: "rate-limited",
      status: 429,
      message: "brave-search failed (HTTP error 429). Wait before asking again.",
    }),
  ],
  ["Serper", "found", found(untitled("Discovered in 1923."))],
  ["Serper", "nothing", NOTHING],
  ["Serper", "status 403", failed({ kind: "unauthorized", status: 403 })],
  ["GoogleCustomSearch", "found", found(HAFNIUM)],
  ["StackExchangeAPI", "found", asItIs("StackExchangeAPI")],
  ["StackExchangeAPI", "nothing", NOTHING],
  [
    "TavilySearchAPIRetriever",
    "found",
    found(
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
    ),
  ],
  [
    "TavilySearchAPIRetriever",
    "status 432",
    failed({
      kind: "rejected",
      status: 432,
      message:
        "TavilySearchAPIRetriever failed (Request failed with status code 432: limit of [key]). Change the query or the options that it was made with.",
    }),
  ],
  ["VespaRetriever", "found", found(untitled("Hafnium was discovered in 1923."))],
  [
    "BM25Retriever",
    "found",
    found({
      title: "zirconium and more.md",
      url: "file:///notes/zirconium%20and%20more.md",
      text: "Zirconium is a metal.\n\nIt keeps <b> as it is & so on.",
    }),
  ],
];

test.each(EXPECTED)("%s of @langchain/community: %s", async (className, situation, outcome) => {
  expect(await search(className, situation)).toMatchObject(outcome);
});

test("each recording is played", () => {
  expect(recordings.map((one) => `${one.class}: ${one.case}`)).toEqual(
    EXPECTED.map(([className, situation]) => `${className}: ${situation}`),
  );
});

const reply = z.object({
  results: z.array(z.object({ title: z.string(), url: z.string(), content: z.string() })),
});

/** A tool as people write them: over HTTP, and heedless of its signal. */
class OverHttp extends Tool {
  readonly name = "over-http";
  readonly description = "Searches.";
  readonly #baseUrl: string;

  constructor(baseUrl: string) {
    super();
    this.#baseUrl = baseUrl;
  }

  // oxlint-disable-next-line no-underscore-dangle -- LangChain's name
  override async _call(query: string): Promise<string> {
    const response = await fetch(`${this.#baseUrl}/search?q=${encodeURIComponent(query)}`);
    if (!response.ok) throw new Error(response.statusText);
    return JSON.stringify(reply.parse(await response.json()).results);
  }
}

describeSearchEngine({
  name: "over-http",
  query: "who discovered hafnium",
  results: [HAFNIUM, RSC],
  resultsOfNulls: [],
  unanswerable: "xyzzy",
  async open(situation) {
    const body = situation === "nothing" ? '{"results":[]}' : readFixture("searxng-found.json");
    const server = await startWireServer(json(body));
    return {
      engine: createLangChainEngine({ source: new OverHttp(server.url) }),
      asked: server.asked,
      disconnected: server.disconnected,
      close: () => server.close(),
    };
  },
});
