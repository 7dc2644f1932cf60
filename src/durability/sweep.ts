import { codeOf, isAbort, messageOf } from "../errors.ts";
import { driveThread, type Driven, type DriveRequest } from "./driver.ts";
import type { ThreadRow } from "./durability.ts";

export interface SweepRequest extends Omit<DriveRequest, "threadId" | "question" | "onData"> {
  /** A run that was begun this often and never came to an end is not resumed any more. Default 5. */
  readonly maxBegun?: number;
  /** Is told before a run is resumed. What it gives is told what the graph streams. */
  readonly onThread?: (thread: ThreadRow) => DriveRequest["onData"];
}

/** What became of an orphan. `problem` is empty unless it failed. */
export interface Swept {
  readonly thread: ThreadRow;
  readonly status: Driven["status"] | "failed" | "busy";
  readonly problem: string;
  /** The state of a run that was resumed. */
  readonly state?: unknown;
}

/**
 * Finds the runs whose process is gone and brings them to their end, one after another, the oldest first. A run that
 * ended its process too often is marked as failed instead, with the reason. Never throws for one run; is over early
 * when it is drained or ended.
 */
export async function* sweepOrphans(request: SweepRequest): AsyncGenerator<Swept> {
  for (const thread of await request.durability.book.orphans()) {
    if (request.drain?.aborted === true || request.signal?.aborted === true) return;
    yield await sweep(request, thread);
  }
}

async function sweep(request: SweepRequest, thread: ThreadRow): Promise<Swept> {
  const { maxBegun = 5, onThread, ...rest } = request;
  if (thread.attempts >= maxBegun) return abandon(request, thread);
  const onData = onThread?.(thread);
  try {
    const { status, state } = await driveThread({
      ...rest,
      threadId: thread.threadId,
      ...(onData !== undefined && { onData }),
    });
    return { thread, status, problem: "", state };
  } catch (error) {
    if (isAbort(error) || request.signal?.aborted === true) return { thread, status: "stopped", problem: "" };
    const status = codeOf(error) === "thread-busy" ? "busy" : "failed";
    return { thread, status, problem: messageOf(error) };
  }
}

async function abandon(
  { durability: { book }, owner, leaseMs = 30_000 }: SweepRequest,
  thread: ThreadRow,
): Promise<Swept> {
  const { threadId, attempts } = thread;
  const problem = `The run was begun ${attempts} times, and its process ended each time before it came to its end. To try once more: agentic-rag resume.`;
  const claim = await book.claim(threadId, owner, leaseMs);
  if (claim.status === "busy") return { thread, status: "busy", problem: "" };
  await book.release(claim.lease, "failed", problem);
  return { thread, status: "failed", problem };
}
