import { isDeepStrictEqual } from "node:util";
import {
  BaseCheckpointSaver,
  type Checkpoint,
  type CheckpointMetadata,
  type CheckpointTuple,
} from "@langchain/langgraph";
import type { RunnableConfig } from "@langchain/core/runnables";
import { AgenticRagError } from "../../errors.ts";
import { leaseLost } from "../lease.ts";
import { HERE, packHead, packValues } from "./checkpoint.ts";
import { configOf, createCheckpointReader, nameIn, type CheckpointReader } from "./checkpoint-reader.ts";
import type { PostgresConnection } from "./connection.ts";

type ListOptions = Parameters<BaseCheckpointSaver["list"]>[1];
type Versions = Parameters<BaseCheckpointSaver["put"]>[3];
type Writes = Parameters<BaseCheckpointSaver["putWrites"]>[1];
type HistoryOptions = Parameters<BaseCheckpointSaver["getDeltaChannelHistory"]>[0];
type History = Awaited<ReturnType<BaseCheckpointSaver["getDeltaChannelHistory"]>>;

/** The epoch under which this process holds a thread; `undefined` for a thread that it never claimed. */
export type HeldEpoch = (threadId: string) => number | undefined;

/** Writes of LangGraph itself stand once, whatever their place in the list: the newest counts. */
const SPECIAL_WRITES: ReadonlyMap<string, number> = new Map([
  ["__error__", -1],
  ["__scheduled__", -2],
  ["__interrupt__", -3],
  ["__resume__", -4],
]);

/** In bytes of JSON: two of them are below what PostgreSQL can index. */
const LONGEST_NAME = 800;

/**
 * Checkpoints in PostgreSQL. Each put is one statement: it is there as a whole or not at all, and sending it twice
 * changes nothing. A step is one row with the channels that it changed; which row holds the others is said by the
 * row's own head, so that the branches of a forked thread never share a value by accident.
 *
 * While this process holds a thread, its puts carry the epoch of the lease and are refused in the same statement once
 * another has taken the thread over.
 *
 * @throws AgenticRagError `store-unusable`, `lease-lost`, `settings-invalid` for a thread whose name cannot be kept
 */
export function createPostgresCheckpointer(
  connection: PostgresConnection,
  heldEpoch: HeldEpoch,
): BaseCheckpointSaver {
  return new PostgresCheckpointer(connection, heldEpoch);
}

class PostgresCheckpointer extends BaseCheckpointSaver {
  readonly #connection: PostgresConnection;
  readonly #heldEpoch: HeldEpoch;
  readonly #reader: CheckpointReader;

  constructor(connection: PostgresConnection, heldEpoch: HeldEpoch) {
    super();
    this.#connection = connection;
    this.#heldEpoch = heldEpoch;
    this.#reader = createCheckpointReader(connection, () => this.serde);
  }

  override async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    const { threadId, namespace, checkpointId } = placeOf(config);
    if (threadId === "" || !isKept({ threadId, namespace, checkpointId })) return undefined;
    const [tuple] = await this.#reader.find({
      threadId,
      namespace,
      limit: 1,
      ...(checkpointId !== "" && { checkpointId }),
    });
    return tuple;
  }

  override async *list(config: RunnableConfig, options: ListOptions = {}): AsyncGenerator<CheckpointTuple> {
    const { filter = {}, before, limit = Infinity } = options;
    const given = placeOf(config);
    const has = (name: string): boolean => typeof config.configurable?.[name] === "string";
    if (!isKept(given)) return;
    const newest = before === undefined ? "" : placeOf(before).checkpointId;
    const wanted = Object.entries(filter);
    let left = limit;
    for await (const tuple of this.#reader.all({
      ...(given.threadId !== "" && { threadId: given.threadId }),
      ...(has("checkpoint_ns") && { namespace: given.namespace }),
      ...(given.checkpointId !== "" && { checkpointId: given.checkpointId }),
      ...(newest !== "" && { before: newest }),
    })) {
      if (left <= 0) return;
      const metadata = new Map<string, unknown>(Object.entries(tuple.metadata ?? {}));
      if (!wanted.every(([name, value]) => isDeepStrictEqual(metadata.get(name), value))) continue;
      left -= 1;
      yield tuple;
    }
  }

  override async put(
    config: RunnableConfig,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
    newVersions: Versions,
  ): Promise<RunnableConfig> {
    const { threadId, namespace, checkpointId: parentId } = checkedPlace(config);
    const { channel_values: values, ...rest } = checkpoint;
    const checkpointId = JSON.stringify(checkpoint.id);
    const parent = await this.#reader.headOf(threadId, namespace, parentId);
    const before = new Map(Object.entries(parent?.checkpoint.channel_versions ?? {}));
    const now = new Map(Object.entries(rest.channel_versions));
    // a new version without a value means that the channel is empty from now on
    const homes = new Map(
      [...(parent?.homes ?? [])].filter(
        ([channel]) => !Object.hasOwn(newVersions, channel) && now.get(channel) === before.get(channel),
      ),
    );
    const changed = Object.entries(values).filter(([channel]) => Object.hasOwn(newVersions, channel));
    for (const [channel] of changed) homes.set(channel, HERE);
    const [head, packed] = await Promise.all([
      packHead(this.serde, { checkpoint: rest, metadata, homes }),
      packValues(this.serde, changed),
    ]);
    const rows = await this.#connection.query(
      `${FENCE} insert into $schema.checkpoints (thread_id, namespace, checkpoint_id, parent_id, head, changed)
       select $1::text, $3::text, $4::text, $5::text, $6::bytea, $7::bytea from fence
       on conflict (thread_id, namespace, checkpoint_id) do update
         set parent_id = excluded.parent_id, head = excluded.head, changed = excluded.changed
       returning 1`,
      [...this.#fence(threadId), namespace, checkpointId, parentId === "" ? null : parentId, head, packed],
    );
    if (rows.length === 0) throw leaseLost(nameIn(threadId));
    return configOf({ threadId, namespace, checkpointId });
  }

  override async putWrites(
    config: RunnableConfig,
    writes: Writes,
    taskId: string,
    taskPath = "",
  ): Promise<void> {
    const { threadId, namespace, checkpointId } = checkedPlace(config);
    if (checkpointId === "") throw noCheckpoint();
    const packs = new Map<number, [string, unknown][]>();
    for (const [channel, value] of writes) {
      const index = SPECIAL_WRITES.get(channel) ?? 0;
      if (index < 0) packs.set(index, [[channel, value]]);
      else packs.set(index, [...(packs.get(index) ?? []), [channel, value]]);
    }
    if (packs.size === 0) return;
    const packed = await Promise.all([...packs.values()].map((values) => packValues(this.serde, values)));
    const rows = await this.#connection.query(
      // the first of two executions of a task stands, as a whole
      `${FENCE} insert into $schema.writes (thread_id, namespace, checkpoint_id, task_id, task_path, idx, pack)
       select $1::text, $3::text, $4::text, $5::text, $6::text, given.idx, given.pack
       from fence, unnest($7::smallint[], $8::bytea[]) as given (idx, pack)
       on conflict (thread_id, namespace, checkpoint_id, task_id, idx) do update
         set pack = case when excluded.idx < 0 then excluded.pack else writes.pack end
       returning 1`,
      [...this.#fence(threadId), namespace, checkpointId, taskId, taskPath, [...packs.keys()], packed],
    );
    if (rows.length === 0) throw leaseLost(nameIn(threadId));
  }

  override async deleteThread(threadId: string): Promise<void> {
    await this.#connection.query(
      `with gone as (delete from $schema.writes where thread_id = $1)
       delete from $schema.checkpoints where thread_id = $1`,
      [JSON.stringify(threadId)],
    );
  }

  /** As the base class says, in one walk instead of one read for each step. */
  override async getDeltaChannelHistory({ config, channels }: HistoryOptions): Promise<History> {
    const { threadId, namespace, checkpointId } = placeOf(config);
    if (channels.length === 0 || threadId === "" || !isKept({ threadId, namespace, checkpointId })) {
      return Object.fromEntries(channels.map((channel) => [channel, { writes: [] }]));
    }
    return this.#reader.history(threadId, namespace, checkpointId, channels);
  }

  #fence(threadId: string): [string, number | null] {
    return [threadId, this.#heldEpoch(nameIn(threadId)) ?? null];
  }
}

/**
 * One row where thread $1 is still held under epoch $2, or was never claimed here ($2 is null). The lock makes whoever
 * wants to take the thread over wait for the end of this statement.
 */
const FENCE = `with held as (
    select 1 from $schema.threads where thread_id = $1::text and epoch = $2::bigint for share
  ), fence as (
    select 1 where $2::bigint is null or exists (select 1 from held)
  )`;

/** Where a checkpoint is, each name as JSON; an empty text for what is not said. */
interface Place {
  readonly threadId: string;
  readonly namespace: string;
  readonly checkpointId: string;
}

function nameOf(value: unknown): string {
  return typeof value === "string" && value !== "" ? JSON.stringify(value) : "";
}

function placeOf({ configurable = {} }: RunnableConfig): Place {
  return {
    threadId: nameOf(configurable["thread_id"]),
    namespace: nameOf(configurable["checkpoint_ns"]),
    checkpointId: nameOf(configurable["checkpoint_id"] ?? configurable["thread_ts"]),
  };
}

/** Whether PostgreSQL can index the names; others are never written. */
function isKept(place: Place): boolean {
  return Object.values(place).every((name) => Buffer.byteLength(name) <= LONGEST_NAME);
}

function checkedPlace(config: RunnableConfig): Place {
  const place = placeOf(config);
  if (place.threadId === "" || !isKept(place)) {
    throw new AgenticRagError(
      "settings-invalid",
      `A thread in PostgreSQL is kept under a name of 1 to about ${LONGEST_NAME} characters. Give it one in \`configurable\`, such as { thread_id: "my-thread" }.`,
    );
  }
  return place;
}

function noCheckpoint(): AgenticRagError {
  return new AgenticRagError(
    "settings-invalid",
    "Writes belong to a checkpoint. Name it in `configurable`, such as { thread_id, checkpoint_id }.",
  );
}
