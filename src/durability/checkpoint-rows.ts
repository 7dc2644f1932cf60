/** A value as the serializer wrote it: its kind, and its text (of bytes: base64). */
export type Encoded = readonly [kind: string, text: string];

export interface ThreadPlace {
  readonly threadId: string;
  /** Empty for the root graph; for a subgraph, its path. */
  readonly namespace: string;
}

export interface CheckpointKey extends ThreadPlace {
  readonly checkpointId: string;
}

export type Versions = Readonly<Record<string, string | number>>;

/** A checkpoint without its values. */
export interface Head {
  readonly v: number;
  readonly ts: string;
  readonly versions: Versions;
  readonly seen: Readonly<Record<string, Versions>>;
}

export interface CheckpointRow extends CheckpointKey {
  /** Rises with each checkpoint that is put, whatever the clocks say. */
  readonly order: number;
  readonly parentId: string | undefined;
  readonly head: Head;
  readonly metadata: Encoded;
}

export interface NewCheckpoint extends Omit<CheckpointRow, "order"> {
  /** The values with a new version. */
  readonly changed: readonly (readonly [channel: string, value: Encoded])[];
  /** Whether a value of the parent, whose versions are given, is this checkpoint's too. */
  readonly inherits: (channel: string, parent: Versions) => boolean;
}

/** Which checkpoints. */
export interface Wanted extends Partial<CheckpointKey> {
  /** The id of a checkpoint: only those that were put before it. */
  readonly before?: string;
  /** Only those of a lower order. */
  readonly below?: number;
}

export interface NewWrite {
  /** Its place among the writes of its task; below zero for LangGraph's own, of which the last one counts. */
  readonly number: number;
  readonly channel: string;
  readonly value: Encoded;
}

/** A write of a task that belongs to the step after a checkpoint. */
export interface Write extends Pick<NewWrite, "channel" | "value"> {
  readonly taskId: string;
}

export interface LoadedCheckpoint {
  readonly values: readonly (readonly [channel: string, value: Encoded])[];
  readonly writes: readonly Write[];
}

/** A checkpoint on the way to the root. */
export interface Ancestor {
  readonly parentId: string | undefined;
  /** The channels of which it has the value, each with the order of the row that holds it. */
  readonly held: ReadonlyMap<string, number>;
  /** In the order in which the run applies them. */
  readonly writes: readonly Write[];
}

/**
 * Names, in `configurable`, the epoch of the lease that a run writes under, so that what a run still writes after it was
 * left is refused, also when its own process has claimed the thread again. LangGraph keeps a key that begins so out of
 * the metadata of checkpoints.
 */
export const LEASE_EPOCH = "__agentic_rag_lease_epoch";

export function leaseEpochOf(
  configurable: Readonly<Record<string, unknown>> | undefined,
): number | undefined {
  const epoch = configurable?.[LEASE_EPOCH];
  return typeof epoch === "number" ? epoch : undefined;
}

/** The epoch under which this process holds a thread; `undefined` for a thread that it never claimed. */
export type HeldEpoch = (threadId: string) => number | undefined;

/** Most ancestors that are read at once. */
export const ANCESTORS = 50;

/**
 * Checkpoints and writes in a database. Each call is atomic, and comes to the same when it is made twice.
 *
 * @throws AgenticRagError `store-unusable`; `lease-lost` from `insert` and `insertWrites` when this process claimed the
 * thread and another has taken it over
 */
export interface CheckpointRows<Row extends CheckpointRow = CheckpointRow> {
  /** The longest thread id, namespace and checkpoint id, in bytes of JSON. */
  readonly longestName: number;
  /** Newest first, without their values. */
  page(wanted: Wanted, limit: number): Promise<readonly Row[]>;
  /** Their values and writes; undefined for one that was removed meanwhile. */
  load(rows: readonly Row[]): Promise<readonly (LoadedCheckpoint | undefined)[]>;
  /** `leaseEpoch`: of the run that writes it. Default: the one under which this process holds the thread. */
  insert(checkpoint: NewCheckpoint, leaseEpoch?: number): Promise<void>;
  insertWrites(
    key: CheckpointKey,
    taskId: string,
    taskPath: string,
    writes: readonly NewWrite[],
    leaseEpoch?: number,
  ): Promise<void>;
  /** A checkpoint and those it comes from, nearest first, until all `channels` are held; at most `ANCESTORS`. */
  ancestors(key: CheckpointKey, channels: readonly string[]): Promise<readonly Ancestor[]>;
  /** The value of each channel in the row of the given order. */
  values(held: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, Encoded>>;
  removeThread(threadId: string): Promise<void>;
}
