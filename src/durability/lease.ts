import { AgenticRagError } from "../errors.ts";
import type { Lease, ThreadBook, ThreadRow } from "./durability.ts";

export interface Heartbeat {
  /** Aborts, with the error `lease-lost`, when another has taken the thread over. */
  readonly lost: AbortSignal;
  /** Nothing is renewed any more once the promise resolves. */
  stop(): Promise<void>;
}

/** Renews at every third of the lease. A renewal that is missed is caught by the fence on writes. */
export function startHeartbeat(book: ThreadBook, lease: Lease, leaseMs: number): Heartbeat {
  const lost = new AbortController();
  const renew = async (): Promise<void> => {
    try {
      if (!(await book.renew(lease, leaseMs))) lost.abort(leaseLost(lease.threadId));
    } catch {
      // the database is busy or away; the next renewal may come in time
    }
  };
  let renewing = Promise.resolve();
  const timer = setInterval(() => (renewing = renewing.then(renew)), leaseMs / 3);
  return {
    lost: lost.signal,
    async stop() {
      clearInterval(timer);
      await renewing;
    },
  };
}

/** The thread was claimed by another process, or removed. */
export function leaseLost(threadId: string): AgenticRagError {
  return new AgenticRagError(
    "lease-lost",
    `The thread ${JSON.stringify(threadId)} was taken over by another process, or removed, while this one was held up. Nothing more is written to it from here. To see how it stands: agentic-rag threads.`,
  );
}

/** Another process drives the thread. */
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
