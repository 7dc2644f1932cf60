import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { START, StateGraph } from "@langchain/langgraph";
import { z } from "zod";
import { State } from "../graph/state.ts";
import type { Durability } from "../durability/durability.ts";
import { openDurability } from "../durability/open.ts";
import { AgenticRagError } from "../errors.ts";
import type { Settings } from "../settings/settings.ts";
import { quoted } from "../text/quoted.ts";

/** As others are told who drives a thread. */
export const OWNER = `process ${process.pid} on ${hostname()}`;

/**
 * Opens the database of threads.
 *
 * @throws AgenticRagError `settings-invalid` where there is no place for one, `store-unusable` where it cannot be used
 */
export async function openThreads({ database }: Pick<Settings, "database">): Promise<Durability> {
  if (database !== undefined) return openDurability(database.address);
  throw new AgenticRagError(
    "settings-invalid",
    "There is no place to keep threads: HOME is not set. Name a file in AGENTIC_RAG_DATABASE.",
  );
}

/** The state of a thread as it is kept; empty where there is none. No model and no engine is needed for that. */
export async function readThread(
  checkpointer: Durability["checkpointer"],
  name: string,
): Promise<Readonly<Record<string, unknown>>> {
  const reader = new StateGraph(State)
    .addNode("read", () => ({}))
    .addEdge(START, "read")
    .compile({ checkpointer });
  const kept: { readonly values: unknown } = await reader.getState({ configurable: { thread_id: name } });
  return z.looseObject({}).parse(kept.values ?? {});
}

/** A name for a new thread, such as `20261122-1f0c9a3b`. */
export function newThreadName(now: Date): string {
  const day = new Intl.DateTimeFormat("sv-SE").format(now).replaceAll("-", "");
  return `${day}-${randomBytes(4).toString("hex")}`;
}

/** What a person is told of a run that was stopped. `approve`: it asked before each search, and is to do so again. */
export function stoppedLine(thread: string, approve = false): string {
  return `Stopped. What was done is kept. To finish the answer: ${resumeCommand(thread, approve)}`;
}

/** What a person is told of a run that waits for them. */
export function waitingLine(thread: string): string {
  return `The run waits: it asks before it searches, and nothing was sent. To answer it: ${resumeCommand(thread, true)}`;
}

function resumeCommand(thread: string, approve: boolean): string {
  return `agentic-rag resume ${approve ? "--approve " : ""}${quoted(thread)}`;
}
