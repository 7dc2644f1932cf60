import type { Lease, ThreadBook } from "./durability.ts";
import { leaseLost } from "./lease.ts";

export interface Heartbeat {
  /** Aborts, with the error `lease-lost`, when the thread is another's. */
  readonly lost: AbortSignal;
  /** Nothing is prolonged any more once the promise resolves. */
  stop(): Promise<void>;
}

/** Prolongs a lease three times while it lasts. A renewal that fails is tried again: what is written tells in the end. */
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
