import { z } from "zod";
import type { PostgresConnection, Query } from "../../../postgres/connection.ts";
import { databaseUnusable } from "../../../postgres/failure.ts";

/** Beside the tables of threads, which have a schema of their own. */
export const SCHEMA = "agentic_rag_documents";

/** Raised whenever an index of an older version could not be read, or has other words. */
const FORMAT_VERSION = 4;

/**
 * `folders` are what is searched: each is an index of its own, with its numbers of passages and words. `roots` are the
 * places on machines from which a folder was built, each with its last build and with a sample of what it holds, by
 * which the same folder is known elsewhere. `seen` has size and time of a file at a root when it held what is indexed.
 * `passages` have what is shown, with a digest of it, `passage_terms` by what they are found: words with their positions, those of the title
 * with the weight A. `word_counts` say how many passages of a folder hold a word. `words` are those that another may be mistyped for. `claims` are files that a build is reading,
 * until it is done or the lease of its `builders` row is over.
 */
const TABLES = `
  create table $schema.folders (
    id integer generated always as identity primary key,
    name text not null,
    passages bigint not null default 0,
    tokens bigint not null default 0
  );
  create table $schema.roots (
    id integer generated always as identity primary key,
    folder integer not null references $schema.folders,
    machine text collate "C" not null,
    path text collate "C" not null,
    built timestamptz not null default clock_timestamp(),
    options text not null default '{"maxFileBytes":0}',
    listed integer not null default 0,
    finished boolean not null default false,
    unread text not null default '[]',
    not_read text not null default '{"leftOut":[],"problems":[]}',
    names text[] not null,
    sizes text[] not null,
    unique (machine, path)
  );
  create table $schema.documents (
    id bigint generated always as identity primary key,
    folder integer not null references $schema.folders,
    key text collate "C" not null,
    title text not null,
    url text,
    date text,
    size bigint,
    sha256 text,
    unique (folder, key)
  );
  create table $schema.seen (
    document bigint not null,
    root integer not null,
    size bigint not null,
    modified double precision not null,
    primary key (document, root)
  );
  create table $schema.passages (
    document bigint not null,
    position integer not null,
    text text not null,
    page integer,
    heading text,
    digest uuid not null,
    primary key (document, position)
  );
  create table $schema.passage_terms (
    document bigint not null,
    position integer not null,
    folder integer not null,
    key text collate "C" not null,
    length integer not null,
    terms tsvector not null,
    primary key (document, position)
  ) with (toast_tuple_target = 8160);
  alter table $schema.passage_terms alter terms set storage external;
  create index passages_by_terms on $schema.passage_terms using gin (terms);
  create table $schema.word_counts (
    folder integer not null,
    word text collate "C" not null,
    passages integer not null,
    primary key (folder, word)
  ) with (fillfactor = 70);
  create table $schema.words (
    folder integer not null,
    word text collate "C" not null,
    trigrams text[] not null,
    primary key (folder, word)
  );
  create index words_by_trigrams on $schema.words using gin (trigrams);
  create table $schema.builders (id uuid primary key, until timestamptz not null);
  create table $schema.claims (
    folder integer not null,
    key text collate "C" not null,
    builder uuid not null,
    primary key (folder, key)
  );
  create index claims_of_builder on $schema.claims (builder);
  create table $schema.format (version integer not null);
  insert into $schema.format values (${FORMAT_VERSION});
`;

const stateRow = z.object({ schema: z.boolean(), ours: z.boolean(), tables: z.coerce.number() });
const versionRow = z.object({ version: z.number() });

/**
 * Whether the database holds documents. Nothing is made, so that it may be asked by who may only read.
 *
 * @throws AgenticRagError `store-unusable` for tables of another version
 */
export async function holdsDocuments(connection: PostgresConnection): Promise<boolean> {
  const { ours } = await stateOf(connection.query, connection.schema);
  if (ours) await requireVersion(connection, connection.query);
  return ours;
}

/**
 * Makes the tables where they are missing. Several processes may do so at once.
 *
 * @throws AgenticRagError `store-unusable` for a schema that holds something else, or tables of another version
 */
export async function setUpTables(connection: PostgresConnection): Promise<void> {
  if (await holdsDocuments(connection)) return;
  await connection.transaction(async (query) => {
    await query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [connection.schema]);
    const found = await stateOf(query, connection.schema);
    if (found.ours) return requireVersion(connection, query);
    if (found.tables > 0)
      throw unusable(connection, "holds tables that this package did not make. Rename it");
    if (!found.schema) await query("create schema $schema");
    await query(TABLES);
  });
}

async function stateOf(query: Query, schema: string): Promise<z.infer<typeof stateRow>> {
  const [row] = await query(
    `select to_regnamespace($1) is not null as schema, to_regclass($1 || '.format') is not null as ours,
       (select count(*) from information_schema.tables where table_schema = $1) as tables`,
    [schema],
  );
  return stateRow.parse(row);
}

async function requireVersion(connection: PostgresConnection, query: Query): Promise<void> {
  const [row] = await query("select version from $schema.format");
  const { version } = versionRow.parse(row);
  if (version === FORMAT_VERSION) return;
  throw unusable(
    connection,
    version > FORMAT_VERSION
      ? "was written by a newer version of this package. Update it"
      : "was written by an older version of this package. Drop the schema and build the index again",
  );
}

function unusable({ place, schema }: PostgresConnection, what: string): Error {
  return databaseUnusable(place, `cannot be used for documents: its schema ${schema} ${what}`);
}
