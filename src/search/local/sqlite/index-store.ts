import { z } from "zod";
import { AgenticRagError } from "../../../errors.ts";
import { sqliteProblem, SqliteProblem } from "../../../sqlite/problem.ts";
import {
  forbidWriting,
  inTransaction,
  openDatabase,
  type DatabaseOptions,
  type SqliteDatabase,
} from "../../../sqlite/sqlite.ts";

/** How a text becomes the words of an index. https://sqlite.org/fts5.html#tokenizers */
export const TOKENIZER = "porter unicode61 remove_diacritics 2";

const FORMAT = {
  /** "ARAG" */
  applicationId: 0x41524147,
  /** Raised whenever an index of an older version could not be read, or has other words or figures. */
  version: 5,
  timeout: 2_000,
  /**
   * `key` is the path below the folder, or the URL of a document that is no file. The full-text index holds no text
   * of its own: `passages` has what is shown: `page` counts from 1, `heading` has the heading of each
   * of its sections on a line. `forms` are other ways to write
   * the words of title and text. `words` are those that another may be mistyped for, found by what they share of
   * `word_trigrams`. `settings` has what the last build was asked for and whether it came to its end,
   * `unread` the files that it could not read. Of the full-text index more is kept in memory before it is written, and
   * more pieces before they are merged, than by default: a build takes a tenth less.
   */
  schema: `
    create table documents (
      id integer primary key, key text not null unique, title text not null, url text, date text,
      size integer, modified real, sha256 text
    );
    create table passages (
      id integer primary key, document integer not null, position integer not null, text text not null,
      page integer, heading text
    );
    create index passages_of_document on passages (document, position);
    create virtual table passage_terms using fts5(
      title, text, forms, content='', contentless_delete=1, tokenize='${TOKENIZER}'
    );
    insert into passage_terms (passage_terms, rank) values ('hashsize', 8000000), ('automerge', 8);
    create table words (id integer primary key, word text not null unique);
    create virtual table word_trigrams using fts5(
      trigrams, content='', detail=none, columnsize=0, tokenize='ascii'
    );
    create table settings (name text primary key, value text not null);
    create table unread (key text primary key, size integer not null, modified real not null);
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
 * Opens an index to write it, and creates it where there is none. One of files that an older version wrote is emptied:
 * the files are read again.
 *
 * @throws AgenticRagError `index-unusable`, also while another process writes it
 */
export function openToWrite(file: string): SqliteDatabase {
  const database = open({ ...FORMAT, file, mode: "write", upgrade: startOver });
  try {
    // a second writer is noticed before it has worked
    inTransaction(database, "immediate", () => undefined);
    return database;
  } catch (error) {
    database.close();
    throw explainIndexError(file, error);
  }
}

function startOver(database: SqliteDatabase, from: number): void {
  if (from > FORMAT.version) throw new SqliteProblem("newer");
  // documents that are no files cannot be read again
  const { others } = countRow.parse(
    database.prepare("select count(*) as others from documents where sha256 is null").get(),
  );
  if (others > 0) throw new SqliteProblem("older");
  for (const table of [
    "documents",
    "passages",
    "passage_terms",
    "words",
    "word_trigrams",
    "settings",
    "unread",
    "vectors",
  ])
    database.exec(`drop table if exists ${table}`);
  database.exec(FORMAT.schema);
}

const countRow = z.object({ others: z.number() });

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
export function explainIndexError(
  file: string,
  error: unknown,
  mode: DatabaseOptions["mode"] = "write",
): unknown {
  const problem = sqliteProblem(error);
  if (problem === undefined) return error;
  const { fault, message } = problem;
  const text =
    fault === "missing"
      ? `There is no index at ${file}. Build one from a folder of documents.`
      : fault === "older" && mode === "read"
        ? `The index ${file} ${message}. Build it again.`
        : fault === "damaged" || fault === "older"
          ? `The index ${file} ${message}. Delete it and build the index again.`
          : `The index ${file} ${message}.`;
  return new AgenticRagError("index-unusable", text, { cause: error });
}

function open(options: DatabaseOptions): SqliteDatabase {
  try {
    return openDatabase(options);
  } catch (error) {
    throw explainIndexError(options.file, error, options.mode);
  }
}
