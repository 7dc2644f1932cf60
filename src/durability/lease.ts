import { AgenticRagError } from "../errors.ts";
import type { ThreadRow } from "./durability.ts";

/** Tells a process that its thread is another's now. */
export function leaseLost(threadId: string): AgenticRagError {
  return new AgenticRagError(
    "lease-lost",
    `The thread ${JSON.stringify(threadId)} was taken over by another process, or removed, while this one was held up. Nothing more is written to it from here. To see how it stands: agentic-rag threads.`,
  );
}

/** Tells who drives a thread, and how long at least. */
export function threadBusy({ threadId, owner, leasedUntil }: ThreadRow): AgenticRagError {
  const until = new Date(leasedUntil).toISOString();
  return new AgenticRagError(
    "thread-busy",
    `The thread ${JSON.stringify(threadId)} is driven by ${owner}, at least until ${until}. Wait until it has ended, or use another thread.`,
  );
}

export function threadUnknown(threadId: string): AgenticRagError {
  return new AgenticRagError(
    "thread-unknown",
    `There is no thread ${JSON.stringify(threadId)}. To see which there are: agentic-rag threads.`,
  );
}
