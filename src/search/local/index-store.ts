import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "libsql";
import { z } from "zod";
import { AgenticRagError } from "../../errors.ts";

export type IndexDatabase = Database.Database;

/** File name of an index that lives in memory only. */
const IN_MEMORY = ":memory:";

/** "ARAG": tells our files from other SQLite databases. */
const APPLICATION_ID = 0x41524147;
/** Raised whenever an index of an older version could not be read. */
const FORMAT_VERSION = 1;
const LOCK_TIMEOUT_MS = 2_000;

/**
 * `key` is the path below the folder, or the URL of a document that is no file. The full-text index holds no text
 * of its own: `passages` has what is shown.
 */
const SCHEMA = `
  create table documents (
    id integer primary key, key text not null unique, title text not null, url text, date text,
    size integer, modified real, sha256 text
  );
  create table passages (
    id integer primary key, document integer not null, position integer not null, text text not null
  );
  create index passages_of_document on passages (document, position);
  create virtual table passage_terms using fts5(
    title, text, content='', contentless_delete=1, tokenize='porter unicode61 remove_diacritics 2'
  );
  create table settings (name text primary key, value text not null);
  pragma application_id = ${APPLICATION_ID};
  pragma user_version = ${FORMAT_VERSION};
`;

/**
 * Opens an index to search it. Nothing can be written through it.
 *
 * @throws AgenticRagError `index-unusable`
 */
export function openToRead(file: string): IndexDatabase {
  if (file === IN_MEMORY || !existsSync(file)) {
    throw new AgenticRagError(
      "index-unusable",
      `There is no index at ${file}. Build one from a folder of documents.`,
    );
  }
  return openWith(file, (database) => {
    if (isEmpty(database)) throw unusable(file, "is empty. Build it from a folder of documents");
    checkFormat(database, file);
    forbidWriting(database);
  });
}

/**
 * Opens an index to write it, and creates it where there is none.
 *
 * @throws AgenticRagError `index-unusable`
 */
export function openToWrite(file: string): IndexDatabase {
  createFolderOf(file);
  return openWith(file, (database) => {
    // Before anything else: a database of another program is not touched.
    if (!isEmpty(database)) checkFormat(database, file);
    // Readers are not held up by a writer while there is a write-ahead log.
    database.exec("pragma journal_mode = wal; pragma synchronous = normal");
    inTransaction(database, () => {
      if (isEmpty(database)) database.exec(SCHEMA);
    });
  });
}

/** Ends the writing: the log is folded into the file, which is then whole on its own, also on a read-only disk. */
export function finishWriting(database: IndexDatabase): void {
  try {
    database.exec("pragma journal_mode = delete");
  } catch {
    // Somebody else has it open. The log stays beside the file until the next time.
  }
  forbidWriting(database);
}

/** All or nothing. Takes the write lock at once, so that a second writer is noticed before it has worked. */
export function inTransaction(database: IndexDatabase, write: () => void): void {
  database.exec("begin immediate");
  try {
    write();
    database.exec("commit");
  } catch (error) {
    if (database.inTransaction) database.exec("rollback");
    throw error;
  }
}

/** What the codes of SQLite mean for an index, by how they begin. Any other code is damage. */
const EXPLANATIONS = [
  [/^SQLITE_(?:BUSY|LOCKED)/u, "is being written by another process. Wait for it, or choose another file"],
  [/^SQLITE_NOTADB/u, "is not an index. Choose another file, or delete it and build the index again"],
  [/^SQLITE_FULL/u, "cannot grow: the disk is full. Make room and build it again"],
  [/^SQLITE_(?:READONLY|CANTOPEN|PERM|IOERR)/u, "cannot be read or written. Check its disk and permissions"],
] as const;

/** An error of SQLite as one that says what to do; any other as it is. */
export function explainIndexError(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== "SqliteError") return error;
  const code = "code" in error ? String(error.code) : "";
  const known = EXPLANATIONS.find(([pattern]) => pattern.test(code))?.[1];
  const damage = `is damaged (${error.message}). Delete it and build the index again`;
  return unusable(file, known ?? damage, error);
}

function openWith(file: string, prepare: (database: IndexDatabase) => void): IndexDatabase {
  let database: IndexDatabase;
  try {
    database = new Database(file, { timeout: LOCK_TIMEOUT_MS });
  } catch (error) {
    throw unopened(file, error);
  }
  try {
    prepare(database);
    return database;
  } catch (error) {
    database.close();
    throw explainIndexError(file, error);
  }
}

const countRow = z.object({ count: z.number() });

function isEmpty(database: IndexDatabase): boolean {
  return countRow.parse(database.prepare("select count(*) as count from sqlite_schema").get()).count === 0;
}

function checkFormat(database: IndexDatabase, file: string): void {
  const format = z
    .object({ application: z.number(), version: z.number() })
    .parse(
      database
        .prepare(
          "select application_id as application, user_version as version from pragma_application_id, pragma_user_version",
        )
        .get(),
    );
  if (format.application !== APPLICATION_ID) {
    throw unusable(file, "is a database of another program. Choose another file");
  }
  if (format.version !== FORMAT_VERSION) {
    throw unusable(file, "was built by another version of this package. Delete it and build the index again");
  }
}

/** libsql ignores the option `readonly`. */
function forbidWriting(database: IndexDatabase): void {
  database.exec("pragma query_only = 1");
}

function createFolderOf(file: string): void {
  if (file === IN_MEMORY) return;
  try {
    mkdirSync(dirname(file), { recursive: true });
  } catch (error) {
    throw unopened(file, error);
  }
}

function unopened(file: string, cause: unknown): AgenticRagError {
  return unusable(
    file,
    "cannot be opened. Check that it is a file and that its folder can be written",
    cause,
  );
}

function unusable(file: string, what: string, cause?: unknown): AgenticRagError {
  return new AgenticRagError("index-unusable", `The index ${file} ${what}.`, { cause });
}
