import { z } from "zod";
import { codeOf } from "../../../errors.ts";
import type { PostgresConnection, Query } from "../../../postgres/connection.ts";
import { differenceOf } from "../vectors/making.ts";
import { makingSchema, type VectorCounts, type VectorMaking } from "../vectors/vector-table.ts";

/** pgvector, wherever it lies in a database. https://github.com/pgvector/pgvector */
export interface Pgvector {
  /** As it is written in a statement. */
  readonly type: string;
  /** Of cosine. */
  readonly distance: string;
}

/** What the vectors of a folder were made with. Those of another making cannot be compared with them. */
export interface KeptMaking {
  readonly id: number;
  readonly making: VectorMaking;
}

/**
 * A vector lies under the digest of the passages that it is of: one that moves keeps it, and several of one text share
 * it. It is null where the text could not be embedded. `vector_claims` are what a build is embedding, until it is
 * done or the lease of its `builders` row is over.
 */
function tables(type: string): string {
  return `
    create table if not exists $schema.vector_makings (
      id integer generated always as identity primary key,
      folder integer not null,
      making text not null
    );
    create table if not exists $schema.vectors (
      making integer not null,
      digest uuid not null,
      vector ${type},
      primary key (making, digest)
    ) with (toast_tuple_target = 8160);
    create table if not exists $schema.vector_claims (
      making integer not null,
      digest uuid not null,
      builder uuid not null,
      primary key (making, digest)
    );
    create index if not exists passages_by_digest on $schema.passages (digest);
  `;
}

const schemaRow = z.object({
  schema: z.string().nullable(),
  version: z.coerce.number(),
  offered: z.boolean(),
});
const heldRow = z.object({ held: z.boolean() });
const makingRow = z.object({ id: z.number(), making: z.string() });
const countsRow = z.object({
  passages: z.coerce.number(),
  embedded: z.coerce.number(),
  failed: z.coerce.number(),
});

async function readServer(query: Query): Promise<z.infer<typeof schemaRow>> {
  const [row] = await query(
    `select current_setting('server_version_num')::integer / 10000 as version,
       exists (select 1 from pg_available_extensions where name = 'vector') as offered,
       (select quote_ident(n.nspname) from pg_extension e join pg_namespace n on n.oid = e.extnamespace
        where e.extname = 'vector') as schema`,
  );
  return schemaRow.parse(row);
}

/** Undefined where the database does not have it. */
export async function findPgvector(query: Query): Promise<Pgvector | undefined> {
  const { schema } = await readServer(query);
  return schema === null ? undefined : named(schema);
}

function named(schema: string): Pgvector {
  return { type: `${schema}.vector`, distance: `operator(${schema}.<=>)` };
}

/** Makes the tables of vectors where they are missing. Gives the reason, and what to do, where that cannot be. */
export async function setUpVectors(
  connection: PostgresConnection,
): Promise<Pgvector | { readonly problem: string }> {
  const { place } = connection;
  const { schema, version, offered } = await readServer(connection.query);
  if (schema === null && !offered) {
    return {
      problem: `The server of the database ${place} has no pgvector, in which vectors are kept. Install it there (postgresql-${version}-pgvector of Debian, the image pgvector/pgvector:pg${version}), then index again; until then words alone are searched.`,
    };
  }
  if (schema !== null && (await holdsVectors(connection))) return named(schema);
  try {
    return await connection.transaction(async (query) => {
      await query("select pg_advisory_xact_lock(hashtextextended($1, 1))", [connection.schema]);
      if (schema === null) await query("create extension if not exists vector");
      const found = await findPgvector(query);
      if (found === undefined) throw new Error("pgvector was made and is not there");
      await query(tables(found.type));
      return found;
    });
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (codeOf(cause) !== "42501") throw error;
    return {
      problem: `This user may not set up pgvector in the database ${place}. Let its owner run CREATE EXTENSION vector and index once; until then words alone are searched.`,
    };
  }
}

/** Whether the database has tables of vectors. */
export async function holdsVectors({ query, schema }: PostgresConnection): Promise<boolean> {
  const [row] = await query("select to_regclass($1) is not null as held", [`${schema}.vector_makings`]);
  return heldRow.parse(row).held;
}

/** Where there are tables. */
export async function readKeptMaking(query: Query, folder: number): Promise<KeptMaking | undefined> {
  const [row] = await query(
    "select id, making from $schema.vector_makings where folder = $1 order by id desc limit 1",
    [folder],
  );
  if (row === undefined) return undefined;
  const { id, making } = makingRow.parse(row);
  return { id, making: makingSchema.parse(JSON.parse(making)) };
}

/** Makes room for vectors of that making; says why those that there were had to go. Those that failed are tried again. */
export function beginVectors(
  connection: PostgresConnection,
  folder: number,
  now: VectorMaking,
): Promise<{ readonly id: number; readonly renewed?: string }> {
  return connection.transaction(async (query) => {
    await query("select pg_advisory_xact_lock(hashtextextended($1, 1))", [connection.schema]);
    const before = await readKeptMaking(query, folder);
    const renewed = before === undefined ? undefined : differenceOf(before.making, now);
    if (before !== undefined && renewed === undefined) {
      await query("delete from $schema.vectors where making = $1 and vector is null", [before.id]);
      return { id: before.id };
    }
    const [row] = await query(
      "insert into $schema.vector_makings (folder, making) values ($1, $2) returning id, making",
      [folder, JSON.stringify(now)],
    );
    const { id } = makingRow.parse(row);
    const others = "select id from $schema.vector_makings where folder = $1 and id <> $2";
    for (const table of ["vectors", "vector_claims"])
      await query(`delete from $schema.${table} where making in (${others})`, [folder, id]);
    await query("delete from $schema.vector_makings where folder = $1 and id <> $2", [folder, id]);
    return { id, ...(renewed !== undefined && { renewed }) };
  });
}

export async function countVectors(query: Query, folder: number, making: number): Promise<VectorCounts> {
  const [row] = await query(
    `select count(*) as passages, count(*) filter (where v.vector is not null) as embedded,
       count(*) filter (where v.digest is not null and v.vector is null) as failed
     from $schema.documents d join $schema.passages p on p.document = d.id
     left join $schema.vectors v on v.making = $2 and v.digest = p.digest
     where d.folder = $1`,
    [folder, making],
  );
  return countsRow.parse(row);
}

/** As pgvector reads a vector. https://github.com/pgvector/pgvector#vector-type */
export function writtenVector(vector: Float32Array): string {
  return `[${vector.join(",")}]`;
}
