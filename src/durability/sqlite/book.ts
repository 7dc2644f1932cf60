import type { BaseStore } from "@langchain/langgraph";
import { z } from "zod";
import { forgetSearches } from "../../search/journal/journal.ts";
import type { Claim, Lease, RunStatus, ThreadBook, ThreadRow } from "../durability.ts";
import { leaseLost } from "../lease.ts";
import { removeCheckpoints } from "./checkpoint-rows.ts";
import { jsonName, type StoreFile } from "./file.ts";

/** Milliseconds since 1970, by the clock of the machine that the file is on. */
const NOW = "cast(unixepoch('subsec') * 1000 as integer)";

const COLUMNS =
  "thread, question, run, status, attempts, problem, owner, leased_until, created_at, updated_at";

const rowSchema = z.object({
  thread: jsonName,
  question: jsonName,
  run: z.number(),
  status: z.enum(["running", "finished", "stopped", "failed"]),
  attempts: z.number(),
  problem: jsonName,
  owner: jsonName,
  leased_until: z.number(),
  created_at: z.number(),
  updated_at: z.number(),
});

const epochRow = z.object({ epoch: z.number() });
const heldRow = z.object({ held: z.number() });

/** The book of threads in the SQLite file of a store. A thread that was claimed and never begun is not listed. */
export class SqliteBook implements ThreadBook {
  readonly #file: StoreFile;
  readonly #store: BaseStore;
  /** The epochs of the threads that were claimed here and not released. */
  readonly #claimed = new Map<string, number>();

  constructor(file: StoreFile, store: BaseStore) {
    this.#file = file;
    this.#store = store;
  }

  /**
   * Is to be asked in the transaction of whatever is written to a thread.
   *
   * @throws AgenticRagError `lease-lost` for a thread that was claimed here and is another's now, or removed.
   */
  requireHeld(threadId: string): void {
    const claimed = this.#claimed.get(threadId);
    if (claimed === undefined) return;
    const row: unknown = this.#file.database
      .prepare("select epoch from threads where thread = ?")
      .get(JSON.stringify(threadId));
    if (row === undefined || epochRow.parse(row).epoch !== claimed) throw leaseLost(threadId);
  }

  async claim(threadId: string, owner: string, leaseMs: number): Promise<Claim> {
    return this.#file.transaction("immediate", () => {
      const thread = this.#find(threadId);
      if (thread !== undefined && this.#isHeld(threadId)) return { status: "busy", thread };
      this.#file.database.prepare("update epochs set last = last + 1").run();
      const { epoch } = epochRow.parse(this.#file.database.prepare("select last as epoch from epochs").get());
      this.#file.database
        .prepare(
          `insert into threads values (?, '""', 0, 'stopped', 0, '""', ?, ?, ${NOW} + ?, ${NOW}, ${NOW})
           on conflict (thread) do update
           set owner = excluded.owner, epoch = excluded.epoch, leased_until = excluded.leased_until`,
        )
        .run(JSON.stringify(threadId), JSON.stringify(owner), epoch, leaseMs);
      this.#claimed.set(threadId, epoch);
      const begun = thread !== undefined && thread.run > 0 ? thread : undefined;
      return { status: "claimed", lease: { threadId, owner, epoch }, thread: begun };
    });
  }

  async renew(lease: Lease, leaseMs: number): Promise<boolean> {
    return this.#update(lease, `leased_until = ${NOW} + ?`, leaseMs);
  }

  async begin(lease: Lease, question?: string): Promise<void> {
    const begun =
      question === undefined
        ? this.#update(
            lease,
            `status = 'running', problem = '""', attempts = attempts + 1, updated_at = ${NOW}`,
          )
        : this.#update(
            lease,
            `status = 'running', problem = '""', attempts = 1, updated_at = ${NOW}, run = epoch, question = ?`,
            JSON.stringify(question),
          );
    if (!begun) throw leaseLost(lease.threadId);
  }

  async release(lease: Lease, status: Exclude<RunStatus, "running">, problem = ""): Promise<void> {
    const released = this.#update(
      lease,
      `status = ?, problem = ?, leased_until = 0, updated_at = ${NOW}`,
      status,
      JSON.stringify(problem),
    );
    // after a lost lease nothing may be written from here until the thread is claimed again
    if (released && this.#claimed.get(lease.threadId) === lease.epoch) this.#claimed.delete(lease.threadId);
  }

  async list(limit = 50): Promise<readonly ThreadRow[]> {
    return this.#select("where run > 0 order by updated_at desc, thread limit ?", limit);
  }

  async find(threadId: string): Promise<ThreadRow | undefined> {
    const thread = this.#file.transaction("deferred", () => this.#find(threadId));
    return thread === undefined || thread.run === 0 ? undefined : thread;
  }

  async orphans(): Promise<readonly ThreadRow[]> {
    return this.#select(`where status = 'running' and leased_until <= ${NOW} order by updated_at, thread`);
  }

  async remove(threadId: string): Promise<void> {
    // first, so that a thread is there until all of it is gone, and can be removed again
    await forgetSearches(this.#store, threadId);
    this.#file.transaction("immediate", () => {
      removeCheckpoints(this.#file.database, threadId);
      this.#file.database.prepare("delete from threads where thread = ?").run(JSON.stringify(threadId));
    });
  }

  #find(threadId: string): ThreadRow | undefined {
    const row: unknown = this.#file.database
      .prepare(`select ${COLUMNS} from threads where thread = ?`)
      .get(JSON.stringify(threadId));
    return row === undefined ? undefined : threadOf(row);
  }

  #isHeld(threadId: string): boolean {
    const row = this.#file.database
      .prepare(`select leased_until > ${NOW} as held from threads where thread = ?`)
      .get(JSON.stringify(threadId));
    return heldRow.parse(row).held === 1;
  }

  #select(rest: string, ...values: readonly number[]): readonly ThreadRow[] {
    return this.#file.transaction("deferred", () =>
      this.#file.database
        .prepare(`select ${COLUMNS} from threads ${rest}`)
        .all(...values)
        .map(threadOf),
    );
  }

  /** False for a lease that is not the thread's any more. */
  #update({ threadId, epoch }: Lease, set: string, ...values: readonly (string | number)[]): boolean {
    return this.#file.transaction("immediate", () => {
      const { changes } = this.#file.database
        .prepare(`update threads set ${set} where thread = ? and epoch = ?`)
        .run(...values, JSON.stringify(threadId), epoch);
      return changes === 1;
    });
  }
}

function threadOf(row: unknown): ThreadRow {
  const { thread, leased_until, created_at, updated_at, ...rest } = rowSchema.parse(row);
  return {
    ...rest,
    threadId: thread,
    leasedUntil: leased_until,
    createdAt: created_at,
    updatedAt: updated_at,
  };
}
