import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import Database from "libsql";
import { z } from "zod";
import { AgenticRagError } from "../../errors.ts";

export type StoreDatabase = Database.Database;

/** "ARAS": tells a store from other SQLite databases. */
const APPLICATION_ID = 0x41524153;
/** Raised whenever a store of an older version could not be read. */
const FORMAT_VERSION = 1;

/**
 * Whatever comes from outside is JSON or packed (see `sqlite-names.ts`, `packed.ts`), for SQLite would cut a text at
 * its first NUL. Times are in milliseconds since 1970.
 *
 * A value of a checkpoint that is long is one row of `chunks`, however many checkpoints of its thread have it.
 */
const SCHEMA = `
  create table items (
    namespace text not null, key text not null, value text not null,
    created_at integer not null, updated_at integer not null,
    primary key (namespace, key)
  );
  create table checkpoints (
    thread text not null, place text not null, id text not null, parent text, body blob not null,
    primary key (thread, place, id)
  ) without rowid;
  create table chunks (
    id integer primary key, thread text not null, digest blob not null, body blob not null,
    unique (thread, digest)
  );
  create table writes (
    id integer primary key, thread text not null, place text not null, checkpoint text not null,
    task text not null, path text not null, numbers text not null, body blob not null
  );
  create index writes_of_checkpoint on writes (thread, place, checkpoint);
  create table threads (
    thread text primary key, question text not null, run integer not null, status text not null,
    attempts integer not null, problem text not null, owner text not null, epoch integer not null,
    leased_until integer not null, created_at integer not null, updated_at integer not null
  ) without rowid;
  create table epochs (last integer not null);
  insert into epochs values (0);
  pragma application_id = ${APPLICATION_ID};
  pragma user_version = ${FORMAT_VERSION};
`;

/**
 * Opens the database of a store, and creates it where there is none: its file readable and writable by its owner
 * alone, and so its folder where that is new. What is committed is on the disk, also when the power fails.
 *
 * @throws AgenticRagError `store-unusable`
 */
export function openStoreFile(file: string, lockTimeoutMs: number): StoreDatabase {
  const database = open(file, lockTimeoutMs);
  try {
    // Before anything else: a database of another program is not touched.
    if (!isEmpty(database)) checkFormat(database, file);
    database.exec("pragma synchronous = full");
    inTransaction(database, "immediate", () => {
      if (isEmpty(database)) database.exec(SCHEMA);
      else checkFormat(database, file);
      // fails on what may only be read, which the lock does not
      database.exec("delete from items where false");
    });
    keepLog(database);
    return database;
  } catch (error) {
    database.close();
    throw explainStoreError(file, error);
  }
}

/** Closes it. libsql lets go of the file only with its last statement, so the log is folded into the file before. */
export function closeStoreFile(database: StoreDatabase): void {
  try {
    database.exec("pragma wal_checkpoint(truncate)");
  } catch {
    // Somebody else is using it. The log stays, and is read by the next to open the file.
  }
  database.close();
}

/** All or nothing. `immediate` takes the write lock at once and waits for it; `deferred` only reads. */
export function inTransaction<Value>(
  database: StoreDatabase,
  kind: "immediate" | "deferred",
  work: () => Value,
): Value {
  database.exec(`begin ${kind}`);
  try {
    const value = work();
    database.exec("commit");
    return value;
  } catch (error) {
    if (database.inTransaction) database.exec("rollback");
    throw error;
  }
}

/** What the codes of SQLite mean for a store, by how they begin. Any other code is damage. */
const EXPLANATIONS = [
  [/^SQLITE_(?:BUSY|LOCKED)/u, "is locked by another process. Wait for it, or choose another file"],
  [/^SQLITE_NOTADB/u, "is no database. Choose another file"],
  [/^SQLITE_FULL/u, "cannot grow: the disk is full. Make room"],
  [
    /^SQLITE_(?:READONLY|CANTOPEN|PERM|IOERR)/u,
    "cannot be read or written. Check its disk and its permissions, and those of its folder",
  ],
] as const;

/** An error of SQLite as one that says what to do; any other as it is. */
export function explainStoreError(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== "SqliteError") return error;
  const code = "code" in error ? String(error.code) : "";
  const known = EXPLANATIONS.find(([pattern]) => pattern.test(code))?.[1];
  return storeUnusable(
    file,
    known ?? `is damaged (${error.message}). Move it away, or choose another`,
    error,
  );
}

export function storeUnusable(file: string, what: string, cause?: unknown): AgenticRagError {
  return new AgenticRagError("store-unusable", `The store ${file} ${what}.`, { cause });
}

function open(file: string, timeout: number): StoreDatabase {
  try {
    if (file !== ":memory:") {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      // SQLite gives the files that it puts beside it the same permissions
      closeSync(openSync(file, "a", 0o600));
    }
    return new Database(file, { timeout });
  } catch (error) {
    const what = "cannot be opened. Check that it is a file and that its folder can be written";
    throw storeUnusable(file, what, error);
  }
}

/** Readers are not held up by a writer while there is a write-ahead log. */
function keepLog(database: StoreDatabase): void {
  try {
    database.exec("pragma journal_mode = wal");
  } catch {
    // Somebody else is using the file just now. It is as safe without the log; the next to open it tries again.
  }
}

const formatRow = z.object({ tables: z.number(), application: z.number(), version: z.number() });

function formatOf(database: StoreDatabase): z.infer<typeof formatRow> {
  return formatRow.parse(
    database
      .prepare(
        `select (select count(*) from sqlite_schema) as tables, application_id as application, user_version as version
         from pragma_application_id, pragma_user_version`,
      )
      .get(),
  );
}

function isEmpty(database: StoreDatabase): boolean {
  const { tables, application } = formatOf(database);
  return tables === 0 && application === 0;
}

function checkFormat(database: StoreDatabase, file: string): void {
  const { application, version } = formatOf(database);
  if (application !== APPLICATION_ID) {
    throw storeUnusable(file, "is a database of another program. Choose another file");
  }
  if (version > FORMAT_VERSION) {
    throw storeUnusable(
      file,
      "was written by a newer version of this package. Update it, or choose another file",
    );
  }
  if (version !== FORMAT_VERSION)
    throw storeUnusable(file, "has a version that never was. Choose another file");
}
