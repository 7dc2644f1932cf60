import { createHash } from "node:crypto";
import { z } from "zod";
import { pack, unpack } from "../packed.ts";
import type { SqliteDatabase } from "../../sqlite/sqlite.ts";

/** A value as the serializer wrote it: its kind, and its text (of bytes: base64). */
export type Encoded = readonly [kind: string, text: string];

/** Where a checkpoint belongs; each name is JSON. */
export interface Place {
  readonly thread: string;
  /** Of the root graph it is empty; of a subgraph, its path. */
  readonly place: string;
}

export interface PlacedCheckpoint extends Place {
  readonly id: string;
}

export interface CheckpointRow extends PlacedCheckpoint {
  readonly parent: string | null;
  readonly body: Body;
}

/** A write of a task that belongs to the step after a checkpoint. */
export interface WriteRow {
  readonly task: string;
  readonly path: string;
  /** Its place among the writes of its task; below zero for LangGraph's own. */
  readonly number: number;
  readonly channel: string;
  readonly value: Encoded;
}

const version = z.union([z.number(), z.string()]);
const encoded = z.tuple([z.string(), z.string()]);

const bodySchema = z.object({
  v: z.number(),
  ts: z.string(),
  versions: z.record(z.string(), version),
  seen: z.record(z.string(), z.record(z.string(), version)),
  metadata: encoded,
  /** Channel and value, or the chunk that holds it. */
  values: z.array(z.tuple([z.string(), z.union([encoded, z.number()])])),
});
export type Body = z.infer<typeof bodySchema>;

/** libsql gives single rows with the one, and many with the other. */
const bytes = z.union([
  z.instanceof(Uint8Array),
  z.instanceof(ArrayBuffer).transform((buffer) => new Uint8Array(buffer)),
]);
const checkpointRow = z.object({
  thread: z.string(),
  place: z.string(),
  id: z.string(),
  parent: z.string().nullable(),
  body: bytes.transform((packed) => bodySchema.parse(JSON.parse(unpack(packed)))),
});
const writeRow = z.object({
  task: z.string(),
  path: z.string(),
  body: bytes.transform((packed) =>
    z.array(z.tuple([z.number(), z.string(), encoded])).parse(JSON.parse(unpack(packed))),
  ),
});
const chunkRow = z.object({ body: bytes });
const idRow = z.object({ id: z.number() });
const numbersRow = z.object({ numbers: z.string() });

/** Writes that are LangGraph's own, of which a task has one at most. */
const OWN_WRITES: Readonly<Record<string, number>> = {
  __error__: -1,
  __scheduled__: -2,
  __interrupt__: -3,
  __resume__: -4,
};

/** Characters from which a value is a chunk of its own. */
const LONG = 128;

const COLUMNS = "thread, place, id, parent, body";

export function insertCheckpoint(
  database: SqliteDatabase,
  { thread, place, id, parent, body }: CheckpointRow,
): void {
  const values = body.values.map(([channel, value]) => [
    channel,
    typeof value !== "number" && value[1].length >= LONG ? keepChunk(database, thread, value) : value,
  ]);
  database
    .prepare(`insert or replace into checkpoints (${COLUMNS}) values (?, ?, ?, ?, ?)`)
    .run(thread, place, id, parent, pack(JSON.stringify({ ...body, values })));
}

/** One checkpoint, or the last one of its place. */
export function findCheckpoint(
  database: SqliteDatabase,
  { thread, place }: Place,
  id: string | undefined,
): CheckpointRow | undefined {
  const row: unknown =
    id === undefined
      ? database
          .prepare(
            `select ${COLUMNS} from checkpoints where thread = ? and place = ? order by id desc limit 1`,
          )
          .get(thread, place)
      : database
          .prepare(`select ${COLUMNS} from checkpoints where thread = ? and place = ? and id = ?`)
          .get(thread, place, id);
  return row === undefined ? undefined : checkpointRow.parse(row);
}

export interface Wanted {
  readonly thread?: string;
  readonly place?: string;
  readonly id?: string;
  /** Only what is older. */
  readonly before?: string;
}

/** The checkpoints that are wanted, newest first: the first of them, or those that follow one. */
export function listCheckpoints(
  database: SqliteDatabase,
  { thread, place, id, before }: Wanted,
  after: PlacedCheckpoint | undefined,
  limit: number,
): readonly CheckpointRow[] {
  const conditions: [sql: string, ...values: string[]][] = [];
  if (thread !== undefined) conditions.push(["thread = ?", thread]);
  if (place !== undefined) conditions.push(["place = ?", place]);
  if (id !== undefined) conditions.push(["id = ?", id]);
  if (before !== undefined) conditions.push(["id < ?", before]);
  if (after !== undefined) {
    conditions.push(["(id < ? or (id = ? and (thread, place) > (?, ?)))", after.id, ...namesOf(after)]);
  }
  const where = conditions.length === 0 ? "" : `where ${conditions.map(([sql]) => sql).join(" and ")}`;
  const rows = database
    .prepare(`select ${COLUMNS} from checkpoints ${where} order by id desc, thread, place limit ?`)
    .all(...conditions.flatMap(([, ...values]) => values), limit);
  return z.array(checkpointRow).parse(rows);
}

function namesOf({ id, thread, place }: PlacedCheckpoint): [string, string, string] {
  return [id, thread, place];
}

/** The values of a checkpoint, those in chunks too. */
export function valuesOf(
  database: SqliteDatabase,
  { thread, body }: CheckpointRow,
): readonly (readonly [channel: string, value: Encoded])[] {
  return body.values.map(([channel, value]) => [
    channel,
    typeof value === "number" ? findChunk(database, thread, value) : value,
  ]);
}

/** The number of a write, of which `at` stand before it. */
export function numberOf(channel: string, at: number): number {
  return (Object.hasOwn(OWN_WRITES, channel) ? OWN_WRITES[channel] : undefined) ?? at;
}

/** Adds writes of one task. What it wrote before stays as it is, but for LangGraph's own, which replace each other. */
export function insertWrites(
  database: SqliteDatabase,
  { thread, place, id }: PlacedCheckpoint,
  { task, path }: Pick<WriteRow, "task" | "path">,
  writes: readonly Pick<WriteRow, "number" | "channel" | "value">[],
): void {
  const rows = database
    .prepare("select numbers from writes where thread = ? and place = ? and checkpoint = ? and task = ?")
    .all(thread, place, id, task);
  const taken = new Set(
    z
      .array(numbersRow)
      .parse(rows)
      .flatMap(({ numbers }) => z.array(z.number()).parse(JSON.parse(numbers))),
  );
  const fresh = writes.filter(({ number }) => number < 0 || !taken.has(number));
  if (fresh.length === 0) return;
  database
    .prepare(
      `insert into writes (thread, place, checkpoint, task, path, numbers, body) values (?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      thread,
      place,
      id,
      task,
      path,
      JSON.stringify(fresh.map(({ number }) => number)),
      pack(JSON.stringify(fresh.map(({ number, channel, value }) => [number, channel, value]))),
    );
}

/** The writes after a checkpoint, in the order in which a run applies them. */
export function writesOf(
  database: SqliteDatabase,
  { thread, place, id }: PlacedCheckpoint,
): readonly WriteRow[] {
  const rows = database
    .prepare(
      "select task, path, body from writes where thread = ? and place = ? and checkpoint = ? order by id",
    )
    .all(thread, place, id);
  const writes = new Map<string, WriteRow>();
  for (const { task, path, body } of z.array(writeRow).parse(rows)) {
    const names = { task: nameIn(task), path: nameIn(path) };
    for (const [number, channel, value] of body) {
      writes.set(JSON.stringify([task, number]), { ...names, number, channel, value });
    }
  }
  return [...writes.values()].sort(
    (left, right) =>
      byCodePoints(left.path, right.path) ||
      byCodePoints(left.task, right.task) ||
      left.number - right.number,
  );
}

export function deleteCheckpoints(database: SqliteDatabase, thread: string): void {
  for (const table of ["checkpoints", "chunks", "writes"]) {
    database.prepare(`delete from ${table} where thread = ?`).run(thread);
  }
}

/** A name as it was before it became JSON. */
export function nameIn(json: string): string {
  return z.string().parse(JSON.parse(json));
}

function keepChunk(database: SqliteDatabase, thread: string, [kind, text]: Encoded): number {
  const content = JSON.stringify([kind, text]);
  const digest = createHash("sha256").update(content).digest();
  const find = "select id from chunks where thread = ? and digest = ?";
  const known: unknown = database.prepare(find).get(thread, digest);
  if (known !== undefined) return idRow.parse(known).id;
  database
    .prepare("insert into chunks (thread, digest, body) values (?, ?, ?)")
    .run(thread, digest, pack(content));
  return idRow.parse(database.prepare(find).get(thread, digest)).id;
}

function findChunk(database: SqliteDatabase, thread: string, id: number): Encoded {
  const row: unknown = database
    .prepare("select body from chunks where thread = ? and id = ?")
    .get(thread, id);
  return encoded.parse(JSON.parse(unpack(chunkRow.parse(row).body)));
}

/** As LangGraph sorts: UTF-8 keeps the order of code points, UTF-16 does not. */
function byCodePoints(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
