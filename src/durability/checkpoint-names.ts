import type { RunnableConfig } from "@langchain/core/runnables";
import { AgenticRagError } from "../errors.ts";
import type { CheckpointKey, ThreadPlace } from "./checkpoint-rows.ts";

/** The thread and namespace that a config names. */
export function placeOf({ configurable }: RunnableConfig): ThreadPlace {
  return {
    threadId: nameOf("thread_id", configurable?.["thread_id"]),
    namespace: nameOf("checkpoint_ns", configurable?.["checkpoint_ns"] ?? "", ""),
  };
}

/** The checkpoint that a config names; `thread_ts` is its old name. */
export function checkpointIdOf({ configurable }: RunnableConfig): string | undefined {
  const id: unknown = configurable?.["checkpoint_id"] || configurable?.["thread_ts"];
  return id === undefined || id === "" ? undefined : nameOf("checkpoint_id", id);
}

export function configOf({ threadId, namespace, checkpointId }: CheckpointKey) {
  return { configurable: { thread_id: threadId, checkpoint_ns: namespace, checkpoint_id: checkpointId } };
}

export function nameOf(what: string, value: unknown, empty?: ""): string {
  if (typeof value !== "string" || (value === "" && empty === undefined)) throw nameInvalid(what);
  return value;
}

export function nameInvalid(what: string): AgenticRagError {
  return new AgenticRagError(
    "settings-invalid",
    `A checkpoint is kept under a ${what}, which is a text that is not empty. Give one in \`configurable\`, such as { thread_id: "my-thread" }.`,
  );
}
