import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import {
  ANCESTORS,
  type Ancestor,
  type CheckpointKey,
  type CheckpointRow,
  type CheckpointRows,
  type Encoded,
  type HeldEpoch,
  type LoadedCheckpoint,
  type NewCheckpoint,
  type Versions,
  type Wanted,
} from "../checkpoint-rows.ts";
import { leaseLost } from "../lease.ts";
import { pack, unpack } from "../packed.ts";
import { bytes, jsonName, type StoreFile } from "./file.ts";
import { encoded, insertWrites, namesOf, readWrites } from "./write-rows.ts";

/** A short value itself, or the row of `chunks` that holds it. */
type StoredValue = Encoded | number;

export interface SqliteCheckpoint extends CheckpointRow {
  readonly values: readonly (readonly [channel: string, value: StoredValue])[];
}

const version = z.union([z.number(), z.string()]);

const bodySchema = z.object({
  v: z.number(),
  ts: z.string(),
  versions: z.record(z.string(), version),
  seen: z.record(z.string(), z.record(z.string(), version)),
  metadata: encoded,
  values: z.array(z.tuple([z.string(), z.union([encoded, z.number()])])),
});
const body = bytes.transform((packed) => bodySchema.parse(JSON.parse(unpack(packed))));
const bodyRow = z.object({ body });
const packedRow = z.object({ order: z.number(), body: bytes });

const checkpointRow = z
  .object({
    order: z.number(),
    thread: jsonName,
    place: jsonName,
    id: jsonName,
    parent: jsonName.nullable(),
    body,
  })
  .transform(
    ({ order, thread, place, id, parent, body: { metadata, values, ...head } }): SqliteCheckpoint => ({
      order,
      threadId: thread,
      namespace: place,
      checkpointId: id,
      parentId: parent ?? undefined,
      head,
      metadata,
      values,
    }),
  );

const ancestorRow = z.object({
  order: z.number(),
  parent: jsonName.nullable(),
  channels: z.string().nullable(),
});

const orderRow = z.object({ order: z.number() });
const idRow = z.object({ id: z.number() });
const chunkRow = z.object({ body: bytes });
const namesSchema = z.array(z.string());

/** Characters from which a value is a chunk of its own. */
const LONG = 128;

/** What a packed body says. */
interface KnownBody {
  readonly packed: Uint8Array;
  readonly versions: Versions;
  readonly values: SqliteCheckpoint["values"];
}

/** Bodies that are remembered: of as many runs at once, the checkpoint that the next one follows. */
const KNOWN_BODIES = 500;

const COLUMNS = `"order", thread, place, id, parent, body`;

/**
 * Checkpoints in the SQLite file of a store. Each call is one transaction, on the disk when its promise resolves.
 * A write to a thread that this process claimed is refused once another has taken the thread over.
 */
export function createSqliteCheckpointRows(
  file: StoreFile,
  heldEpoch: HeldEpoch,
): CheckpointRows<SqliteCheckpoint> {
  const bodies = new LRUCache<number, KnownBody>({ max: KNOWN_BODIES });
  /** @throws AgenticRagError `lease-lost` */
  const requireHeld = (threadId: string, epoch: number | undefined): void => {
    if (epoch === undefined) return;
    const held = "select 1 from threads where thread = ? and epoch = ?";
    const row: unknown = file.prepare(held).get(JSON.stringify(threadId), epoch);
    if (row === undefined) throw leaseLost(threadId);
  };
  return {
    longestName: Infinity,

    page: async (wanted, limit) => file.read(() => readPage(file, wanted, limit)),

    load: async (rows) => file.read(() => rows.map((row) => load(file, row))),

    insert(checkpoint, leaseEpoch = heldEpoch(checkpoint.threadId)) {
      return file.write(() => {
        requireHeld(checkpoint.threadId, leaseEpoch);
        insert(file, bodies, checkpoint);
      });
    },

    insertWrites(key, taskId, taskPath, writes, leaseEpoch = heldEpoch(key.threadId)) {
      return file.write(() => {
        requireHeld(key.threadId, leaseEpoch);
        insertWrites(file, key, [taskId, taskPath], writes);
      });
    },

    ancestors: async (key, channels) => file.read(() => readAncestors(file, key, channels)),

    values: async (held) => file.read(() => readHeld(file, held)),

    removeThread: (threadId) => file.write(() => removeCheckpoints(file, threadId)),
  };
}

export function removeCheckpoints(file: StoreFile, threadId: string): void {
  for (const table of ["checkpoints", "chunks", "writes"]) {
    file.prepare(`delete from ${table} where thread = ?`).run(JSON.stringify(threadId));
  }
}

function readPage(
  file: StoreFile,
  { threadId, namespace, checkpointId, before, below }: Wanted,
  limit: number,
): SqliteCheckpoint[] {
  const conditions: [sql: string, ...values: (string | number)[]][] = [];
  if (threadId !== undefined) conditions.push(["thread = ?", JSON.stringify(threadId)]);
  if (namespace !== undefined) conditions.push(["place = ?", JSON.stringify(namespace)]);
  if (checkpointId !== undefined) conditions.push(["id = ?", JSON.stringify(checkpointId)]);
  if (below !== undefined) conditions.push([`"order" < ?`, below]);
  if (before !== undefined) {
    const thread = threadId === undefined ? "" : "thread = ? and ";
    conditions.push([
      `"order" < (select max("order") from checkpoints where ${thread}id = ?)`,
      ...(threadId === undefined ? [] : [JSON.stringify(threadId)]),
      JSON.stringify(before),
    ]);
  }
  const where = conditions.length === 0 ? "" : `where ${conditions.map(([sql]) => sql).join(" and ")}`;
  const rows = file
    .prepare(`select ${COLUMNS} from checkpoints ${where} order by "order" desc limit ?`)
    .all(...conditions.flatMap(([, ...values]) => values), limit);
  return z.array(checkpointRow).parse(rows);
}

function load(file: StoreFile, row: SqliteCheckpoint): LoadedCheckpoint | undefined {
  const { order, values } = row;
  if (file.prepare(`select 1 from checkpoints where "order" = ?`).get(order) === undefined) return undefined;
  return {
    values: values.map(([channel, value]) => [channel, readStored(file, value)]),
    writes: readWrites(file, row),
  };
}

function insert(file: StoreFile, bodies: LRUCache<number, KnownBody>, checkpoint: NewCheckpoint): void {
  const { threadId, namespace, checkpointId, parentId, head, metadata, changed, inherits } = checkpoint;
  const parent =
    parentId === undefined
      ? undefined
      : readBody(file, bodies, { threadId, namespace, checkpointId: parentId });
  const values = [
    ...(parent?.values.filter(([channel]) => inherits(channel, parent.versions)) ?? []),
    ...changed.map(([channel, value]): [string, StoredValue] => [channel, keep(file, threadId, value)]),
  ];
  const packed = pack(JSON.stringify({ ...head, metadata, values }));
  const { order } = orderRow.parse(
    file
      .prepare(
        `insert into checkpoints (thread, place, id, parent, channels, body) values (?, ?, ?, ?, ?, ?)
         on conflict (thread, place, id) do update
         set parent = excluded.parent, channels = excluded.channels, body = excluded.body
         returning "order"`,
      )
      .get(
        ...namesOf({ threadId, namespace, checkpointId }),
        parentId === undefined ? null : JSON.stringify(parentId),
        JSON.stringify(values.map(([channel]) => channel)),
        packed,
      ),
  );
  bodies.set(order, { packed, versions: head.versions, values });
}

/** It is read anew where another one wrote the row since. */
function readBody(
  file: StoreFile,
  bodies: LRUCache<number, KnownBody>,
  key: CheckpointKey,
): KnownBody | undefined {
  const select = `select "order", body from checkpoints where thread = ? and place = ? and id = ?`;
  const row: unknown = file.prepare(select).get(...namesOf(key));
  if (row === undefined) return undefined;
  const { order, body: packed } = packedRow.parse(row);
  const known = bodies.get(order);
  return known !== undefined && Buffer.compare(known.packed, packed) === 0
    ? known
    : { packed, ...body.parse(packed) };
}

function readAncestors(file: StoreFile, key: CheckpointKey, channels: readonly string[]): Ancestor[] {
  const select = file.prepare(
    `select "order", parent, channels from checkpoints where thread = ? and place = ? and id = ?`,
  );
  const remaining = new Set(channels);
  const found: Ancestor[] = [];
  for (let next: string | undefined = key.checkpointId; next !== undefined && found.length < ANCESTORS;) {
    const at = { ...key, checkpointId: next };
    const row: unknown = select.get(...namesOf(at));
    if (row === undefined) break;
    const { order, parent, channels: known } = ancestorRow.parse(row);
    const held = known === null ? channelsOf(file, order) : namesSchema.parse(JSON.parse(known));
    const ancestor: Ancestor = {
      parentId: parent ?? undefined,
      held: new Map(held.map((channel) => [channel, order])),
      writes: readWrites(file, at),
    };
    found.push(ancestor);
    for (const channel of held) remaining.delete(channel);
    next = remaining.size === 0 ? undefined : ancestor.parentId;
  }
  return found;
}

function readValues(file: StoreFile, order: number): SqliteCheckpoint["values"] {
  return bodyRow.parse(file.prepare(`select body from checkpoints where "order" = ?`).get(order)).body.values;
}

function readHeld(file: StoreFile, held: ReadonlyMap<string, number>): ReadonlyMap<string, Encoded> {
  const values = new Map<string, Encoded>();
  for (const [channel, order] of held) {
    const found = readValues(file, order).find(([name]) => name === channel);
    if (found !== undefined) values.set(channel, readStored(file, found[1]));
  }
  return values;
}

/** Of a checkpoint of an older version, which says it in its body alone. */
function channelsOf(file: StoreFile, order: number): readonly string[] {
  return readValues(file, order).map(([channel]) => channel);
}

function keep(file: StoreFile, threadId: string, value: Encoded): StoredValue {
  if (value[1].length < LONG) return value;
  const thread = JSON.stringify(threadId);
  const content = JSON.stringify(value);
  const digest = createHash("sha256").update(content).digest();
  const find = "select id from chunks where thread = ? and digest = ?";
  const known: unknown = file.prepare(find).get(thread, digest);
  if (known !== undefined) return idRow.parse(known).id;
  const add = "insert into chunks (thread, digest, body) values (?, ?, ?) returning id";
  return idRow.parse(file.prepare(add).get(thread, digest, pack(content))).id;
}

function readStored(file: StoreFile, value: StoredValue): Encoded {
  if (typeof value !== "number") return value;
  const row: unknown = file.prepare("select body from chunks where id = ?").get(value);
  return encoded.parse(JSON.parse(unpack(chunkRow.parse(row).body)));
}
