import { z, ZodError } from "zod";
import { AgenticRagError } from "../../errors.ts";
import { SqliteProblem, sqliteProblem } from "../../sqlite/problem.ts";
import {
  closeDatabase,
  inTransaction,
  openDatabase,
  type SqliteDatabase,
  type SqliteStatement,
} from "../../sqlite/sqlite.ts";

/**
 * `order` rises with each checkpoint that is put, whatever the clock says. `channels` are those of which a checkpoint
 * has the value; null in what an older version wrote.
 */
const CHECKPOINTS = `
    create table checkpoints (
      "order" integer primary key, thread text not null, place text not null, id text not null, parent text,
      channels text, body blob not null,
      unique (thread, place, id)
    );
    create index checkpoints_by_order on checkpoints (thread, place, "order");
`;

/** A lease of before was by another clock, and is nobody's. */
const LEASES = "alter table threads add column lease_ms integer not null default 0;";

/** Brings a store of an older version to this one. The ids of version 1 told the time. */
function upgrade(database: SqliteDatabase, from: number): void {
  if (from < 1 || from > 2) throw new SqliteProblem(from > FORMAT.version ? "newer" : "older");
  database.exec(LEASES);
  if (from === 2) return;
  database.exec(`
    alter table checkpoints rename to old_checkpoints;
    ${CHECKPOINTS}
    insert into checkpoints (thread, place, id, parent, body)
      select thread, place, id, parent, body from old_checkpoints order by id;
    drop table old_checkpoints;
  `);
}

const FORMAT = {
  /** "ARAS" */
  applicationId: 0x41524153,
  /** Raised whenever a store of an older version could not be read. */
  version: 3,
  mode: "keep",
  upgrade,
  /**
   * Whatever comes from outside is JSON or packed (see `namespace-text.ts`, `packed.ts`), for SQLite would cut a text at
   * its first NUL. Times are in milliseconds since 1970, but for leases, which run by the clock of `threads.ts`.
   *
   * A value of a checkpoint that is long is one row of `chunks`, however many checkpoints of its thread have it.
   */
  schema: `
    create table items (
      namespace text not null, key text not null, value text not null,
      created_at integer not null, updated_at integer not null,
      primary key (namespace, key)
    );
    ${CHECKPOINTS}
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
      leased_until integer not null, created_at integer not null, updated_at integer not null,
      lease_ms integer not null default 0
    ) without rowid;
    create table epochs (last integer not null);
    insert into epochs values (0);
  `,
} as const;

/** The database of a store. Each call throws AgenticRagError `store-unusable` for an error of SQLite, and for rows that cannot be read. */
export interface StoreFile {
  readonly database: SqliteDatabase;
  /** A statement of which the text never changes, made once. */
  readonly prepare: (sql: string) => SqliteStatement;
  /** Reads of one moment. What was given to `write` before is there. */
  readonly read: <Value>(work: () => Value) => Value;
  /**
   * One transaction, on the disk when the promise resolves. What is written in the same turn of the event loop shares
   * it, for waiting for the disk is what a commit costs; work that fails is left out, and the others' is done again
   * without it, so nothing but the database may change in it.
   */
  readonly write: <Value>(work: () => Value) => Promise<Value>;
  /** The error of rows that cannot be read. */
  readonly damaged: (cause: unknown) => AgenticRagError;
  /** Writes first what is to be written. May be called twice. */
  readonly close: () => void;
}

/** What waits to be written: does it, and gives what tells its caller once it is on the disk. */
interface Waiting {
  readonly work: () => () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Opens the database of a store, and creates it where there is none: its file readable and writable by its owner
 * alone, and so its folder where that is new. What is committed is on the disk, also when the power fails.
 *
 * @throws AgenticRagError `store-unusable`
 */
export function openStoreFile(file: string, lockTimeoutMs = 5_000): StoreFile {
  const database = open(file, lockTimeoutMs);
  const statements = new Map<string, SqliteStatement>();
  let waiting: Waiting[] = [];
  const damaged = (cause: unknown): AgenticRagError =>
    storeUnusable(file, "is damaged: a row in it cannot be read. Move it away, or choose another", cause);

  function transaction<Value>(kind: "immediate" | "deferred", work: () => Value): Value {
    if (!database.open) throw storeUnusable(file, "is closed: it was stopped");
    try {
      return inTransaction(database, kind, work);
    } catch (error) {
      throw isUnreadable(error) ? damaged(error) : explainStoreError(file, error);
    }
  }

  function commit(group: readonly Waiting[]): void {
    if (group.length === 0) return;
    let at: Waiting | undefined;
    try {
      const done = transaction("immediate", () => {
        const kept = group.map((one) => (at = one).work());
        at = undefined;
        return kept;
      });
      for (const tell of done) tell();
    } catch (error) {
      for (const one of at === undefined ? group : [at]) one.fail(error);
      if (at !== undefined) commit(group.filter((one) => one !== at));
    }
  }

  function writeWaiting(): void {
    const group = waiting;
    waiting = [];
    commit(group);
  }

  return {
    database,
    prepare(sql) {
      const known = statements.get(sql) ?? database.prepare(sql);
      statements.set(sql, known);
      return known;
    },
    read(work) {
      writeWaiting();
      return transaction("deferred", work);
    },
    write: (work) =>
      new Promise((resolve, fail) => {
        if (waiting.length === 0) setImmediate(writeWaiting);
        waiting.push({
          work() {
            const value = work();
            return () => resolve(value);
          },
          fail,
        });
      }),
    damaged,
    close() {
      writeWaiting();
      // the file is let go of with the last of them
      statements.clear();
      if (database.open) closeDatabase(database);
    },
  };
}

/** A name or text as it was before it became JSON. */
export const jsonName = z.string().transform((json) => z.string().parse(JSON.parse(json)));

/** libsql gives single rows with the one, and many with the other. */
export const bytes = z.union([
  z.instanceof(Uint8Array),
  z.instanceof(ArrayBuffer).transform((buffer) => new Uint8Array(buffer)),
]);

function open(file: string, timeout: number): SqliteDatabase {
  let database: SqliteDatabase | undefined;
  try {
    database = openDatabase({ ...FORMAT, file, timeout });
    // fails on what may only be read
    database.exec("delete from items where false");
    return database;
  } catch (error) {
    database?.close();
    throw explainStoreError(file, error);
  }
}

/** What comes of bytes that were not written here. */
function isUnreadable(error: unknown): boolean {
  if (error instanceof ZodError || error instanceof SyntaxError) return true;
  return error instanceof Error && "code" in error && /^(?:ERR_|Z_)/.test(String(error.code));
}

/** An error of SQLite as one that says what to do; any other as it is. */
function explainStoreError(file: string, error: unknown): unknown {
  const problem = sqliteProblem(error);
  if (problem === undefined) return error;
  const { fault, message } = problem;
  const isLost = fault === "damaged" || fault === "older";
  return storeUnusable(file, isLost ? `${message}. Move it away, or choose another` : message, error);
}

function storeUnusable(file: string, what: string, cause?: unknown): AgenticRagError {
  return new AgenticRagError("store-unusable", `The store ${file} ${what}.`, { cause });
}
