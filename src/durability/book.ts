import { z } from "zod";
import type { Claim, Lease, RunStatus, ThreadBook, ThreadRow } from "./durability.ts";
import { leaseLost } from "./lease.ts";

/**
 * The table `threads` of a database. In its SQL, `$now` stands for the time of day in milliseconds since 1970, which is
 * only told, `$clock` for the milliseconds of the clock by which leases run, which all who use the database share,
 * `$held` for `HELD`, and `$thread` for the column with the thread id. Texts are JSON.
 */
export interface BookTable {
  claim(threadId: string, owner: string, leaseMs: number): Promise<Claim>;
  /** Changes the thread of a lease; `values` are $3 and on. False when the lease is the thread's no more. */
  update(lease: Lease, set: string, values: readonly (string | number)[]): Promise<boolean>;
  /** `rest` follows the `from` of a `select`. */
  select(rest: string, values?: readonly (string | number)[]): Promise<readonly ThreadRow[]>;
  /** Removes the thread with its checkpoints. */
  remove(threadId: string): Promise<void>;
}

/**
 * Whether a lease has not run out. One with much more left than it was given was written before its clock began anew
 * or was set back, and nobody waits for it.
 */
export const HELD = "(leased_until > $clock and leased_until <= $clock + 2 * lease_ms)";

/** The columns of a `ThreadRow`; the thread id is the database's own. A lease that has run out is nobody's. */
export const THREAD_COLUMNS = `$thread as thread, question, run, status, attempts, problem, owner, epoch, created_at,
  updated_at, case when $held then leased_until - $clock else 0 end as left_ms`;

const text = z.string().transform((json) => (json === "" ? "" : z.string().parse(JSON.parse(json))));
const number = z.coerce.number();

const rowSchema = z.object({
  thread: text,
  question: text,
  run: number,
  status: z.enum(["running", "finished", "stopped", "failed"]),
  attempts: number,
  problem: text,
  owner: text,
  epoch: number,
  created_at: number,
  updated_at: number,
  left_ms: number,
});

/** A row of `THREAD_COLUMNS`. */
export function readThread(row: unknown): { readonly epoch: number; readonly thread: ThreadRow } {
  const { thread, epoch, created_at, updated_at, left_ms, ...rest } = rowSchema.parse(row);
  return {
    epoch,
    thread: {
      ...rest,
      threadId: thread,
      createdAt: created_at,
      updatedAt: updated_at,
      leasedUntil: left_ms > 0 ? Date.now() + left_ms : 0,
    },
  };
}

/** The book of threads over its table. A thread that was claimed and never begun is not listed. */
export class Book implements ThreadBook {
  readonly #table: BookTable;
  readonly #forget: (threadId: string) => Promise<void>;
  readonly #claimed = new Map<string, number>();

  /** `forget` removes what is kept of a thread elsewhere. */
  constructor(table: BookTable, forget: (threadId: string) => Promise<void>) {
    this.#table = table;
    this.#forget = forget;
  }

  /** The epoch of the newest claim that was made here on a thread and not given back. */
  heldEpoch(threadId: string): number | undefined {
    return this.#claimed.get(threadId);
  }

  async claim(threadId: string, owner: string, leaseMs: number): Promise<Claim> {
    const claim = await this.#table.claim(threadId, owner, leaseMs);
    if (claim.status === "busy") return claim;
    this.#claimed.set(threadId, claim.lease.epoch);
    return { ...claim, thread: claim.thread?.run === 0 ? undefined : claim.thread };
  }

  renew(lease: Lease, leaseMs: number): Promise<boolean> {
    return this.#table.update(lease, "leased_until = $clock + $3, lease_ms = $3", [leaseMs]);
  }

  async begin(lease: Lease, question?: string): Promise<void> {
    const set = `status = 'running', problem = '""', updated_at = $now`;
    const isBegun =
      question === undefined
        ? await this.#table.update(lease, `${set}, attempts = attempts + 1`, [])
        : await this.#table.update(lease, `${set}, attempts = 1, run = epoch, question = $3`, [
            JSON.stringify(question),
          ]);
    if (!isBegun) throw leaseLost(lease.threadId);
  }

  async release(lease: Lease, status: Exclude<RunStatus, "running">, problem = ""): Promise<void> {
    const set = "status = $3, problem = $4, leased_until = 0, updated_at = $now";
    const isReleased = await this.#table.update(lease, set, [status, JSON.stringify(problem)]);
    // after a lost lease nothing may be written from here until the thread is claimed again
    if (isReleased && this.heldEpoch(lease.threadId) === lease.epoch) this.#claimed.delete(lease.threadId);
  }

  list(limit = 50): Promise<readonly ThreadRow[]> {
    return this.#table.select("where run > 0 order by epoch desc limit $1", [limit]);
  }

  async find(threadId: string): Promise<ThreadRow | undefined> {
    return (await this.#table.select("where $thread = $1 and run > 0", [JSON.stringify(threadId)]))[0];
  }

  orphans(): Promise<readonly ThreadRow[]> {
    return this.#table.select("where status = 'running' and not $held order by epoch");
  }

  async remove(threadId: string): Promise<void> {
    // first, so that a thread is there until all of it is gone, and can be removed again
    await this.#forget(threadId);
    await this.#table.remove(threadId);
  }
}
