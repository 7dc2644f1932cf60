import type { SqliteDatabase } from "../../sqlite/sqlite.ts";
import type { Respelt } from "../../text/spelling.ts";
import type { FoundResult } from "../outcome.ts";
import type { BuildRecord } from "./build-record.ts";
import type { Counts } from "./index-reader.ts";
import { joinIndexes } from "./joined-index.ts";
import type { NotRead } from "./not-read.ts";
import type { RankedResult } from "./ranking.ts";
import { createIndexReader } from "./sqlite/index-reader.ts";
import { explainIndexError, openToRead } from "./sqlite/index-store.ts";
import { atOnce, type Awaitable } from "./steps.ts";

/** A full-text index over documents, or several that are searched as one. */
export interface DocumentIndex {
  /** Where it lives, for messages: a file, a database, or `:memory:`. */
  readonly place: string;
  /** The folders that it was built from, and how far it came with each. */
  builds(): Awaitable<readonly BuildRecord[]>;
  /** How much it holds now. */
  count(): Awaitable<Counts>;
  /** What the last build left out or could not read. */
  notRead(): Awaitable<NotRead>;
  /** A question with other words in the place of those that no passage holds and that are likely to be mistyped for them. */
  respell(question: string): Awaitable<Respelt>;
  /** The documents that answer a question best, for the words as they are. */
  rank(question: string, maxResults: number): Awaitable<RankedResult[]>;
  close(): Awaitable<void>;
}

/** An index in a file. Calls are synchronous and take milliseconds. */
export interface LocalIndex extends DocumentIndex {
  /** The file it lives in, or `:memory:`. */
  readonly file: string;
  /** The folder that it was built from, and how far it came; undefined where it was built from none. */
  build(): BuildRecord | undefined;
  builds(): readonly BuildRecord[];
  count(): Counts;
  notRead(): NotRead;
  /**
   * The documents that answer a question best, each with its best passages in the order of the document. Passages
   * that hold every term come before those that hold some. A word that no passage holds is looked up as the one that it
   * is likely to be mistyped for. Throws when the file became unusable.
   */
  find(question: string, maxResults: number): FoundResult[];
  /** A question with the words that `find` looks up. */
  respell(question: string): Respelt;
  /** What `find` does, for the words as they are, each result with whether a passage of it holds every term. */
  rank(question: string, maxResults: number): RankedResult[];
  close(): void;
}

/**
 * Opens an index that was built before. It cannot be written through this handle.
 *
 * @throws AgenticRagError `index-unusable` when there is none, or it is damaged or of another version.
 */
export function openIndex(file: string): LocalIndex {
  return openIndexes([file]);
}

/**
 * Opens indexes that were built before, to be searched as one.
 *
 * @throws AgenticRagError `index-unusable` for the first that cannot be
 */
export function openIndexes(files: readonly string[]): LocalIndex {
  const opened: OpenFile[] = [];
  try {
    for (const file of files) {
      const database = openToRead(file);
      opened.push({ file, database });
    }
    return readIndexes(opened);
  } catch (error) {
    for (const { database } of opened) database.close();
    throw error;
  }
}

interface OpenFile {
  readonly file: string;
  readonly database: SqliteDatabase;
}

/** The index in open databases, which are closed with it. */
export function readIndexes(opened: readonly OpenFile[]): LocalIndex {
  const index = joinIndexes(
    opened.map(({ file, database }) => {
      try {
        return createIndexReader(database);
      } catch (error) {
        throw explainIndexError(file, error);
      }
    }),
  );
  const file = opened.map((one) => one.file).join(", ");
  const rank = (question: string, maxResults: number): RankedResult[] =>
    atOnce(index.rank(question, maxResults));
  const respell = (question: string): Respelt => atOnce(index.respell(question));
  const builds = (): readonly BuildRecord[] => atOnce(index.builds());
  return {
    file,
    place: file,
    // each of several is compared with its own folder
    build: () => (opened.length === 1 ? builds()[0] : undefined),
    builds,
    count: () => atOnce(index.count()),
    notRead: () => atOnce(index.notRead()),
    rank,
    respell,
    find: (question, maxResults) => rank(respell(question).text, maxResults).map(({ result }) => result),
    close: () => {
      for (const { database } of opened) database.close();
    },
  };
}
