import { describe, expect, test } from "vitest";
import { isAbort } from "../../../src/errors.ts";
import type { SearchEngine, SearchOptions } from "../../../src/search/engine.ts";
import { createHttpReranker, type Reranker } from "../../../src/search/around/reranker.ts";
import { withReranking } from "../../../src/search/around/reranking.ts";
import { toOutcome } from "../../../src/search/outcome.ts";
import { bodyOf, rerankBy, RERANK_KEY, TWINS } from "./rerankers.ts";
import { type Answer, startWireServer } from "../../servers/wire-server.ts";
import { html, json } from "../engines/wire/http-harness.ts";

/** What an engine finds, in its own order: the word counts of "tide" are 0, 2, 1, 0. */
const FOUND = [
  { title: "Almanac", url: "https://example.com/a", text: "Moonrise and sunset." },
  { title: "Harbour", url: "https://example.com/b", text: "High tide at noon, low tide at six." },
  { title: "Mill", url: "https://example.com/c", text: "It turned with the tide." },
  { title: "Ferry", url: "", text: "Twice a day." },
];
const OWN_ORDER = ["Almanac", "Harbour", "Mill", "Ferry"];

function engineOf(found = FOUND): SearchEngine & { readonly asked: SearchOptions[] } {
  const asked: SearchOptions[] = [];
  return {
    name: "found",
    asked,
    async search(_query, options = {}) {
      asked.push(options);
      return toOutcome(found, options.maxResults ?? 5);
    },
  };
}

async function reranked(answer: Answer, path = "", deadlineMs?: number, model?: string) {
  const server = await startWireServer(answer);
  const reranker = createHttpReranker({ baseUrl: server.url + path, model, apiKey: RERANK_KEY });
  const engine = withReranking(engineOf(), { reranker, ...(deadlineMs !== undefined && { deadlineMs }) });
  const outcome = await engine.search("when is high water?", { maxResults: 2 });
  return {
    titles: outcome.status === "found" ? outcome.results.map(({ title }) => title) : [],
    reranking: outcome.reranking,
    note: outcome.note?.replace(server.url, "http://127.0.0.1:1"),
    attempts: outcome.attempts?.map(({ engine: name, status }) => `${name} ${status}`),
    server,
  };
}

describe.each([
  ["llama.cpp", TWINS.llamacpp, "", undefined],
  ["llama.cpp, by its whole address", TWINS.llamacpp, "/rerank", undefined],
  ["vLLM", TWINS.vllm, "/v1", "BAAI/bge-reranker-v2-m3"],
  ["Jina", TWINS.jina, "/v1", "jina-reranker-v3"],
  ["Cohere", TWINS.cohere, "/v2/", "rerank-v3.5"],
] as const)("by %s", (_name, twin, path, model) => {
  test("the order before and after is told", async () => {
    const { server, reranking, ...rest } = await reranked(rerankBy(twin, "tide"), path, undefined, model);
    expect(rest).toEqual({ titles: ["Harbour", "Mill"], note: undefined, attempts: ["found found"] });
    expect(reranking).toEqual({
      by: model ?? new URL(server.url).host,
      milliseconds: expect.any(Number),
      order: [
        { title: "Harbour", url: "https://example.com/b", before: 2, score: 2 },
        { title: "Mill", url: "https://example.com/c", before: 3, score: 1 },
        { title: "Almanac", url: "https://example.com/a", before: 1, score: 0 },
        { title: "Ferry", url: "", before: 4, score: 0 },
      ],
    });
    expect(server.requests.map(bodyOf)).toEqual([
      {
        ...(model !== undefined && { model }),
        query: "when is high water?",
        documents: FOUND.map(({ title, text }) => `${title}\n${text}`),
        top_n: 4,
      },
    ]);
  });
});

const scores = (results: unknown): Answer => json(JSON.stringify({ results }));
const one = (index: unknown, relevance_score: unknown) => ({ index, relevance_score });
const EACH = [0, 1, 2, 3].map((index) => one(index, index));

describe("the engine's own order stays, and is told why", () => {
  test.each<readonly [string, Answer, string]>([
    [
      "too few scores",
      scores(EACH.slice(1)),
      "answered with 3 scores for 4 texts, or not with one for each. Check that it is a reranker's address.",
    ],
    ["too many", scores([...EACH, one(4, 1)]), "answered with 5 scores for 4 texts"],
    ["a text that was not sent", scores([...EACH.slice(1), one(4, 1)]), "or not with one for each"],
    ["one text twice", scores([...EACH.slice(1), one(1, 1)]), "or not with one for each"],
    ["a score that is no number", scores([...EACH.slice(1), one(0, null)]), "in an unknown form"],
    ["a score in words", scores([...EACH.slice(1), one(0, "high")]), "in an unknown form"],
    ["an index below zero", scores([...EACH.slice(1), one(-1, 1)]), "in an unknown form"],
    ["NaN", json('{"results":[{"index":0,"relevance_score":NaN}]}'), "that is not JSON"],
    ["a web page", html("<!doctype html><title>Log in</title>"), "answered with a web page that is not JSON"],
    ["another service", json('{"data":[{"embedding":[1]}]}'), "in an unknown form: results"],
    [
      "a full one",
      json('{"message":"slow down"}', 429),
      "HTTP status 429 (slow down). Wait before asking again.",
    ],
    ["no credit", json("{}", 402), "HTTP status 402"],
    [
      "a server without it",
      json(
        '{"error":{"code":501,"message":"This server does not support reranking. Start it with `--reranking`","type":"not_supported_error"}}',
        501,
      ),
      "HTTP status 501 (This server does not support reranking. Start it with `--reranking`)",
    ],
    ["its key is refused", json(`{"detail":"no access for ${RERANK_KEY}"}`, 401), "(no access for [key])"],
    ["a broken connection", (response) => void response.destroy(), "closed the connection"],
  ])("%s", async (_name, answer, why) => {
    const { titles, reranking, note } = await reranked(answer);
    expect({ titles, reranking }).toEqual({ titles: OWN_ORDER.slice(0, 2), reranking: undefined });
    expect(note).toMatch(
      /^Not reranked, so the results are in the engine's own order: The reranker at http/u,
    );
    expect(note).toContain(why);
    expect(note).not.toContain(RERANK_KEY);
  });

  test("a slow one is not waited for beyond the time that the search has", async () => {
    const { titles, note } = await reranked(() => undefined, "", 60);
    expect(titles).toEqual(["Almanac", "Harbour"]);
    expect(note).toMatch(/did not answer (?:within|in the time)/u);
  });

  test("where the search took all the time, it is not asked", async () => {
    let now = 0;
    const engine = engineOf();
    const slow: SearchEngine = {
      name: "slow",
      search: async (query, options) => {
        now += 1_000;
        return engine.search(query, options);
      },
    };
    const reranker: Reranker = { name: "never", score: async () => Promise.reject(new Error("asked")) };
    const outcome = await withReranking(slow, { reranker, deadlineMs: 1_000, clock: () => now }).search("q");
    expect(outcome.note).toBe(
      "Not reranked, so the results are in the engine's own order: the search took all the time that it had.",
    );
  });

  test.each<readonly [string, Reranker["score"], string]>([
    ["throws", async () => Promise.reject(new Error("no weights")), "own failed: no weights."],
    [
      "gives NaN",
      async () => ({ status: "scored", scores: [1, 2, NaN, 4] }),
      "own did not give one number for each text.",
    ],
    [
      "gives too few",
      async () => ({ status: "scored", scores: [1] }),
      "own did not give one number for each text.",
    ],
  ])("one of the caller's own that %s", async (_name, score, why) => {
    const outcome = await withReranking(engineOf(), { reranker: { name: "own", score } }).search("q");
    expect(outcome).toMatchObject({
      status: "found",
      results: FOUND,
      note: `Not reranked, so the results are in the engine's own order: ${why}`,
    });
  });

  test("what the engine says stays before it", async () => {
    const noted: SearchEngine = {
      name: "noted",
      search: async () => ({ ...toOutcome(FOUND, 5), note: "The index is old." }),
    };
    const reranker: Reranker = { name: "own", score: async () => Promise.reject(new Error("x")) };
    const { note } = await withReranking(noted, { reranker }).search("q");
    expect(note).toMatch(/^The index is old\. Not reranked/u);
  });
});

const byLength: Reranker = {
  name: "length",
  score: async (_query, texts) => ({ status: "scored", scores: texts.map((text) => text.length) }),
};

describe("what is asked for", () => {
  test("as many candidates as are wanted, or as many results where these are more", async () => {
    const engine = engineOf();
    const reranker = withReranking(engine, { reranker: byLength, candidates: 7 });
    await reranker.search("q", { maxResults: 2 });
    await reranker.search("q", { maxResults: 9 });
    expect(engine.asked.map(({ maxResults }) => maxResults)).toEqual([7, 9]);
  });

  test("nothing found, one result and a failure are passed on", async () => {
    const never: Reranker = { name: "never", score: async () => Promise.reject(new Error("asked")) };
    const outcomes = [
      await withReranking(engineOf([]), { reranker: never }).search("q"),
      await withReranking(engineOf(FOUND.slice(0, 1)), { reranker: never }).search("q"),
    ];
    expect(outcomes.map(({ attempts: _attempts, ...outcome }) => outcome)).toEqual([
      { status: "nothing" },
      { status: "found", results: FOUND.slice(0, 1) },
    ]);
  });

  test("a result counts as its best passage; each is bounded, and so is the query", async () => {
    const asked: { query: string; texts: readonly string[] }[] = [];
    const reranker: Reranker = {
      name: "tide",
      async score(query, texts) {
        asked.push({ query, texts });
        return { status: "scored", scores: texts.map((text) => (text.includes("tide") ? 1 : 0)) };
      },
    };
    const sentence = "The quay was built of granite from the valley. ";
    const long = { title: "Long", url: "", text: `${sentence.repeat(60)}\n\nThe tide is high at noon.` };
    const outcome = await withReranking(engineOf([FOUND[0]!, long]), { reranker }).search("w ".repeat(2_000));
    expect(outcome.reranking?.order.map(({ title, score }) => [title, score])).toEqual([
      ["Long", 1],
      ["Almanac", 0],
    ]);
    const [{ query, texts } = { query: "", texts: [] }] = asked;
    expect(Buffer.byteLength(query)).toBeLessThanOrEqual(1_000);
    expect(texts.length).toBeGreaterThan(2);
    expect(texts.every((text) => Buffer.byteLength(text) <= 1_500)).toBe(true);
  });

  test("results as good as one another stay in the engine's order", async () => {
    const reranker: Reranker = {
      name: "even",
      score: async (_query, texts) => ({ status: "scored", scores: texts.map(() => 0.5) }),
    };
    const { reranking } = await withReranking(engineOf(), { reranker }).search("q");
    expect(reranking?.order.map(({ title }) => title)).toEqual(OWN_ORDER);
  });

  test("an abort ends both, and the connection with it", async () => {
    const server = await startWireServer(() => undefined);
    const stopping = new AbortController();
    const engine = withReranking(engineOf(), { reranker: createHttpReranker({ baseUrl: server.url }) });
    const searching = engine.search("q", { signal: stopping.signal });
    await server.asked;
    stopping.abort();
    await expect(searching).rejects.toSatisfy(isAbort);
    await server.disconnected;
  });
});
