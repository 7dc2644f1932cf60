import { createHash } from "node:crypto";
import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import type { SearchEngine } from "../search/engine.ts";
import { createJournaledEngine } from "../search/journal/journal.ts";
import { required, type RunState } from "./state.ts";

/** An engine, and the name of the step that searches, where there is one. */
export interface StepEngine {
  readonly engine: SearchEngine;
  readonly scope?: string;
}

/**
 * The engine behind the search journal, where the run has a thread and a store. The scope is the thread, the graph's
 * place in it (subgraphs that run side by side are apart), the question and how many searches it has had: the same
 * when a step is run again after a crash, another for every later step and every later question. A fork that runs
 * the step again with the same query is therefore answered as the first time; an edited query is searched.
 */
export function journaled(
  engine: SearchEngine,
  { opening, searches }: Pick<RunState, "opening" | "searches">,
  { store, configurable }: Pick<LangGraphRunnableConfig, "store" | "configurable">,
  clock: () => number,
): StepEngine {
  const { questionId } = required(opening, "an opened question");
  const thread: unknown = configurable?.["thread_id"];
  if (typeof thread !== "string" || thread === "") return { engine };
  const scope = createHash("sha256")
    .update(JSON.stringify([thread, placeOf(configurable?.["checkpoint_ns"]), questionId, searches]))
    .digest("hex");
  return store === undefined
    ? { engine, scope }
    : { engine: createJournaledEngine(engine, store, { group: thread, clock }), scope };
}

/** The namespace of the graph: that of this task without its own part, whose id is another one in a fork. */
export function placeOf(namespace: unknown): string {
  return typeof namespace === "string" ? namespace.slice(0, Math.max(0, namespace.lastIndexOf("|"))) : "";
}

/** Whether a step is one of a run of its own, and not of a graph inside another one. */
export function isOutermost({ configurable }: Pick<LangGraphRunnableConfig, "configurable">): boolean {
  return placeOf(configurable?.["checkpoint_ns"]) === "";
}
