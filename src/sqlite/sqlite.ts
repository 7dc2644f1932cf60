import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import Database from "libsql";
import { z } from "zod";
import { sqliteProblem, SqliteProblem } from "./problem.ts";

export type SqliteDatabase = Database.Database;
export type SqliteStatement = Database.Statement;

export interface DatabaseOptions {
  /** `:memory:` keeps nothing. */
  readonly file: string;
  /** Four bytes that tell our files from other SQLite databases. */
  readonly applicationId: number;
  /** Of the schema. Kept with the application id in the header of the file. */
  readonly version: number;
  /** Creates the tables. */
  readonly schema: string;
  /**
   * `read`: an existing database, in which nothing can be written. `write`: created where there is none. `keep`: the
   * same for what must not be lost or seen: a commit is on the disk, also when the power fails, and a new file and its
   * new folder are their owner's alone (0600, 0700).
   */
  readonly mode: "read" | "write" | "keep";
  /** How long a call waits for another process that writes, in milliseconds. Nothing else runs meanwhile. */
  readonly timeout: number;
  /** Brings a database of another version to this one, in a transaction. Default: it is refused. */
  readonly upgrade?: (database: SqliteDatabase, from: number) => void;
}

/**
 * Opens a SQLite file that several processes may use, with a write-ahead log, so that readers and a writer do not wait
 * for each other. A database of another program is not touched.
 *
 * @throws SqliteProblem
 */
export function openDatabase(options: DatabaseOptions): SqliteDatabase {
  const database = open(options);
  try {
    prepare(database, options);
    return database;
  } catch (error) {
    database.close();
    throw sqliteProblem(error) ?? error;
  }
}

/** Closes it. libsql lets go of the file only with its last statement, so the log is folded into the file before. */
export function closeDatabase(database: SqliteDatabase): void {
  emptyLog(database);
  database.close();
}

/** Writes the log into the file and empties it, so that it keeps nothing that was deleted. */
export function emptyLog(database: SqliteDatabase): void {
  try {
    database.exec("pragma wal_checkpoint(truncate)");
  } catch {
    // Another process is using it. The log stays, and is read by the next to open the file.
  }
}

/** All or nothing. `immediate` takes the write lock at once and waits for it; `deferred` is for reading. */
export function inTransaction<Value>(
  database: SqliteDatabase,
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

/** From now on nothing can be written through it: libsql ignores the option `readonly`. */
export function forbidWriting(database: SqliteDatabase): void {
  database.exec("pragma query_only = 1");
}

function open({ file, mode, timeout }: DatabaseOptions): SqliteDatabase {
  const isNew = file === ":memory:" || !existsSync(file);
  if (mode === "read" && isNew) throw new SqliteProblem("missing");
  try {
    if (file !== ":memory:" && isNew) {
      const isPrivate = mode === "keep";
      mkdirSync(dirname(file), { recursive: true, ...(isPrivate && { mode: 0o700 }) });
      // SQLite gives the files that it puts beside it the same permissions
      if (isPrivate) closeSync(openSync(file, "a", 0o600));
    }
    return new Database(file, { timeout });
  } catch (error) {
    throw new SqliteProblem("unopened", error);
  }
}

function prepare(database: SqliteDatabase, options: DatabaseOptions): void {
  const { schema, mode } = options;
  // before anything else, so that a database of another program stays as it is
  const state = stateOf(database, options);
  if (mode === "read") {
    if (state !== "current") throw new SqliteProblem("missing");
    return forbidWriting(database);
  }
  database.exec(`pragma synchronous = ${mode === "keep" ? "full" : "normal"}`);
  // what is deleted is overwritten
  if (mode === "keep") database.exec("pragma secure_delete = on");
  if (state !== "current") {
    inTransaction(database, "immediate", () => {
      // another process may have been faster
      const now = stateOf(database, options);
      if (now === "empty") database.exec(schema);
      if (now === "outdated") options.upgrade?.(database, formatOf(database).version);
      database.exec(
        `pragma application_id = ${options.applicationId}; pragma user_version = ${options.version}`,
      );
    });
  }
  try {
    database.exec("pragma journal_mode = wal");
  } catch {
    // Another process is using it just now. It is as safe without the log; the next to open it tries again.
  }
}

/** @throws SqliteProblem for a database of another program, or of a version that cannot be brought to this one */
function stateOf(
  database: SqliteDatabase,
  { applicationId, version, upgrade }: DatabaseOptions,
): "empty" | "current" | "outdated" {
  const found = formatOf(database);
  if (found.tables === 0 && found.application === 0) return "empty";
  if (found.application !== applicationId) throw new SqliteProblem("foreign");
  if (found.version === version) return "current";
  if (upgrade === undefined) throw new SqliteProblem(found.version > version ? "newer" : "older");
  return "outdated";
}

const formatRow = z.object({ tables: z.number(), application: z.number(), version: z.number() });

function formatOf(database: SqliteDatabase): z.infer<typeof formatRow> {
  return formatRow.parse(
    database
      .prepare(
        `select (select count(*) from sqlite_schema) as tables, application_id as application, user_version as version
         from pragma_application_id, pragma_user_version`,
      )
      .get(),
  );
}
