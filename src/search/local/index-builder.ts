import { createHash } from "node:crypto";
import { z } from "zod";
import { throwIfAborted } from "../../net/abort.ts";
import { holdLock } from "../../sqlite/lock.ts";
import type { SqliteDatabase } from "../../sqlite/sqlite.ts";
import { cleanText } from "../clean-text.ts";
import type { Document } from "./documents/document.ts";
import {
  buildFromFolder,
  type BuildOptions,
  type BuiltFrom,
  type OpenTarget,
  putAll,
  writeInto,
} from "./index-build.ts";
import type { Entry } from "./index-writer.ts";
import { type LocalIndex, readIndexes } from "./local-index.ts";
import { passagesOf } from "./passages.ts";
import { explainIndexError, finishWriting, openToWrite } from "./sqlite/index-store.ts";
import { createIndexWriter } from "./sqlite/index-writer.ts";

export type { IndexReport } from "./index-build.ts";

export interface IndexFolderOptions extends BuildOptions {
  /** Where the index is kept; `:memory:` keeps it in this process only. */
  readonly file: string;
}

export interface IndexDocumentsOptions {
  /** Told apart by their `url`. */
  readonly documents: Iterable<Document> | AsyncIterable<Document>;
  readonly file: string;
  readonly signal?: AbortSignal;
}

const MOST_KEY_BYTES = 2_000;
/** Documents that need not be read from files come fast: the larger a batch, the less is merged. */
const BATCH_DOCUMENTS = 1_000;

export type BuiltIndex = BuiltFrom<LocalIndex>;

/**
 * Makes the index hold the files of a folder as they are now (Markdown, HTML, PDF, plain text and more): new and changed ones
 * are read, deleted ones removed. A file that cannot be read is a problem in the report, and what was indexed of it
 * before stays. The index can be searched all the while, by other processes too.
 *
 * @throws AgenticRagError `documents-unreadable`, `index-unusable`
 */
export function buildIndex(options: IndexFolderOptions): Promise<BuiltIndex> {
  return buildFromFolder(options, () => openTarget(options));
}

/**
 * Adds documents that are no files to an index, or replaces those of the same URL.
 *
 * @throws AgenticRagError `index-unusable`
 */
export async function indexDocuments(options: IndexDocumentsOptions): Promise<BuiltIndex> {
  throwIfAborted(options.signal);
  return writeInto(
    () => openTarget(options),
    async (writer) => {
      const { added, updated } = await putAll(
        writer,
        toEntries(options.documents),
        options.signal,
        BATCH_DOCUMENTS,
      );
      return { added, updated, removed: 0, unchanged: 0, problems: [], leftOut: [] };
    },
  );
}

export async function* toEntries(documents: IndexDocumentsOptions["documents"]): AsyncGenerator<Entry> {
  for await (const document of documents) {
    const url = cleanText(document.url);
    yield {
      key: keyOf(url),
      title: cleanText(document.title),
      url,
      date: document.date === undefined ? undefined : cleanText(document.date),
      passages: passagesOf([{ text: cleanText(document.text), headings: [] }]),
    };
  }
}

/** The address, with a hash for what a store cannot look up: PostgreSQL takes 2,704 bytes. */
function keyOf(url: string): string {
  if (Buffer.byteLength(url) <= MOST_KEY_BYTES) return url;
  return `${url.slice(0, MOST_KEY_BYTES / 4)}#${createHash("sha256").update(url).digest("hex")}`;
}

/** One build of a file at a time: what another has read need not be read again. */
async function openTarget({
  file,
  signal,
  onWait = () => undefined,
}: Pick<IndexFolderOptions, "file" | "signal" | "onWait">): Promise<OpenTarget<LocalIndex>> {
  const database = openToWrite(file);
  const fail = (error: unknown): unknown => {
    finishWriting(database);
    database.close();
    return explainIndexError(file, error);
  };
  try {
    let waited = false;
    const tell = (): void => {
      waited = true;
      onWait();
    };
    const letGo =
      file === ":memory:" ? () => undefined : await holdLock(`${file}.lock`, { signal, onWait: tell });
    return {
      writer: createIndexWriter(database),
      waited,
      finish() {
        finishWriting(database);
        return { index: readIndexes([{ file, database }]), bytes: readSize(database) };
      },
      fail,
      letGo,
    };
  } catch (error) {
    throw fail(error);
  }
}

const sizeRow = z.object({ bytes: z.number() });

function readSize(database: SqliteDatabase): number {
  const sql = "select page_count * page_size as bytes from pragma_page_count, pragma_page_size";
  return sizeRow.parse(database.prepare(sql).get()).bytes;
}
