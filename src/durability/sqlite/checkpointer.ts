import { isDeepStrictEqual } from "node:util";
import { BaseCheckpointSaver } from "@langchain/langgraph";
import { ZodError } from "zod";
import { checkpointIdOf, configOf, idProblem, nameOf, placeOf } from "./checkpoint-ids.ts";
import {
  deleteCheckpoints,
  findCheckpoint,
  insertCheckpoint,
  insertWrites,
  listCheckpoints,
  nameIn,
  numberOf,
  valuesOf,
  writesOf,
  type CheckpointRow,
  type Encoded,
  type Place,
  type PlacedCheckpoint,
  type WriteRow,
} from "./checkpoint-rows.ts";
import { inTransaction, type SqliteDatabase } from "../../sqlite/sqlite.ts";
import { explainStoreError, storeUnusable } from "./file.ts";

type Saver = BaseCheckpointSaver;
type Config = Parameters<Saver["getTuple"]>[0];
type Checkpoint = Parameters<Saver["put"]>[1];
type Metadata = Parameters<Saver["put"]>[2];
type Versions = Parameters<Saver["put"]>[3];
type Writes = Parameters<Saver["putWrites"]>[1];
type ListOptions = NonNullable<Parameters<Saver["list"]>[1]>;
type Tuple = NonNullable<Awaited<ReturnType<Saver["getTuple"]>>>;
type History = Awaited<ReturnType<Saver["getDeltaChannelHistory"]>>;
type PendingWrite = NonNullable<Tuple["pendingWrites"]>[number];

/** Is told of every write before it is made, in its transaction, and throws where it must not be made. */
export type Fence = (threadId: string) => void;

/** The channel that checkpoints before version 4 kept among the writes of their parent. */
const SENDS = "__pregel_tasks";

/** Checkpoints that `list` reads at once. */
const PAGE = 50;

/** A checkpoint and its writes as they are stored. */
interface Stored {
  readonly row: CheckpointRow;
  readonly values: readonly (readonly [string, Encoded])[];
  readonly writes: readonly WriteRow[];
  readonly sends: readonly WriteRow[];
}

/**
 * Checkpoints in the SQLite file of a store. Each put is one transaction, on the disk when its promise resolves.
 *
 * - A checkpoint keeps only references to values that its thread had before, by content: forks cannot mix them up.
 * - What is put a second time, because nobody knew that it was there, changes nothing.
 * - Any non-empty text is a thread id. Metadata is compared whole; a key that is not there matches nothing but
 *   `undefined`.
 *
 * @throws AgenticRagError `store-unusable` from each call, see `createSqliteStore`; `settings-invalid` for ids that
 * are no text.
 */
export class SqliteCheckpointer extends BaseCheckpointSaver {
  readonly #file: string;
  readonly #database: SqliteDatabase;
  readonly #fence: Fence;

  constructor(file: string, database: SqliteDatabase, fence: Fence = () => undefined) {
    super();
    this.#file = file;
    this.#database = database;
    this.#fence = fence;
  }

  override async getTuple(config: Config): Promise<Tuple | undefined> {
    if (config.configurable?.["thread_id"] === undefined) return undefined;
    const place = placeOf(config);
    const id = checkpointIdOf(config);
    const stored = this.#transaction("deferred", () => {
      const row = findCheckpoint(this.#database, place, id);
      return row === undefined ? undefined : this.#stored(row);
    });
    return stored === undefined ? undefined : this.#tupleOf(stored);
  }

  override async *list(config: Config, options: ListOptions = {}): AsyncGenerator<Tuple> {
    const { thread_id, checkpoint_ns } = config.configurable ?? {};
    const { limit = Infinity, before, filter = {} } = options;
    const [id, older] = [checkpointIdOf(config), before === undefined ? undefined : checkpointIdOf(before)];
    const wanted = {
      ...(thread_id !== undefined && { thread: nameOf("thread_id", thread_id) }),
      ...(checkpoint_ns !== undefined && { place: nameOf("checkpoint_ns", checkpoint_ns, "") }),
      ...(id !== undefined && { id }),
      ...(older !== undefined && { before: older }),
    };
    let left = limit;
    let after: PlacedCheckpoint | undefined;
    while (left > 0) {
      const page = this.#transaction("deferred", () =>
        listCheckpoints(this.#database, wanted, after, PAGE).map((row) => this.#stored(row)),
      );
      for (const stored of page) {
        const tuple = await this.#tupleOf(stored);
        if (!hasAll(tuple.metadata ?? {}, filter)) continue;
        yield tuple;
        left -= 1;
        if (left <= 0) return;
      }
      if (page.length < PAGE) return;
      after = page.at(-1)?.row;
    }
  }

  override async put(
    config: Config,
    checkpoint: Checkpoint,
    metadata: Metadata,
    newVersions: Versions,
  ): Promise<Config> {
    const place = placeOf(config);
    const id = nameOf("checkpoint id", checkpoint.id);
    const { channel_values: values, channel_versions: versions } = checkpoint;
    // a channel that nothing was ever written to has its default again when it is read
    const written = Object.entries(values).filter(
      ([channel]) => Object.hasOwn(newVersions, channel) || Object.hasOwn(versions, channel),
    );
    const body = {
      v: checkpoint.v,
      ts: checkpoint.ts,
      versions,
      seen: checkpoint.versions_seen,
      metadata: await this.#encode(metadata),
      values: await Promise.all(
        written.map(async ([channel, value]): Promise<[string, [string, string]]> => [
          channel,
          await this.#encode(value),
        ]),
      ),
    };
    this.#write(place, () =>
      insertCheckpoint(this.#database, { ...place, id, parent: checkpointIdOf(config) ?? null, body }),
    );
    return configOf({ ...place, id });
  }

  override async putWrites(config: Config, writes: Writes, taskId: string, taskPath = ""): Promise<void> {
    const place = placeOf(config);
    const id = checkpointIdOf(config);
    if (id === undefined) throw idProblem("checkpoint_id");
    const [task, path] = [nameOf("task id", taskId), JSON.stringify(taskPath)];
    const encoded = await Promise.all(
      writes.map(async ([channel, value], at) => ({
        number: numberOf(channel, at),
        channel,
        value: await this.#encode(value),
      })),
    );
    this.#write(place, () => insertWrites(this.#database, { ...place, id }, { task, path }, encoded));
  }

  override async deleteThread(threadId: string): Promise<void> {
    const thread = nameOf("thread_id", threadId);
    this.#transaction("immediate", () => deleteCheckpoints(this.#database, thread));
  }

  /** Reads of each checkpoint on the way only what was written, not what it holds. */
  override async getDeltaChannelHistory({
    config,
    channels,
  }: {
    config: Config;
    channels: string[];
  }): Promise<History> {
    const place = placeOf(config);
    const found = this.#transaction("deferred", () => this.#walk(place, checkpointIdOf(config), channels));
    const histories = channels.map(async (channel): Promise<[string, History[string]]> => {
      const { writes = [], seed } = found.get(channel) ?? {};
      const decoded = await Promise.all(writes.map((write) => this.#pending(write)));
      return [channel, { writes: decoded, ...(seed !== undefined && { seed: await this.#decode(seed) }) }];
    });
    return Object.fromEntries(await Promise.all(histories));
  }

  /** For each channel what was written since its value was last stored, oldest first, and that value. */
  #walk(place: Place, id: string | undefined, channels: readonly string[]) {
    const found = new Map(
      channels.map((channel) => [
        channel,
        { writes: [] as WriteRow[], seed: undefined as Encoded | undefined },
      ]),
    );
    const remaining = new Set(channels);
    let at = findCheckpoint(this.#database, place, id)?.parent ?? null;
    while (at !== null && remaining.size > 0) {
      const row = findCheckpoint(this.#database, place, at);
      if (row === undefined) break;
      for (const write of writesOf(this.#database, row).toReversed()) {
        if (remaining.has(write.channel)) found.get(write.channel)?.writes.unshift(write);
      }
      const held = row.body.values.filter(([channel]) => remaining.has(channel));
      for (const [channel, seed] of valuesOf(this.#database, {
        ...row,
        body: { ...row.body, values: held },
      })) {
        const history = found.get(channel);
        if (history !== undefined) history.seed = seed;
        remaining.delete(channel);
      }
      at = row.parent;
    }
    return found;
  }

  #stored(row: CheckpointRow): Stored {
    const writes = writesOf(this.#database, row);
    const { parent } = row;
    const isOld = row.body.v < 4 && parent !== null;
    const sends = isOld ? writesOf(this.#database, { ...row, id: parent }) : [];
    return {
      row,
      values: valuesOf(this.#database, row),
      writes,
      sends: sends.filter(({ channel }) => channel === SENDS),
    };
  }

  async #tupleOf({ row, values, writes, sends }: Stored): Promise<Tuple> {
    const { v, ts, versions, seen, metadata } = row.body;
    const channel_values = Object.fromEntries(
      await Promise.all(
        values.map(async ([channel, value]) => [channel, await this.#decode(value)] as const),
      ),
    );
    const channel_versions = { ...versions };
    if (v < 4 && row.parent !== null) {
      channel_values[SENDS] = await Promise.all(sends.map(({ value }) => this.#decode(value)));
      channel_versions[SENDS] = Math.max(1, ...Object.values(versions).map(Number));
    }
    const told = await this.#decode(metadata);
    return {
      config: configOf(row),
      checkpoint: { v, id: nameIn(row.id), ts, channel_values, channel_versions, versions_seen: seen },
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as it was given to put
      metadata: told as Metadata,
      ...(row.parent !== null && { parentConfig: configOf({ ...row, id: row.parent }) }),
      pendingWrites: await Promise.all(writes.map((write) => this.#pending(write))),
    };
  }

  async #pending({ task, channel, value }: WriteRow): Promise<PendingWrite> {
    return [task, channel, await this.#decode(value)];
  }

  async #encode(value: unknown): Promise<[string, string]> {
    const [kind, bytes] = await this.serde.dumpsTyped(value);
    return [kind, Buffer.from(bytes).toString(kind === "json" ? "utf8" : "base64")];
  }

  async #decode([kind, text]: Encoded): Promise<unknown> {
    const decoded: unknown = await this.serde.loadsTyped(
      kind,
      kind === "json" ? text : new Uint8Array(Buffer.from(text, "base64")),
    );
    return decoded;
  }

  #write({ thread }: Place, work: () => void): void {
    this.#transaction("immediate", () => {
      this.#fence(nameIn(thread));
      work();
    });
  }

  #transaction<Value>(kind: "immediate" | "deferred", work: () => Value): Value {
    if (!this.#database.open) throw storeUnusable(this.#file, "is closed: it was stopped");
    try {
      return inTransaction(this.#database, kind, work);
    } catch (error) {
      throw isDamage(error)
        ? storeUnusable(
            this.#file,
            "is damaged: a checkpoint in it cannot be read. Move it away, or choose another",
            error,
          )
        : explainStoreError(this.#file, error);
    }
  }
}

/** What comes of bytes that no checkpointer wrote. */
function isDamage(error: unknown): boolean {
  if (error instanceof ZodError || error instanceof SyntaxError) return true;
  return error instanceof Error && "code" in error && /^(?:ERR_|Z_|ERR__)/.test(String(error.code));
}

function hasAll(metadata: object, filter: Readonly<Record<string, unknown>>): boolean {
  const held = new Map<string, unknown>(Object.entries(metadata));
  return Object.entries(filter).every(([key, value]) => isDeepStrictEqual(held.get(key), value));
}
