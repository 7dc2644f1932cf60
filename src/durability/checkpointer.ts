import { isDeepStrictEqual } from "node:util";
import {
  BaseCheckpointSaver,
  type Checkpoint,
  type CheckpointMetadata,
  type CheckpointTuple,
} from "@langchain/langgraph";
import type { RunnableConfig } from "@langchain/core/runnables";
import { AgenticRagError } from "../errors.ts";
import {
  leaseEpochOf,
  type CheckpointKey,
  type CheckpointRow,
  type CheckpointRows,
  type Encoded,
  type LoadedCheckpoint,
  type NewCheckpoint,
  type ThreadPlace,
  type Write,
} from "./checkpoint-rows.ts";
import { checkpointIdOf, configOf, nameInvalid, nameOf, placeOf } from "./checkpoint-names.ts";

type ListOptions = NonNullable<Parameters<BaseCheckpointSaver["list"]>[1]>;
type NewVersions = Parameters<BaseCheckpointSaver["put"]>[3];
type PendingWrites = Parameters<BaseCheckpointSaver["putWrites"]>[1];
type HistoryOptions = Parameters<BaseCheckpointSaver["getDeltaChannelHistory"]>[0];
type History = Awaited<ReturnType<BaseCheckpointSaver["getDeltaChannelHistory"]>>;
type PendingWrite = [taskId: string, channel: string, value: unknown];

/** The channel that checkpoints before version 4 kept among the writes of their parent. */
const SENDS = "__pregel_tasks";

/** Writes that are LangGraph's own, of which a task has one at most. */
const OWN_WRITES: ReadonlyMap<string, number> = new Map([
  ["__error__", -1],
  ["__scheduled__", -2],
  ["__interrupt__", -3],
  ["__resume__", -4],
]);

/** Checkpoints that `list` reads at once. */
const PAGE = 50;

/**
 * LangGraph's checkpoints in a database.
 *
 * - The last checkpoint of a thread is the one that was put last, whatever the clocks of the machines say.
 * - A step stores only the values that it changed; each checkpoint knows for itself where the others are, so that the
 *   branches of a forked thread never share a value by accident.
 * - What is put a second time, because nobody knew that it was there, changes nothing.
 * - Metadata is compared whole; a key that is not there equals nothing but `undefined`.
 *
 * @throws AgenticRagError `store-unusable`; `lease-lost` from writes; `settings-invalid` for ids that are no text
 */
export class Checkpointer<Row extends CheckpointRow> extends BaseCheckpointSaver {
  readonly #rows: CheckpointRows<Row>;

  constructor(rows: CheckpointRows<Row>) {
    super();
    this.#rows = rows;
  }

  override async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    if (config.configurable?.["thread_id"] === undefined) return undefined;
    const [tuple] = await this.#tuples(await this.#find(placeOf(config), checkpointIdOf(config)));
    return tuple;
  }

  override async *list(
    config: RunnableConfig,
    { limit = Infinity, before, filter = {} }: ListOptions = {},
  ): AsyncGenerator<CheckpointTuple> {
    const { thread_id, checkpoint_ns } = config.configurable ?? {};
    const [checkpointId, newest] = [checkpointIdOf(config), before && checkpointIdOf(before)];
    const wanted = {
      ...(thread_id !== undefined && { threadId: nameOf("thread_id", thread_id) }),
      ...(checkpoint_ns !== undefined && { namespace: nameOf("checkpoint_ns", checkpoint_ns, "") }),
      ...(checkpointId !== undefined && { checkpointId }),
      ...(newest !== undefined && { before: newest }),
    };
    if (Object.values(wanted).some((name) => this.#isTooLong(name))) return;
    const filters = Object.entries(filter);
    let left = limit;
    let below: number | undefined;
    while (left > 0) {
      const size = filters.length === 0 ? Math.min(left, PAGE) : PAGE;
      const page = await this.#rows.page({ ...wanted, ...(below !== undefined && { below }) }, size);
      const found = await this.#filter(page, filters);
      const taken = found.slice(0, left);
      yield* await this.#tuples(taken);
      left -= taken.length;
      if (page.length < size) return;
      below = page.at(-1)?.order;
    }
  }

  override async put(
    config: RunnableConfig,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
    newVersions: NewVersions,
  ): Promise<RunnableConfig> {
    const { v, ts, channel_values, channel_versions: versions, versions_seen: seen } = checkpoint;
    const key = { ...placeOf(config), checkpointId: nameOf("checkpoint id", checkpoint.id) };
    this.#requireShort(key);
    const changed = Object.entries(channel_values).filter(([channel]) => Object.hasOwn(newVersions, channel));
    const inserted: NewCheckpoint = {
      ...key,
      parentId: checkpointIdOf(config),
      head: { v, ts, versions, seen },
      metadata: await this.#encode(metadata),
      changed: await Promise.all(
        changed.map(async ([channel, value]) => [channel, await this.#encode(value)] as const),
      ),
      // a new version without a value means that the channel is empty from now on
      inherits: (channel, parent) =>
        !Object.hasOwn(newVersions, channel) &&
        Object.hasOwn(versions, channel) &&
        Object.hasOwn(parent, channel) &&
        versions[channel] === parent[channel],
    };
    await this.#rows.insert(inserted, leaseEpochOf(config.configurable));
    return configOf(key);
  }

  override async putWrites(
    config: RunnableConfig,
    writes: PendingWrites,
    taskId: string,
    taskPath = "",
  ): Promise<void> {
    const checkpointId = checkpointIdOf(config);
    if (checkpointId === undefined) throw nameInvalid("checkpoint_id");
    const key = { ...placeOf(config), checkpointId };
    this.#requireShort(key);
    if (writes.length === 0) return;
    const encoded = writes.map(async ([channel, value], at) => ({
      number: OWN_WRITES.get(channel) ?? at,
      channel,
      value: await this.#encode(value),
    }));
    await this.#rows.insertWrites(
      key,
      taskId,
      taskPath,
      await Promise.all(encoded),
      leaseEpochOf(config.configurable),
    );
  }

  override deleteThread(threadId: string): Promise<void> {
    return this.#rows.removeThread(nameOf("thread_id", threadId));
  }

  /** As the base class says, without reading what the checkpoints on the way hold. */
  override async getDeltaChannelHistory({ config, channels }: HistoryOptions): Promise<History> {
    const place = placeOf(config);
    const newestFirst = new Map<string, Write[]>(channels.map((channel) => [channel, []]));
    const remaining = new Set(channels);
    const held = new Map<string, number>();
    const [start] = channels.length === 0 ? [] : await this.#find(place, checkpointIdOf(config));
    let next = start?.parentId;
    while (next !== undefined && remaining.size > 0) {
      const ancestors = await this.#rows.ancestors({ ...place, checkpointId: next }, [...remaining]);
      for (const ancestor of ancestors) {
        for (const write of ancestor.writes.toReversed()) {
          if (remaining.has(write.channel)) newestFirst.get(write.channel)?.push(write);
        }
        for (const [channel, order] of ancestor.held) {
          if (remaining.delete(channel)) held.set(channel, order);
        }
      }
      next = ancestors.at(-1)?.parentId;
    }
    const seeds = await this.#rows.values(held);
    const histories = [...newestFirst].map(async ([channel, writes]) => {
      const seed = seeds.get(channel);
      const history = {
        writes: await this.#pending(writes.toReversed()),
        ...(seed !== undefined && { seed: await this.#decode(seed) }),
      };
      return [channel, history] as const;
    });
    return Object.fromEntries(await Promise.all(histories));
  }

  async #find(place: ThreadPlace, checkpointId: string | undefined): Promise<readonly Row[]> {
    const wanted = { ...place, ...(checkpointId !== undefined && { checkpointId }) };
    return Object.values(wanted).some((name) => this.#isTooLong(name)) ? [] : this.#rows.page(wanted, 1);
  }

  async #filter(page: readonly Row[], filters: readonly [string, unknown][]): Promise<readonly Row[]> {
    if (filters.length === 0) return page;
    const metadata = await Promise.all(page.map((row) => this.#decode(row.metadata)));
    return page.filter((_row, at) => {
      const held = new Map<string, unknown>(Object.entries(metadata[at] ?? {}));
      return filters.every(([key, value]) => isDeepStrictEqual(held.get(key), value));
    });
  }

  async #tuples(rows: readonly Row[]): Promise<CheckpointTuple[]> {
    const loaded = await this.#rows.load(rows);
    const tuples = rows.map(async (row, at) => {
      const found = loaded[at];
      return found === undefined ? [] : [await this.#tuple(row, found)];
    });
    return (await Promise.all(tuples)).flat();
  }

  async #tuple(row: Row, { values, writes }: LoadedCheckpoint): Promise<CheckpointTuple> {
    const { v, ts, versions, seen } = row.head;
    const channel_values = Object.fromEntries(
      await Promise.all(
        values.map(async ([channel, value]) => [channel, await this.#decode(value)] as const),
      ),
    );
    const channel_versions = { ...versions };
    if (v < 4 && row.parentId !== undefined) {
      const { threadId, namespace, parentId } = row;
      const [parent] = await this.#rows.ancestors({ threadId, namespace, checkpointId: parentId }, []);
      const sends = await this.#pending(parent?.writes.filter(({ channel }) => channel === SENDS) ?? []);
      channel_values[SENDS] = sends.map(([, , value]) => value);
      channel_versions[SENDS] = Math.max(1, ...Object.values(versions).map(Number));
    }
    const metadata = await this.#decode(row.metadata);
    return {
      config: configOf(row),
      checkpoint: {
        v,
        id: row.checkpointId,
        ts,
        channel_values,
        channel_versions,
        versions_seen: { ...seen },
      },
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as it was given to put
      metadata: metadata as CheckpointMetadata,
      ...(row.parentId !== undefined && { parentConfig: configOf({ ...row, checkpointId: row.parentId }) }),
      pendingWrites: await this.#pending(writes),
    };
  }

  #pending(writes: readonly Write[]): Promise<PendingWrite[]> {
    return Promise.all(
      writes.map(async ({ taskId, channel, value }): Promise<PendingWrite> => [
        taskId,
        channel,
        await this.#decode(value),
      ]),
    );
  }

  async #encode(value: unknown): Promise<Encoded> {
    const [kind, bytes] = await this.serde.dumpsTyped(value);
    return [kind, Buffer.from(bytes).toString(kind === "json" ? "utf8" : "base64")];
  }

  async #decode([kind, text]: Encoded): Promise<unknown> {
    const written = kind === "json" ? text : new Uint8Array(Buffer.from(text, "base64"));
    const decoded: unknown = await this.serde.loadsTyped(kind, written);
    return decoded;
  }

  /** Nothing is kept under such a name. */
  #isTooLong(name: string): boolean {
    return Buffer.byteLength(JSON.stringify(name)) > this.#rows.longestName;
  }

  #requireShort(key: CheckpointKey): void {
    if (!Object.values(key).some((name) => this.#isTooLong(name))) return;
    throw new AgenticRagError(
      "settings-invalid",
      `A checkpoint is kept here under names of at most about ${this.#rows.longestName} characters. Give shorter ones in \`configurable\`, such as { thread_id: "my-thread" }.`,
    );
  }
}
