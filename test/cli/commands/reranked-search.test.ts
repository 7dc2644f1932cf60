import { expect, test } from "vitest";
import { runProgram } from "../../../src/cli/program.ts";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import { assemble } from "../../../src/assemble/assemble.ts";
import { createScriptedModel } from "../../../src/model/scripted.ts";
import { readSettings } from "../../../src/settings/settings.ts";
import { jsonAnswer, startEngineServer } from "../../servers/engines.ts";
import { rerankBy, RERANK_KEY, TWINS } from "../../search/around/rerankers.ts";
import { type Answer, startWireServer } from "../../servers/wire-server.ts";
import { doctor } from "../doctor/run.ts";
import { call } from "../scripts.ts";
import { createStage } from "../surroundings.ts";

const page = (name: string, content: string) => ({
  title: name,
  url: `https://example.org/${name}`,
  content,
});
const RESULTS = [page("a", "moon"), page("b", "tide"), page("c", "tide, tide"), page("d", "sun")];

async function environmentWith(answer: Answer, path = "/v1") {
  const tavily = await startEngineServer(jsonAnswer({ results: RESULTS }));
  const reranker = await startWireServer(answer);
  return {
    environment: {
      TAVILY_API_KEY: "tvly-canary-0123",
      TAVILY_BASE_URL: tavily.url,
      AGENTIC_RAG_RERANK_URL: reranker.url + path,
      AGENTIC_RAG_RERANK_MODEL: "jina-reranker-v3",
      AGENTIC_RAG_RERANK_KEY: RERANK_KEY,
      AGENTIC_RAG_RERANK_TOP: "3",
      AGENTIC_RAG_MAX_RESULTS: "2",
    },
    tavily,
    reranker,
  };
}

async function search(environment: Readonly<Record<string, string>>, ...options: string[]) {
  const stage = createStage({ environment });
  const exitCode = await runProgram(["search", ...options, "high", "water"], stage.surroundings);
  return { exitCode, out: stage.out(), err: stage.err().replaceAll(/[\d.]+ m?s\b/g, "0.1 s") };
}

test("search shows where the results stood before, in words and as JSON", async () => {
  const { environment, tavily } = await environmentWith(rerankBy(TWINS.jina, "tide"));
  expect(await search(environment)).toEqual({
    exitCode: 0,
    out: "1  c\n   https://example.org/c\n   tide, tide\n\n2  b\n   https://example.org/b\n   tide\n",
    err: "tavily found 2 results in 0.1 s, cache miss\n3 candidates reranked by jina-reranker-v3 in 0.1 s; these were 3, 2\n",
  });
  expect(tavily.requests.map(({ body }) => body)).toEqual([
    expect.stringContaining('"max_results":3') as string,
  ]);
  const { out } = await search(environment, "--json");
  expect(JSON.parse(out)).toMatchObject({
    results: [{ title: "c" }, { title: "b" }],
    reranking: {
      by: "jina-reranker-v3",
      order: [
        { title: "c", url: "https://example.org/c", before: 3, score: 2 },
        { title: "b", url: "https://example.org/b", before: 2, score: 1 },
        { title: "a", url: "https://example.org/a", before: 1, score: 0 },
      ],
    },
  });
});

test("a reranker that fails is said, and doctor says it too", async () => {
  const { environment } = await environmentWith((response) => {
    response.writeHead(401).end(JSON.stringify({ detail: `no access for ${RERANK_KEY}` }));
  });
  const { exitCode, out, err } = await search(environment);
  expect({ exitCode, out: out.split("\n")[0] }).toEqual({ exitCode: 0, out: "1  a" });
  expect(err).toMatch(/Not reranked, so the results are in the engine's own order: .* HTTP status 401/u);
  expect(out + err).not.toContain(RERANK_KEY);
  const checked = await doctor(environment);
  expect(checked.out).toMatch(
    /^warning {2}reranker: .* HTTP status 401 .* Searches keep the order of their engines\. The address is AGENTIC_RAG_RERANK_URL, the key AGENTIC_RAG_RERANK_KEY\.$/mu,
  );
  expect(checked.out).not.toContain(RERANK_KEY);
});

test("doctor asks it for an order", async () => {
  const { environment } = await environmentWith(rerankBy(TWINS.jina, "source"));
  expect((await doctor(environment)).out).toContain(
    "ok       reranker: jina-reranker-v3 orders the first 3 results of each search; asked in 0.1 s\n",
  );
  const even = await environmentWith(rerankBy(TWINS.jina, "nowhere"));
  expect((await doctor(even.environment)).out).toContain(
    'warning  reranker: jina-reranker-v3 scored a text about leeks as high as the answer to "What is open source?". Check that it is a reranker.\n',
  );
});

test("settings for it need its address", async () => {
  expect((await search({ AGENTIC_RAG_RERANK_MODEL: "m" })).err).toContain(
    "AGENTIC_RAG_RERANK_MODEL is set without AGENTIC_RAG_RERANK_URL, which says where the reranker is.",
  );
});

test("a run keeps the order before and after, in its record and its events", async () => {
  const { environment } = await environmentWith(rerankBy(TWINS.jina, "tide"));
  const parts = assemble(readSettings(environment));
  const model = createScriptedModel([call("high water"), "</think>\nAt noon."]);
  const agent = createAgenticRag({ ...parts, model });
  const ends: unknown[] = [];
  let queries: unknown;
  const stream = await agent.stream({ question: "Q?" }, { streamMode: ["custom", "values"] });
  for await (const [mode, value] of stream) {
    if (mode === "custom" && value.type === "search-end") ends.push(value.reranking);
    if (mode === "values") queries = value.queries;
  }
  parts.close();
  const reranking = {
    by: "jina-reranker-v3",
    milliseconds: expect.any(Number) as number,
    order: [
      { title: "c", url: "https://example.org/c", before: 3, score: 2 },
      { title: "b", url: "https://example.org/b", before: 2, score: 1 },
      { title: "a", url: "https://example.org/a", before: 1, score: 0 },
    ],
  };
  expect(ends).toEqual([reranking]);
  expect(queries).toMatchObject([{ query: "high water", sources: [1, 2], reranking }]);
});
