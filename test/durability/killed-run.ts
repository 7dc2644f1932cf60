import { join } from "node:path";
import type { BaseCheckpointSaver, BaseStore } from "@langchain/langgraph";
import { createSqliteStore } from "../../src/durability/sqlite-store.ts";
import { createAgenticRag } from "../../src/graph/graph.ts";
import type { RunState } from "../../src/graph/state.ts";
import { createScriptedModel } from "../../src/model/scripted.ts";
import { qwq } from "../../src/protocol/qwq.ts";
import { createTavilyEngine } from "../../src/search/tavily.ts";
import { FileSaver } from "./file-saver.ts";
import { killAt, watchEngine, watchSaver, watchStore, type Hit, type KillAt } from "./kill-switch.ts";

/** What keeps a run beyond its process. */
export interface Keeper {
  readonly saver: BaseCheckpointSaver;
  readonly store: BaseStore;
  readonly close: () => Promise<void>;
}

export type KeeperName = "file";

/** `place` is an empty folder for the run. */
const KEEPERS: Readonly<Record<KeeperName, (place: string) => Promise<Keeper>>> = {
  file: async (place) => {
    const store = createSqliteStore(join(place, "private", "store.sqlite"));
    const saver = new FileSaver(join(place, "checkpoints"));
    return { saver, store, close: async () => store.stop() };
  },
};

/** A run of three searches, as a process is told of it. */
export interface KilledRun {
  readonly keeper: KeeperName;
  readonly place: string;
  /** A server that speaks Tavily's `/search`. */
  readonly searchUrl: string;
  /** Where this process ends; `null` for nowhere. */
  readonly kill: KillAt | null;
}

/** The queries of the run, in order. */
export const QUERIES = ["apples", "pears", "quinces"] as const;

const ANSWER = "That will do.\n</think>\n\nApples [1], pears [2] and quinces [3].";

/** What the model says depends on the prompt alone, so that it goes on where any process left off. */
function say(prompt: string): string {
  const next = QUERIES.find((query) => !prompt.includes(`All about ${query}.`));
  if (next === undefined) return ANSWER;
  return `I look for ${next}.\n<tool_call>\n{"action": "web_search", "action_input": {"query": "${next}"}}\n</tool_call>`;
}

const THREAD = { configurable: { thread_id: "thread" } };

/** Drives the run to its end, from wherever it stands, and gives its final state. */
export async function drive(
  run: KilledRun,
  hit: Hit = run.kill === null ? () => undefined : killAt(run.kill),
) {
  const { saver, store, close } = await KEEPERS[run.keeper](run.place);
  const engine = watchEngine(createTavilyEngine({ apiKey: "tvly-test", baseUrl: run.searchUrl }), hit);
  const agent = createAgenticRag(
    {
      protocol: qwq,
      model: createScriptedModel(Array.from({ length: 4 }, () => say)),
      engine,
      now: () => new Date(2026, 10, 22, 12),
      boundary: () => "abcd",
    },
    { checkpointer: watchSaver(saver, hit), store: watchStore(store, hit) },
  );
  const begun = (await saver.getTuple(THREAD)) !== undefined;
  // a run of which nothing was written was never accepted: whoever asked asks again
  await agent.invoke(begun ? null : { question: "Which fruit?" }, { ...THREAD, durability: "sync" });
  const { values, tasks } = await agent.getState(THREAD);
  await close();
  return { state: values as RunState, unfinished: tasks.length };
}
