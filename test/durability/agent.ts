import type { Durability } from "../../src/durability/durability.ts";
import { createAgenticRag } from "../../src/graph/graph.ts";
import { createScriptedModel, type ScriptedStep } from "../../src/model/scripted.ts";
import { qwq } from "../../src/protocol/qwq/qwq.ts";
import type { SearchEngine } from "../../src/search/engine.ts";
import { call } from "../cli/scripts.ts";

export { call };

/** One result about each query; counts what it is asked. */
export function countingEngine(textOf = (query: string) => `All about ${query}.`) {
  const queries: string[] = [];
  const engine: SearchEngine = {
    name: "counting",
    async search(query) {
      queries.push(query);
      const result = { title: `About ${query}`, url: `https://example.org/${query}`, text: textOf(query) };
      return { status: "found", results: [result] };
    },
  };
  return { engine, queries };
}

/** An agent on a database, whose model says what it is told. */
export function agentOn(
  { checkpointer, store }: Pick<Durability, "checkpointer" | "store">,
  script: readonly ScriptedStep[],
  engine: SearchEngine = countingEngine().engine,
  maxSearches = 30,
) {
  return createAgenticRag(
    {
      protocol: qwq,
      model: createScriptedModel([...script]),
      engine,
      limits: { maxSearches },
      now: () => new Date(2026, 10, 22, 12),
      boundary: () => "abcd",
    },
    { checkpointer, store },
  );
}
