import type { CheckpointTuple } from "@langchain/langgraph";
import { z } from "zod";
import { unpackHead, unpackValues, type Head, type Serializer } from "./checkpoint.ts";
import type { PostgresConnection } from "./connection.ts";

/** Which checkpoints; newest first. `checkpointId` is one of them, `before` leaves it and all newer ones out. */
export interface Wanted {
  readonly threadId?: string;
  readonly namespace?: string;
  readonly checkpointId?: string;
  readonly before?: string;
  readonly limit?: number;
}

/** Where a checkpoint is; each name as JSON, or empty. */
interface Place {
  readonly threadId: string;
  readonly namespace: string;
  readonly checkpointId: string;
}

type PendingWrite = [taskId: string, channel: string, value: unknown];

/** What a channel's writers wrote since `seed`, its last stored value. */
type History = Record<string, { writes: PendingWrite[]; seed?: unknown }>;

export interface CheckpointReader {
  find(wanted: Wanted): Promise<CheckpointTuple[]>;
  /** The same without end, a page at a time. */
  all(wanted: Wanted): AsyncGenerator<CheckpointTuple>;
  headOf(threadId: string, namespace: string, checkpointId: string): Promise<Head | undefined>;
  /** Without a `checkpointId`: of the newest. */
  history(
    threadId: string,
    namespace: string,
    checkpointId: string,
    channels: readonly string[],
  ): Promise<History>;
}

const SENDS = "__pregel_tasks";

/** Checkpoints that are read at once. */
const PAGE = 50;

const bytes = z.instanceof(Uint8Array);
const id = z.coerce.number();

const rowSchema = z.object({
  row_id: id,
  thread_id: z.string(),
  namespace: z.string(),
  checkpoint_id: z.string(),
  parent_id: z.string().nullable(),
  head: bytes,
  writes: z.array(z.object({ task_id: z.string(), pack: z.string() })).nullable(),
});

type Row = z.infer<typeof rowSchema>;

const changedSchema = z.object({ row_id: id, changed: bytes });
const headSchema = z.object({ row_id: id, head: bytes });

/** The writes of each checkpoint in the order in which the run applies them. */
const COLUMNS = `row_id, thread_id, namespace, checkpoint_id, parent_id, head, (
    select json_agg(json_build_object('task_id', w.task_id, 'pack', encode(w.pack, 'base64'))
      order by w.task_path, w.task_id, w.idx)
    from $schema.writes w
    where w.thread_id = c.thread_id and w.namespace = c.namespace and w.checkpoint_id = c.checkpoint_id
  ) as writes`;

export function createCheckpointReader(
  { query }: PostgresConnection,
  serializer: () => Serializer,
): CheckpointReader {
  async function find(wanted: Wanted): Promise<Row[]> {
    const conditions: string[] = [];
    const values: unknown[] = [];
    const require = (condition: string, value: unknown): void => {
      if (value === undefined) return;
      values.push(value);
      conditions.push(`${condition} $${values.length}`);
    };
    require("thread_id =", wanted.threadId);
    require("namespace =", wanted.namespace);
    require("checkpoint_id =", wanted.checkpointId);
    require("checkpoint_id <", wanted.before);
    values.push(wanted.limit ?? PAGE);
    const where = conditions.length === 0 ? "" : `where ${conditions.join(" and ")}`;
    return z.array(rowSchema).parse(
      await query(
        `select ${COLUMNS} from $schema.checkpoints c ${where}
         order by checkpoint_id desc, row_id desc limit $${values.length}`,
        values,
      ),
    );
  }

  /** The values in some rows, by row and channel. */
  async function changedIn(rowIds: Iterable<number>): Promise<Map<number, Map<string, unknown>>> {
    const wanted = [...new Set(rowIds)];
    if (wanted.length === 0) return new Map();
    const rows = z
      .array(changedSchema)
      .parse(await query("select row_id, changed from $schema.checkpoints where row_id = any($1)", [wanted]));
    return new Map(
      await Promise.all(
        rows.map(
          async ({ row_id, changed }) =>
            [row_id, new Map(await unpackValues(serializer(), changed))] as const,
        ),
      ),
    );
  }

  async function tuplesOf(rows: readonly Row[]): Promise<CheckpointTuple[]> {
    const heads = await Promise.all(rows.map(({ row_id, head }) => unpackHead(serializer(), row_id, head)));
    const changed = await changedIn(heads.flatMap(({ homes }) => [...homes.values()]));
    return Promise.all(
      rows.map(async (row, at) => {
        const head = heads[at];
        if (head === undefined) throw new Error("there is one head for each row");
        const tuple = tupleOf(row, head, changed, await writesOf(serializer(), row.writes));
        return head.checkpoint.v < 4 ? withSends(tuple, row) : tuple;
      }),
    );
  }

  /** Before version 4 what was sent to a step stood among the writes of its parent. */
  async function withSends(tuple: CheckpointTuple, row: Row): Promise<CheckpointTuple> {
    if (row.parent_id === null) return tuple;
    const [parent] = await find({
      threadId: row.thread_id,
      namespace: row.namespace,
      checkpointId: row.parent_id,
    });
    const sends = await writesOf(serializer(), parent?.writes ?? null, (channel) => channel === SENDS);
    const { channel_values, channel_versions } = tuple.checkpoint;
    channel_values[SENDS] = sends.map(([, , value]) => value);
    channel_versions[SENDS] = Math.max(1, ...Object.values(channel_versions).map(Number));
    return tuple;
  }

  return {
    find: async (wanted) => tuplesOf(await find(wanted)),

    async *all(wanted) {
      if (wanted.checkpointId !== undefined) {
        yield* await tuplesOf(await find(wanted));
        return;
      }
      // Ids are times: across threads two may be the same, so a page ends where an id ends.
      let before = wanted.before;
      for (;;) {
        const rows = await find({ ...wanted, ...(before !== undefined && { before }) });
        const last = rows.at(-1)?.checkpoint_id;
        if (last === undefined) return;
        const isWhole = rows.length < PAGE;
        const page = isWhole
          ? rows
          : [
              ...rows.filter(({ checkpoint_id }) => checkpoint_id !== last),
              ...(await find({ ...wanted, checkpointId: last, limit: 1_000_000 })),
            ];
        yield* await tuplesOf(page);
        if (isWhole) return;
        before = last;
      }
    },

    async headOf(threadId, namespace, checkpointId) {
      if (checkpointId === "") return undefined;
      const [row] = await query(
        "select row_id, head from $schema.checkpoints where thread_id = $1 and namespace = $2 and checkpoint_id = $3",
        [threadId, namespace, checkpointId],
      );
      if (row === undefined) return undefined;
      const { row_id, head } = headSchema.parse(row);
      return unpackHead(serializer(), row_id, head);
    },

    async history(threadId, namespace, checkpointId, channels) {
      const remaining = new Set(channels);
      const newestFirst = new Map<string, PendingWrite[]>(channels.map((channel) => [channel, []]));
      const seeds = new Map<string, number>();
      const [target] = await find({
        threadId,
        namespace,
        limit: 1,
        ...(checkpointId !== "" && { checkpointId }),
      });
      let next = target?.parent_id ?? null;
      while (next !== null && remaining.size > 0) {
        const chain = z.array(rowSchema).parse(await query(CHAIN, [threadId, namespace, next]));
        for (const { row_id, head, writes } of chain) {
          if (remaining.size === 0) break;
          const pending = await writesOf(serializer(), writes, (channel) => remaining.has(channel));
          for (const write of pending.reverse()) newestFirst.get(write[1])?.push(write);
          const { homes } = await unpackHead(serializer(), row_id, head);
          for (const channel of remaining) {
            const home = homes.get(channel);
            if (home === undefined) continue;
            seeds.set(channel, home);
            remaining.delete(channel);
          }
        }
        next = chain.at(-1)?.parent_id ?? null;
      }
      const values = await changedIn(seeds.values());
      return Object.fromEntries(
        channels.map((channel) => {
          const seed = values.get(seeds.get(channel) ?? -1);
          return [
            channel,
            {
              writes: (newestFirst.get(channel) ?? []).reverse(),
              ...(seed?.has(channel) === true && { seed: seed.get(channel) }),
            },
          ];
        }),
      );
    },
  };
}

/** A checkpoint and what it comes from, PAGE of them. */
const CHAIN = `with recursive chain as (
    select c.*, 1 as depth from $schema.checkpoints c
    where thread_id = $1 and namespace = $2 and checkpoint_id = $3
    union all
    select c.*, chain.depth + 1 from $schema.checkpoints c join chain
      on c.thread_id = chain.thread_id and c.namespace = chain.namespace and c.checkpoint_id = chain.parent_id
    where chain.depth < ${PAGE}
  ) select ${COLUMNS} from chain c order by depth`;

async function writesOf(
  serializer: Serializer,
  writes: Row["writes"],
  wanted?: (channel: string) => boolean,
): Promise<PendingWrite[]> {
  const packs = await Promise.all(
    (writes ?? []).map(async ({ task_id, pack }) => {
      const values = await unpackValues(serializer, Buffer.from(pack, "base64"), wanted);
      return values.map(([channel, value]): PendingWrite => [task_id, channel, value]);
    }),
  );
  return packs.flat();
}

function tupleOf(
  { thread_id, namespace, checkpoint_id, parent_id }: Row,
  { checkpoint, metadata, homes }: Head,
  changed: ReadonlyMap<number, ReadonlyMap<string, unknown>>,
  pendingWrites: PendingWrite[],
): CheckpointTuple {
  const place = { threadId: thread_id, namespace };
  const values = [...homes].flatMap(([channel, home]): [string, unknown][] => {
    const row = changed.get(home);
    return row?.has(channel) === true ? [[channel, row.get(channel)]] : [];
  });
  return {
    config: configOf({ ...place, checkpointId: checkpoint_id }),
    checkpoint: { ...checkpoint, channel_values: Object.fromEntries(values) },
    metadata,
    ...(parent_id !== null && { parentConfig: configOf({ ...place, checkpointId: parent_id }) }),
    pendingWrites,
  };
}

export function configOf({ threadId, namespace, checkpointId }: Place) {
  return {
    configurable: {
      thread_id: nameIn(threadId),
      checkpoint_ns: nameIn(namespace),
      checkpoint_id: nameIn(checkpointId),
    },
  };
}

/** A name as it was before it became JSON, in which it can hold anything. */
export function nameIn(json: string): string {
  return json === "" ? "" : z.string().parse(JSON.parse(json));
}
