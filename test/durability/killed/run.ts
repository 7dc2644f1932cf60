import type { Durability } from "../../../src/durability/durability.ts";
import { openPostgresDurability } from "../../../src/durability/postgres/postgres.ts";
import { openSqliteDurability } from "../../../src/durability/sqlite/sqlite.ts";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import type { RunState } from "../../../src/graph/state.ts";
import { createScriptedModel } from "../../../src/model/scripted.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { createTavilyEngine } from "../../../src/search/engines/tavily.ts";
import { killAt, watchEngine, watchSaver, watchStore, type Hit, type KillAt } from "./kill-switch.ts";

/** What keeps runs beyond their process: a file, or the address of a database. */
export type Keeper = { readonly sqlite: string } | { readonly postgres: string };

function openKeeper(keeper: Keeper): Promise<Durability> {
  return "sqlite" in keeper
    ? Promise.resolve(openSqliteDurability(keeper.sqlite))
    : openPostgresDurability(keeper.postgres);
}

/** A run of three searches, as a process is told of it. */
export interface KilledRun {
  readonly keeper: Keeper;
  readonly threadId: string;
  /** A server that speaks Tavily's `/search`. */
  readonly searchUrl: string;
  /** Where this process ends; `null` for nowhere. */
  readonly kill: KillAt | null;
  /** Its first answer says what no source supports, and is mended. Default: false. */
  readonly mends?: boolean;
}

/** The queries of the run, in order. */
export const QUERIES = ["apples", "pears", "quinces"] as const;

const ANSWER = "That will do.\n</think>\n\nApples [1], pears [2] and quinces [3].";

const WRONG_ANSWER = `${ANSWER} They were sold in 1999 [1].`;

/** What the model says depends on the prompt alone, so that it goes on where any process left off. */
function say(prompt: string, mends: boolean): string {
  if (prompt.includes("I write the whole answer again")) return ANSWER.split("\n").at(-1) ?? "";
  const next = QUERIES.find((query) => !prompt.includes(`All about ${query}.`));
  if (next === undefined) return mends ? WRONG_ANSWER : ANSWER;
  return `I look for ${next}.\n<tool_call>\n{"action": "web_search", "action_input": {"query": "${next}"}}\n</tool_call>`;
}

/** Drives the run to its end, from wherever it stands, and gives its final state. */
export async function drive(
  run: KilledRun,
  hit: Hit = run.kill === null ? () => undefined : killAt(run.kill),
) {
  const thread = { configurable: { thread_id: run.threadId } };
  const durability = await openKeeper(run.keeper);
  const { checkpointer } = durability;
  const engine = watchEngine(createTavilyEngine({ apiKey: "tvly-test", baseUrl: run.searchUrl }), hit);
  const agent = createAgenticRag(
    {
      protocol: qwq,
      model: createScriptedModel(
        Array.from({ length: QUERIES.length + 2 }, () => (prompt: string) => {
          hit("model");
          return say(prompt, run.mends === true);
        }),
      ),
      engine,
      now: () => new Date(2026, 10, 22, 12),
      boundary: () => "abcd",
    },
    { checkpointer: watchSaver(checkpointer, hit), store: watchStore(durability.store, hit) },
  );
  const begun = (await checkpointer.getTuple(thread)) !== undefined;
  // a run of which nothing was written was never accepted: whoever asked asks again
  await agent.invoke(begun ? null : { question: "Which fruit?" }, {
    ...thread,
    durability: "sync",
    ...(run.mends === true && { context: { mendAnswer: true } }),
  });
  const { values, tasks } = await agent.getState(thread);
  await durability.close();
  return { state: values as RunState, unfinished: tasks.length };
}
