import { renameSync, rmSync } from "node:fs";
import { z } from "zod";
import { SqliteProblem, sqliteProblem } from "../../sqlite/problem.ts";
import { closeDatabase, inTransaction, openDatabase, type SqliteDatabase } from "../../sqlite/sqlite.ts";
import type { CacheStore, KeptAnswer } from "./cache-store.ts";
import { answerSchema } from "./outcome-schema.ts";
import { parseJson } from "../../net/json.ts";

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

const SCHEMA = `
  drop table if exists answers;
  create table answers (
    key text primary key, engine text not null, at integer not null, expires integer not null,
    bytes integer not null, answer text not null
  ) without rowid;
  create index answers_by_expiry on answers (expires, bytes);
`;

const FORMAT = {
  /** "ARSC" */
  applicationId: 0x41525343,
  /** Raised whenever answers of an older version could not be read. */
  version: 1,
  schema: SCHEMA,
  upgrade: (database: SqliteDatabase) => void database.exec(SCHEMA),
  mode: "write",
  /** Calls are synchronous: better no answer from the cache than a process that stands still. */
  timeout: 200,
} as const;

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
  let database: SqliteDatabase | undefined;
  let state: "usable" | "replaced" | "off" = "usable";

  function use<Value>(work: (opened: SqliteDatabase) => Value): Value | undefined {
    if (state === "off") return undefined;
    try {
      database ??= openDatabase({ ...FORMAT, file });
      return work(database);
    } catch (error) {
      giveUp(sqliteProblem(error) ?? error);
      return undefined;
    }
  }
  function giveUp(problem: unknown): void {
    const fault = problem instanceof SqliteProblem ? problem.fault : undefined;
    if (fault === "locked") return;
    release();
    const isDamaged = fault === "damaged" || fault === "no-database";
    if (isDamaged && state === "usable" && putAside(file)) {
      state = "replaced";
      onProblem(
        `The search cache ${file} is damaged (${reasonOf(problem)}). It is now ${file}.damaged, and a new one is begun.`,
      );
      return;
    }
    state = "off";
    onProblem(`The search cache ${file} ${reasonOf(problem)}. Searches go on without it.`);
  }
  function release(): void {
    try {
      if (database !== undefined) closeDatabase(database);
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
      use((opened) => inTransaction(opened, "immediate", () => write(opened, key, kept, maxBytes)));
    },
    close() {
      release();
      state = "off";
    },
  };
}

const sizeRow = z.object({ bytes: z.number() });

function write(database: SqliteDatabase, key: string, kept: KeptAnswer, maxBytes: number): void {
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

function putAside(file: string): boolean {
  try {
    renameSync(file, `${file}.damaged`);
    for (const ending of ["-wal", "-shm", "-journal"]) rmSync(`${file}${ending}`, { force: true });
    return true;
  } catch {
    return false;
  }
}

function reasonOf(problem: unknown): string {
  return problem instanceof Error ? problem.message : String(problem);
}
