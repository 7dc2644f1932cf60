import { z } from "zod";
import type { PostgresConnection, Query } from "../../postgres/connection.ts";
import { databaseUnusable } from "../../postgres/failure.ts";

/** Raised whenever tables of an older version could not be read. */
const FORMAT_VERSION = 3;

/** Milliseconds since 1970, by the clock of the database. */
export const NOW = "(extract(epoch from clock_timestamp()) * 1000)::bigint";

/** A name as it was before it became JSON. */
export function nameIn(json: string): string {
  return json === "" ? "" : z.string().parse(JSON.parse(json));
}

/** A name as JSON, in which it can hold anything; the empty one stays empty. */
export function jsonOf(name: string | undefined): string | undefined {
  return name === undefined || name === "" ? name : JSON.stringify(name);
}

/** The last checkpoint of a thread is the row that was made last. */
const ORDER =
  "create index if not exists checkpoints_by_order on $schema.checkpoints (thread_id, namespace, row_id);";

/** A lease of before, whose length is not known, is nobody's. */
const LEASES = "alter table $schema.threads add column if not exists lease_ms bigint not null default 0;";

/**
 * Times are in milliseconds since 1970, of the database's clock. Names and texts are JSON: PostgreSQL has no NUL in a
 * text. Names are compared byte by byte. What is packed is
 * compressed already, so that PostgreSQL shall not try it.
 */
const TABLES = `
  create sequence $schema.epochs;
  create table $schema.threads (
    thread_id text collate "C" primary key,
    owner text not null,
    claim uuid not null,
    epoch bigint not null,
    leased_until bigint not null,
    question text not null default '',
    run bigint not null default 0,
    status text not null default 'stopped',
    attempts integer not null default 0,
    problem text not null default '',
    created_at bigint not null,
    updated_at bigint not null,
    lease_ms bigint not null default 0
  );
  create table $schema.checkpoints (
    row_id bigint generated always as identity unique,
    thread_id text collate "C" not null,
    namespace text collate "C" not null,
    checkpoint_id text collate "C" not null,
    parent_id text collate "C",
    head bytea not null,
    changed bytea not null,
    primary key (thread_id, namespace, checkpoint_id)
  );
  create table $schema.writes (
    thread_id text collate "C" not null,
    namespace text collate "C" not null,
    checkpoint_id text collate "C" not null,
    task_id text collate "C" not null,
    idx smallint not null,
    task_path text collate "C" not null,
    pack bytea not null,
    primary key (thread_id, namespace, checkpoint_id, task_id, idx)
  );
  create table $schema.items (
    digest bytea primary key,
    namespace text collate "C" not null,
    key text collate "C" not null,
    value text not null,
    created_at bigint not null,
    updated_at bigint not null
  );
  ${ORDER}
  create index items_by_namespace on $schema.items (left(namespace, 256));
  alter table $schema.checkpoints alter head set storage external, alter changed set storage external;
  alter table $schema.writes alter pack set storage external;
  create table $schema.agentic_rag_format (version integer not null);
  insert into $schema.agentic_rag_format values (${FORMAT_VERSION});
`;

const stateRow = z.object({ schema: z.boolean(), ours: z.boolean(), tables: z.coerce.number() });
const versionRow = z.object({ version: z.number() });

/**
 * Makes the schema and its tables where they are missing. Two processes may do so at once.
 *
 * @throws AgenticRagError `store-unusable` for a schema that holds something else, such as the tables of LangGraph's own
 * saver, or that a newer version of this package made
 */
export async function setUpSchema(connection: PostgresConnection): Promise<void> {
  const { query, schema } = connection;
  if ((await stateOf(query, schema)).ours && (await isCurrent(connection, query))) return;
  await connection.transaction(async (inTransaction) => {
    await inTransaction("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`agentic-rag ${schema}`]);
    const found = await stateOf(inTransaction, schema);
    if (found.ours) {
      if (!(await isCurrent(connection, inTransaction))) {
        await inTransaction(
          `${ORDER} ${LEASES} update $schema.agentic_rag_format set version = ${FORMAT_VERSION}`,
        );
      }
      return;
    }
    if (found.tables > 0) {
      throw unusable(
        connection,
        "holds tables that this package did not make, of LangGraph's own saver perhaps. They cannot be mixed: choose another schema",
      );
    }
    if (!found.schema) await inTransaction("create schema $schema");
    await inTransaction(TABLES);
  });
}

async function stateOf(query: Query, schema: string): Promise<z.infer<typeof stateRow>> {
  const [row] = await query(
    `select to_regnamespace($1) is not null as schema,
       to_regclass($1 || '.agentic_rag_format') is not null as ours,
       (select count(*) from information_schema.tables where table_schema = $1) as tables`,
    [schema],
  );
  return stateRow.parse(row);
}

/** False for an older version, which can be brought to this one. */
async function isCurrent(connection: PostgresConnection, query: Query): Promise<boolean> {
  const [row] = await query("select version from $schema.agentic_rag_format");
  const { version } = versionRow.parse(row);
  if (version > FORMAT_VERSION) {
    throw unusable(
      connection,
      "was made by a newer version of this package. Update it, or choose another schema",
    );
  }
  if (version < 1) throw unusable(connection, "has a version that never was. Choose another schema");
  return version === FORMAT_VERSION;
}

function unusable({ place, schema }: PostgresConnection, what: string) {
  return databaseUnusable(place, `cannot be used: its schema ${schema} ${what}`);
}
