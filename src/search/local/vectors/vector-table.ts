import { z } from "zod";
import type { SqliteDatabase } from "../../../sqlite/sqlite.ts";

/**
 * Vectors of the passages, in the index that these lie in. A row whose passage went keeps its vector under the negative
 * number until the next build, which takes it for a passage of the same text. `vector` is null where a text could not be
 * embedded. The table is made by the first build with an embedding model: an index without is as it was.
 */
const SCHEMA = `
  create table if not exists vectors (
    passage integer primary key, digest blob not null, vector F32_BLOB
  );
  create index if not exists vectors_by_digest on vectors (digest);
  create trigger if not exists passage_gone after delete on passages begin
    update or replace vectors set passage = -old.id where passage = old.id;
  end;
`;

/** What the vectors of an index were made with. Vectors of something else cannot be compared with them. */
export interface VectorMaking {
  readonly model: string;
  readonly dimensions: number;
  readonly documentPrefix: string;
  /** How the text that is embedded is made of a passage; raised when that changes. */
  readonly textVersion: number;
  /** Vector of a text that is always the same: one that a model no longer makes is of another model. */
  readonly probe: readonly number[];
}

const NAME = "vectors";
const settingRow = z.object({ value: z.string() }).optional();
export const makingSchema = z.object({
  model: z.string(),
  dimensions: z.int().min(1),
  documentPrefix: z.string(),
  textVersion: z.int(),
  probe: z.array(z.number()),
});
const countsRow = z.object({ passages: z.number(), embedded: z.number(), failed: z.number() });
const tableRow = z.object({ count: z.number() });

export function createVectorTable(database: SqliteDatabase): void {
  database.exec(SCHEMA);
}

/** Undefined where no vectors were ever made. */
export function readMaking(database: SqliteDatabase): VectorMaking | undefined {
  const { count } = tableRow.parse(
    database.prepare("select count(*) as count from sqlite_schema where name = 'vectors'").get(),
  );
  if (count === 0) return undefined;
  const row = settingRow.parse(database.prepare("select value from settings where name = ?").get(NAME));
  return row === undefined ? undefined : makingSchema.parse(JSON.parse(row.value));
}

export function writeMaking(database: SqliteDatabase, made: VectorMaking): void {
  database
    .prepare("insert or replace into settings (name, value) values (?, ?)")
    .run(NAME, JSON.stringify(made));
}

export interface VectorCounts {
  readonly passages: number;
  /** Passages that have a vector. */
  readonly embedded: number;
  /** Passages whose text could not be embedded. */
  readonly failed: number;
}

/** Of an index that has the table. */
export function countVectors(database: SqliteDatabase): VectorCounts {
  const sql = `select
    (select count(*) from passages) as passages,
    (select count(*) from vectors where passage > 0 and vector is not null) as embedded,
    (select count(*) from vectors where passage > 0 and vector is null) as failed`;
  return countsRow.parse(database.prepare(sql).get());
}

/** Cosine of the angle between two vectors of one length. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (let at = 0; at < a.length; at += 1) {
    const [x = 0, y = 0] = [a[at], b[at]];
    product += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return product / Math.sqrt(squaresA * squaresB);
}

/** As SQLite has vectors: 32-bit floats, the smallest byte first. */
export function bytesOf(vector: Float32Array): Buffer {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, at * 4);
  return bytes;
}
