import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import Database from "libsql";
import { z } from "zod";
import type { CacheStore, KeptAnswer } from "./cache-store.ts";
import { type IndexDatabase, inTransaction } from "../local/index-store.ts";
import { answerSchema } from "./kept-outcome.ts";
import { parseJson } from "../engines/wire/refusal.ts";

export interface DiskCacheOptions {
  /** May be shared with other processes. Created with its folder where there is none. */
  readonly file: string;
  /** Size of all answers together, in bytes; those that expire first make room. Default 100,000,000. */
  readonly maxBytes?: number;
  /** Told once why searches go on without the cache, or with an empty one. */
  readonly onProblem?: (message: string) => void;
}

const DEFAULT_MAX_BYTES = 100_000_000;
/** The part that is left when room is made, so that it is not made with every answer. */
const KEPT_PART = 0.9;
/** Calls are synchronous: better no answer from the cache than a process that stands still. */
const LOCK_TIMEOUT_MS = 200;

/** "ARSC": tells our files from other SQLite databases. */
const APPLICATION_ID = 0x41525343;
/** Raised whenever answers of an older version could not be read. */
const FORMAT_VERSION = 1;

const SCHEMA = `
  drop table if exists answers;
  create table answers (
    key text primary key, engine text not null, at integer not null, expires integer not null,
    bytes integer not null, answer text not null
  ) without rowid;
  create index answers_by_expiry on answers (expires, bytes);
  pragma application_id = ${APPLICATION_ID};
  pragma user_version = ${FORMAT_VERSION};
`;

const rowSchema = z.object({
  engine: z.string(),
  at: z.number(),
  expires: z.number(),
  answer: z.string().transform(parseJson).pipe(answerSchema),
});

/**
 * Keeps answers in a SQLite file. It is opened by the first search. A row that is damaged is as good as none and is
 * overwritten. A damaged file is put aside, as `<file>.damaged`, and begun anew. A database of another program is
 * not touched: searches then go on without a cache, as they do when the file cannot be opened or written.
 */
export function createDiskCache(options: DiskCacheOptions): CacheStore {
  const { file, maxBytes = DEFAULT_MAX_BYTES, onProblem = () => undefined } = options;
  let database: IndexDatabase | undefined;
  let state: "usable" | "replaced" | "off" = "usable";

  function use<Value>(work: (opened: IndexDatabase) => Value): Value | undefined {
    if (state === "off") return undefined;
    try {
      database ??= open(file);
      return work(database);
    } catch (error) {
      if (!isBusy(error)) giveUp(error);
      return undefined;
    }
  }
  function giveUp(error: unknown): void {
    release();
    if (isDamage(error) && state === "usable" && putAside(file)) {
      state = "replaced";
      onProblem(
        `The search cache ${file} is damaged (${reasonOf(error)}). It is now ${file}.damaged, and a new one is begun.`,
      );
      return;
    }
    state = "off";
    onProblem(
      `The search cache ${file} cannot be used: ${reasonOf(error)}. Searches go on without it. Check its disk and permissions, or choose another file.`,
    );
  }
  function release(): void {
    try {
      database?.close();
    } catch {
      // it is given up either way
    }
    database = undefined;
  }

  return {
    get: (key) =>
      use((opened) => {
        const row = opened.prepare("select engine, at, expires, answer from answers where key = ?").get(key);
        return rowSchema.safeParse(row).data;
      }),
    put(key, kept) {
      use((opened) => inTransaction(opened, () => write(opened, key, kept, maxBytes)));
    },
    close() {
      // the file is then whole on its own
      if (database !== undefined) use((opened) => opened.exec("pragma wal_checkpoint(truncate)"));
      release();
      state = "off";
    },
  };
}

const sizeRow = z.object({ bytes: z.number() });

function write(database: IndexDatabase, key: string, kept: KeptAnswer, maxBytes: number): void {
  const answer = JSON.stringify(kept.answer);
  const bytes = Buffer.byteLength(answer) + key.length;
  if (bytes > maxBytes) return;
  database.prepare("delete from answers where expires <= ?").run(kept.at);
  database
    .prepare(
      "insert or replace into answers (key, engine, at, expires, bytes, answer) values (?, ?, ?, ?, ?, ?)",
    )
    .run(key, kept.engine, kept.at, kept.expires, bytes, answer);
  const total = sizeRow.parse(database.prepare("select total(bytes) as bytes from answers").get()).bytes;
  if (total <= maxBytes) return;
  database
    .prepare(
      `delete from answers where key <> ? and key in (
        select key from (
          select key, sum(bytes) over (order by expires desc, key rows unbounded preceding) as newer from answers
        ) where newer > ?
      )`,
    )
    .run(key, maxBytes * KEPT_PART);
}

function open(file: string): IndexDatabase {
  mkdirSync(dirname(file), { recursive: true });
  const database: IndexDatabase = new Database(file, { timeout: LOCK_TIMEOUT_MS });
  try {
    prepare(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A database that belongs to somebody else. */
class ForeignDatabase extends Error {}

const formatRow = z.object({ objects: z.number(), application: z.number(), version: z.number() });

function prepare(database: IndexDatabase): void {
  const readFormat = (): z.infer<typeof formatRow> =>
    formatRow.parse(
      database
        .prepare(
          "select (select count(*) from sqlite_schema) as objects, application_id as application, user_version as version from pragma_application_id, pragma_user_version",
        )
        .get(),
    );
  const { objects, application } = readFormat();
  if (objects > 0 && application !== APPLICATION_ID) {
    throw new ForeignDatabase("it is a database of another program");
  }
  // Readers are not held up by a writer while there is a write-ahead log.
  database.exec("pragma journal_mode = wal; pragma synchronous = normal");
  if (objects > 0 && readFormat().version === FORMAT_VERSION) return;
  inTransaction(database, () => {
    const now = readFormat();
    if (now.objects === 0 || now.version !== FORMAT_VERSION) database.exec(SCHEMA);
  });
}

function sqliteCode(error: unknown): string | undefined {
  return error instanceof Error && error.name === "SqliteError" && "code" in error
    ? String(error.code)
    : undefined;
}

function isBusy(error: unknown): boolean {
  return /^SQLITE_(?:BUSY|LOCKED)/u.test(sqliteCode(error) ?? "");
}

/** Any other code than these of SQLite is damage. */
function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== undefined && !/^SQLITE_(?:FULL|READONLY|CANTOPEN|PERM|IOERR)/u.test(code);
}

function putAside(file: string): boolean {
  try {
    renameSync(file, `${file}.damaged`);
    for (const ending of ["-wal", "-shm", "-journal"]) rmSync(`${file}${ending}`, { force: true });
    return true;
  } catch {
    return false;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
