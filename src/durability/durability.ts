import type { BaseCheckpointSaver, BaseStore } from "@langchain/langgraph";

/** How the last run of a thread stands. `running` without a living lease is an orphan: its process is gone. */
export type RunStatus = "running" | "finished" | "stopped" | "failed";

/** A thread as `agentic-rag threads` lists it. Times are in milliseconds since 1970. */
export interface ThreadRow {
  readonly threadId: string;
  /** The question of the last run, whole: a run that left no checkpoint begins again with it. */
  readonly question: string;
  /** Names the last run: the epoch of the lease with which it was begun. */
  readonly run: number;
  readonly status: RunStatus;
  /** How often the last run was begun or resumed. */
  readonly attempts: number;
  /** Why it failed; empty otherwise. */
  readonly problem: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The process that drives it, as it named itself, or that did so last; empty when none ever did. */
  readonly owner: string;
  /** Until when the process that drives it holds it, by the clock of this machine; 0 when nobody does. */
  readonly leasedUntil: number;
}

/**
 * The right to drive a thread. Each claim has a higher `epoch` than all before it in this database, whatever thread
 * they were for, so that a stale owner is known also when its thread was removed and made anew.
 */
export interface Lease {
  readonly threadId: string;
  readonly owner: string;
  readonly epoch: number;
}

export type Claim =
  | { readonly status: "claimed"; readonly lease: Lease; readonly thread: ThreadRow | undefined }
  /** Another process drives the thread, at least until `leasedUntil`. */
  | { readonly status: "busy"; readonly thread: ThreadRow };

/**
 * Who drives which thread, and what became of it. Every call is one transaction. Leases run by a clock that all who use
 * the database share: in PostgreSQL the server's, with a SQLite file the one of its machine that nobody can set. The
 * order of threads is that of their claims. Times of day are only told.
 */
export interface ThreadBook {
  /** Takes the thread if nobody holds it or its lease has run out. */
  claim(threadId: string, owner: string, leaseMs: number): Promise<Claim>;
  /** Prolongs; false when another has taken over, and then nothing more may be written. */
  renew(lease: Lease, leaseMs: number): Promise<boolean>;
  /**
   * A run begins or is resumed: status `running`, one attempt more. A `question` begins a new run, with attempt 1.
   *
   * @throws AgenticRagError `lease-lost` when another has taken over.
   */
  begin(lease: Lease, question?: string): Promise<void>;
  /** Writes how the run ended and gives the thread back. Without effect for a stale lease. */
  release(lease: Lease, status: Exclude<RunStatus, "running">, problem?: string): Promise<void>;
  /** The last one claimed first, 50 unless told. */
  list(limit?: number): Promise<readonly ThreadRow[]>;
  find(threadId: string): Promise<ThreadRow | undefined>;
  /** Threads whose run is `running` and whose lease has run out, the last one claimed last. */
  orphans(): Promise<readonly ThreadRow[]>;
  /** Removes the thread, its checkpoints and its journal. */
  remove(threadId: string): Promise<void>;
}

/**
 * What makes runs survive their process: checkpoints, the store (search journal) and the book of threads, in one
 * database. The checkpointer refuses to write to a thread that this object claimed and has lost meanwhile
 * (AgenticRagError `lease-lost`).
 */
export interface Durability {
  readonly checkpointer: BaseCheckpointSaver;
  readonly store: BaseStore;
  readonly book: ThreadBook;
  close(): Promise<void>;
}
