import { LRUCache } from "lru-cache";
import { z } from "zod";
import {
  ANCESTORS,
  type Ancestor,
  type CheckpointRows,
  type Encoded,
  type HeldEpoch,
  type CheckpointKey,
  type LoadedCheckpoint,
  type NewCheckpoint,
  type ThreadPlace,
  type Wanted,
} from "../checkpoint-rows.ts";
import { leaseLost } from "../lease.ts";
import type { PostgresConnection } from "../../postgres/connection.ts";
import { jsonOf } from "./schema.ts";
import {
  bytes,
  homesOf,
  namedHomes,
  packHead,
  packValues,
  packWrites,
  rowId,
  rowSchema,
  unpackValues,
  unpackWrites,
  type Parent,
  type PostgresCheckpoint,
} from "./checkpoint-format.ts";

const writtenRow = z.object({ row_id: rowId });
const changedSchema = z.array(z.object({ row_id: rowId, changed: bytes }));

/** Checkpoints that are remembered: of as many runs at once, the one that the next one follows. */
const WRITTEN = 500;

/** The writes of each checkpoint in the order in which the run applies them. */
const COLUMNS = `row_id, thread_id, namespace, checkpoint_id, parent_id, head, (
    select json_agg(json_build_object('task_id', w.task_id, 'pack', encode(w.pack, 'base64'))
      order by w.task_path, w.task_id, w.idx)
    from $schema.writes w
    where w.thread_id = c.thread_id and w.namespace = c.namespace and w.checkpoint_id = c.checkpoint_id
  ) as writes`;

/** A checkpoint and those it comes from. */
const CHAIN = `with recursive chain as (
    select c.*, 1 as depth from $schema.checkpoints c
    where thread_id = $1 and namespace = $2 and checkpoint_id = $3
    union all
    select c.*, chain.depth + 1 from $schema.checkpoints c join chain
      on c.thread_id = chain.thread_id and c.namespace = chain.namespace and c.checkpoint_id = chain.parent_id
    where chain.depth < ${ANCESTORS}
  ) select ${COLUMNS} from chain c order by depth`;

/**
 * One row where thread $1 is still held under epoch $2, or was never claimed here ($2 is null). The lock makes whoever
 * wants to take the thread over wait for the end of this statement.
 */
const FENCE = `with held as (
    select 1 from $schema.threads where thread_id = $1::text and epoch = $2::bigint for share
  ), fence as (
    select 1 where $2::bigint is null or exists (select 1 from held)
  )`;

/**
 * Checkpoints in PostgreSQL. Each write is one statement, and carries the epoch of the lease under which this process
 * holds the thread: it is refused in the same statement once another has taken the thread over.
 */
export function createPostgresCheckpointRows(
  { query }: PostgresConnection,
  heldEpoch: HeldEpoch,
): CheckpointRows<PostgresCheckpoint> {
  const written = new LRUCache<string, Parent>({ max: WRITTEN });

  async function page(wanted: Wanted, limit: number): Promise<PostgresCheckpoint[]> {
    const conditions: string[] = [];
    const values: unknown[] = [limit];
    const require = (condition: string, value: unknown): void => {
      if (value === undefined) return;
      values.push(value);
      conditions.push(condition.replace("?", `$${values.length}`));
    };
    require("thread_id = ?", jsonOf(wanted.threadId));
    const ofThread = wanted.threadId === undefined ? "" : "and thread_id = $2";
    require("namespace = ?", jsonOf(wanted.namespace));
    require("checkpoint_id = ?", jsonOf(wanted.checkpointId));
    require("row_id < ?", wanted.below);
    require(`row_id < (select max(row_id) from $schema.checkpoints where checkpoint_id = ? ${ofThread})`, jsonOf(
      wanted.before,
    ));
    const where = conditions.length === 0 ? "" : `where ${conditions.join(" and ")}`;
    return z
      .array(rowSchema)
      .parse(
        await query(
          `select ${COLUMNS} from $schema.checkpoints c ${where} order by row_id desc limit $1`,
          values,
        ),
      );
  }

  /** The values in some rows, by row and channel. */
  async function changedIn(rowIds: Iterable<number>): Promise<Map<number, Map<string, Encoded>>> {
    const wanted = [...new Set(rowIds)];
    if (wanted.length === 0) return new Map();
    const rows = await query("select row_id, changed from $schema.checkpoints where row_id = any($1)", [
      wanted,
    ]);
    return new Map(
      changedSchema.parse(rows).map(({ row_id, changed }) => [row_id, new Map(unpackValues(changed))]),
    );
  }

  /** Runs a statement behind the fence; it returns a row for what it wrote. */
  async function write(
    threadId: string,
    leaseEpoch: number | undefined,
    statement: string,
    values: readonly unknown[],
  ): Promise<unknown> {
    const [row] = await query(`${FENCE} ${statement}`, [
      JSON.stringify(threadId),
      leaseEpoch ?? null,
      ...values,
    ]);
    if (row === undefined) throw leaseLost(threadId);
    return row;
  }

  /** What a checkpoint hands on: read, but for one that this process wrote under the lease that it still writes under. */
  async function parentOf(
    { threadId, namespace, parentId }: NewCheckpoint,
    leaseEpoch: number | undefined,
  ): Promise<Parent | undefined> {
    if (parentId === undefined) return undefined;
    const key = { threadId, namespace, checkpointId: parentId };
    const known = leaseEpoch === undefined ? undefined : written.get(keyOf(key, leaseEpoch));
    if (known !== undefined) return known;
    const [parent] = await page(key, 1);
    return parent && { homes: parent.homes, versions: parent.head.versions };
  }

  return {
    // two of them are below what PostgreSQL can index
    longestName: 800,
    page,

    async load(rows) {
      const changed = await changedIn(rows.flatMap(({ homes }) => [...homes.values()]));
      return rows.map(({ homes, packedWrites }): LoadedCheckpoint | undefined => {
        const values = [...homes].map(
          ([channel, home]) => [channel, changed.get(home)?.get(channel)] as const,
        );
        const found = values.flatMap(([channel, value]) =>
          value === undefined ? [] : [[channel, value] as const],
        );
        return found.length < values.length
          ? undefined
          : { values: found, writes: unpackWrites(packedWrites) };
      });
    },

    async insert(checkpoint, leaseEpoch = heldEpoch(checkpoint.threadId)) {
      const { threadId, namespace, checkpointId, parentId, head, changed } = checkpoint;
      const homes = homesOf(checkpoint, await parentOf(checkpoint, leaseEpoch));
      const row = await write(
        threadId,
        leaseEpoch,
        `insert into $schema.checkpoints (thread_id, namespace, checkpoint_id, parent_id, head, changed)
         select $1::text, $3::text, $4::text, $5::text, $6::bytea, $7::bytea from fence
         on conflict (thread_id, namespace, checkpoint_id) do update
           set parent_id = excluded.parent_id, head = excluded.head, changed = excluded.changed
         returning row_id`,
        [
          jsonOf(namespace),
          jsonOf(checkpointId),
          jsonOf(parentId) ?? null,
          packHead(checkpoint, homes),
          packValues(changed),
        ],
      );
      if (leaseEpoch === undefined) return;
      const { row_id } = writtenRow.parse(row);
      written.set(keyOf(checkpoint, leaseEpoch), {
        homes: namedHomes(homes, row_id),
        versions: head.versions,
      });
    },

    async insertWrites(key, taskId, taskPath, writes, leaseEpoch = heldEpoch(key.threadId)) {
      const { threadId, namespace, checkpointId } = key;
      const packs = packWrites(writes);
      await write(
        threadId,
        leaseEpoch,
        // the first of two executions of a task stands, as a whole
        `insert into $schema.writes (thread_id, namespace, checkpoint_id, task_id, task_path, idx, pack)
         select $1::text, $3::text, $4::text, $5::text, $6::text, given.idx, given.pack
         from fence, unnest($7::smallint[], $8::bytea[]) as given (idx, pack)
         on conflict (thread_id, namespace, checkpoint_id, task_id, idx) do update
           set pack = case when excluded.idx < 0 then excluded.pack else writes.pack end
         returning 1`,
        [jsonOf(namespace), jsonOf(checkpointId), taskId, taskPath, [...packs.keys()], [...packs.values()]],
      );
    },

    async ancestors({ checkpointId, ...place }, channels) {
      const rows = await query(CHAIN, [...placeOf(place), jsonOf(checkpointId)]);
      const remaining = new Set(channels);
      const found: Ancestor[] = [];
      for (const row of rows) {
        const { parentId, homes, packedWrites } = rowSchema.parse(row);
        found.push({ parentId, held: homes, writes: unpackWrites(packedWrites) });
        for (const channel of homes.keys()) remaining.delete(channel);
        if (remaining.size === 0) break;
      }
      return found;
    },

    async values(held) {
      const changed = await changedIn(held.values());
      const values = [...held].map(
        ([channel, order]) => [channel, changed.get(order)?.get(channel)] as const,
      );
      return new Map(
        values.flatMap(([channel, value]) => (value === undefined ? [] : [[channel, value] as const])),
      );
    },

    async removeThread(threadId) {
      written.clear();
      await query(
        `with gone as (delete from $schema.writes where thread_id = $1)
         delete from $schema.checkpoints where thread_id = $1`,
        [JSON.stringify(threadId)],
      );
    },
  };
}

function placeOf({ threadId, namespace }: ThreadPlace): readonly unknown[] {
  return [JSON.stringify(threadId), jsonOf(namespace)];
}

/** Of a checkpoint under the lease that it was written under. */
function keyOf({ threadId, namespace, checkpointId }: CheckpointKey, leaseEpoch: number): string {
  return JSON.stringify([leaseEpoch, threadId, namespace, checkpointId]);
}
