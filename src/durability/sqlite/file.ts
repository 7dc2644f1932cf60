import { AgenticRagError } from "../../errors.ts";
import { sqliteProblem } from "../../sqlite/problem.ts";
import { openDatabase, type SqliteDatabase } from "../../sqlite/sqlite.ts";

const FORMAT = {
  /** "ARAS" */
  applicationId: 0x41524153,
  /** Raised whenever a store of an older version could not be read. */
  version: 1,
  mode: "keep",
  /**
   * Whatever comes from outside is JSON or packed (see `namespace-text.ts`, `packed.ts`), for SQLite would cut a text at
   * its first NUL. Times are in milliseconds since 1970.
   *
   * A value of a checkpoint that is long is one row of `chunks`, however many checkpoints of its thread have it.
   */
  schema: `
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
  `,
} as const;

/**
 * Opens the database of a store, and creates it where there is none: its file readable and writable by its owner
 * alone, and so its folder where that is new. What is committed is on the disk, also when the power fails.
 *
 * @throws AgenticRagError `store-unusable`
 */
export function openStoreFile(file: string, lockTimeoutMs: number): SqliteDatabase {
  let database: SqliteDatabase | undefined;
  try {
    database = openDatabase({ ...FORMAT, file, timeout: lockTimeoutMs });
    // fails on what may only be read
    database.exec("delete from items where false");
    return database;
  } catch (error) {
    database?.close();
    throw explainStoreError(file, error);
  }
}

/** An error of SQLite as one that says what to do; any other as it is. */
export function explainStoreError(file: string, error: unknown): unknown {
  const problem = sqliteProblem(error);
  if (problem === undefined) return error;
  const { fault, message } = problem;
  const isLost = fault === "damaged" || fault === "older";
  return storeUnusable(file, isLost ? `${message}. Move it away, or choose another` : message, error);
}

export function storeUnusable(file: string, what: string, cause?: unknown): AgenticRagError {
  return new AgenticRagError("store-unusable", `The store ${file} ${what}.`, { cause });
}
