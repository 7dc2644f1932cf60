import { AgenticRagError } from "../../errors.ts";
import { nameIn, type Place, type PlacedCheckpoint } from "./checkpoint-rows.ts";

interface ThreadConfig {
  readonly configurable?: Readonly<Record<string, unknown>>;
}

/** @throws AgenticRagError `settings-invalid` without a thread id that is a text */
export function placeOf({ configurable }: ThreadConfig): Place {
  return {
    thread: nameOf("thread_id", configurable?.["thread_id"]),
    place: nameOf("checkpoint_ns", configurable?.["checkpoint_ns"] ?? "", ""),
  };
}

/** The checkpoint that a config names; `thread_ts` is its old name. */
export function checkpointIdOf({ configurable }: ThreadConfig): string | undefined {
  const id: unknown = configurable?.["checkpoint_id"] || configurable?.["thread_ts"];
  return id === undefined || id === "" ? undefined : nameOf("checkpoint_id", id);
}

/** As LangGraph is told where a checkpoint is. */
export function configOf({ thread, place, id }: PlacedCheckpoint): { configurable: Record<string, string> } {
  return {
    configurable: { thread_id: nameIn(thread), checkpoint_ns: nameIn(place), checkpoint_id: nameIn(id) },
  };
}

/** As JSON: SQLite would cut a text at its first NUL. */
export function nameOf(what: string, value: unknown, empty?: ""): string {
  if (typeof value !== "string" || (value === "" && empty === undefined)) throw idProblem(what);
  return JSON.stringify(value);
}

export function idProblem(what: string): AgenticRagError {
  return new AgenticRagError(
    "settings-invalid",
    `A checkpoint is kept under a ${what}, which is a text that is not empty. Give one in \`configurable\`, such as { thread_id: "my-thread" }.`,
  );
}
