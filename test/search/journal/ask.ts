import type { BaseStore } from "@langchain/langgraph";
import type { SearchEngine, SearchOptions, SearchOutcome } from "../../../src/search/engine.ts";

export const STEP = { scope: "step" };
export const FOUND: SearchOutcome = {
  status: "found",
  results: [
    { title: "Plums", url: "https://example.org/plums", text: "All about plums.", date: "2025-03-06" },
  ],
};

/** An engine that gives what it is told, and remembers what it was asked. */
export function engineOf(
  answer: SearchOutcome | ((query: string, options?: SearchOptions) => Promise<SearchOutcome>),
) {
  const asked: string[] = [];
  const engine: SearchEngine = {
    name: "plain",
    async search(query, options) {
      asked.push(query);
      return typeof answer === "function" ? answer(query, options) : answer;
    },
  };
  return { engine, asked };
}

/** What was tried, in a word each. */
export function triesOf({ attempts = [] }: SearchOutcome): readonly string[] {
  return attempts.map(({ engine, from, status }) => `${engine} ${from} ${status}`);
}

/** A clock that stands still, so that times are exact. */
export const still = { clock: () => 0 };

/** Every item of a store, with its place. */
export async function itemsOf(store: BaseStore) {
  return (await store.search([], { limit: 1000 })).map(({ namespace, key, value }) => ({
    namespace,
    key,
    value,
  }));
}

/** The only try of a search that was answered at once, by a clock that stands still. */
export const ASKED = { engine: "plain", from: "engine", status: "found", waitedMs: 0, milliseconds: 0 };
