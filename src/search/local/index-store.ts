import { AgenticRagError } from "../../errors.ts";
import { sqliteProblem } from "../../sqlite/problem.ts";
import {
  forbidWriting,
  inTransaction,
  openDatabase,
  type DatabaseOptions,
  type SqliteDatabase,
} from "../../sqlite/sqlite.ts";

const FORMAT = {
  /** "ARAG" */
  applicationId: 0x41524147,
  /** Raised whenever an index of an older version could not be read. */
  version: 1,
  timeout: 2_000,
  /**
   * `key` is the path below the folder, or the URL of a document that is no file. The full-text index holds no text
   * of its own: `passages` has what is shown.
   */
  schema: `
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
  `,
} as const;

/**
 * Opens an index to search it. Nothing can be written through it.
 *
 * @throws AgenticRagError `index-unusable`
 */
export function openToRead(file: string): SqliteDatabase {
  return open({ ...FORMAT, file, mode: "read" });
}

/**
 * Opens an index to write it, and creates it where there is none.
 *
 * @throws AgenticRagError `index-unusable`, also while another process writes it
 */
export function openToWrite(file: string): SqliteDatabase {
  const database = open({ ...FORMAT, file, mode: "write" });
  try {
    // a second writer is noticed before it has worked
    inTransaction(database, "immediate", () => undefined);
    return database;
  } catch (error) {
    database.close();
    throw explainIndexError(file, error);
  }
}

/** Ends the writing: the log is folded into the file, which is then whole on its own, also on a read-only disk. */
export function finishWriting(database: SqliteDatabase): void {
  try {
    database.exec("pragma journal_mode = delete");
  } catch {
    // Somebody else has it open. The log stays beside the file until the next time.
  }
  forbidWriting(database);
}

/** An error of SQLite as one that says what to do; any other as it is. */
export function explainIndexError(file: string, error: unknown): unknown {
  const problem = sqliteProblem(error);
  if (problem === undefined) return error;
  const { fault, message } = problem;
  const text =
    fault === "missing"
      ? `There is no index at ${file}. Build one from a folder of documents.`
      : fault === "damaged" || fault === "older"
        ? `The index ${file} ${message}. Delete it and build the index again.`
        : `The index ${file} ${message}.`;
  return new AgenticRagError("index-unusable", text, { cause: error });
}

function open(options: DatabaseOptions): SqliteDatabase {
  try {
    return openDatabase(options);
  } catch (error) {
    throw explainIndexError(options.file, error);
  }
}
