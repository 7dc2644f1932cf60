import { resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { z } from "zod";
import { throwIfAborted } from "../../net/abort.ts";
import type { Document, DocumentProblem, LeftOut } from "./documents/document.ts";
import { listFolder } from "./documents/folder.ts";
import { type OnProgress, readFolderChanges } from "./folder-changes.ts";
import { holdLock } from "../../sqlite/lock.ts";
import type { SqliteDatabase } from "../../sqlite/sqlite.ts";
import { explainIndexError, finishWriting, openToWrite } from "./index-store.ts";
import { createIndexWriter, type Entry, type IndexWriter } from "./index-writer.ts";
import { type LocalIndex, readIndex } from "./local-index.ts";
import { passagesOf } from "./passages.ts";

export interface IndexFolderOptions {
  readonly folder: string;
  /** Where the index is kept; `:memory:` keeps it in this process only. */
  readonly file: string;
  /** Larger files are left out and reported. Default 20,000,000. */
  readonly maxFileBytes?: number;
  /** Patterns as in a `.gitignore`, of what is not read. */
  readonly exclude?: readonly string[] | undefined;
  readonly onProgress?: OnProgress;
  /** Called once where another build of the same file is at work, which is waited for. */
  readonly onWait?: (() => void) | undefined;
  /** Ends the build; the promise then rejects with an AbortError, and the index holds what was done so far. */
  readonly signal?: AbortSignal;
}

export interface IndexDocumentsOptions {
  /** Told apart by their `url`. */
  readonly documents: Iterable<Document> | AsyncIterable<Document>;
  readonly file: string;
  readonly signal?: AbortSignal;
}

export interface IndexReport {
  /** What the index holds now. */
  readonly documents: number;
  readonly passages: number;
  readonly added: number;
  readonly updated: number;
  readonly removed: number;
  readonly unchanged: number;
  readonly problems: readonly DocumentProblem[];
  /** What was not read because of its kind, or because somebody said so: the most frequent first. */
  readonly leftOut: readonly LeftOut[];
  /** Size of the index. */
  readonly bytes: number;
  readonly ms: number;
}

export interface BuiltIndex {
  /** Open and ready to be searched; the caller closes it. */
  readonly index: LocalIndex;
  readonly report: IndexReport;
}

type Changes = Pick<IndexReport, "added" | "updated" | "removed" | "unchanged" | "problems" | "leftOut">;

const DEFAULT_MAX_FILE_BYTES = 20_000_000;
const BATCH_DOCUMENTS = 200;
const BATCH_CHARACTERS = 4_000_000;

/**
 * Makes the index hold the files of a folder as they are now (Markdown, HTML, PDF, plain text and more): new and changed ones
 * are read, deleted ones removed. A file that cannot be read is a problem in the report, and what was indexed of it
 * before stays. The index can be searched all the while, by other processes too.
 *
 * @throws AgenticRagError `documents-unreadable`, `index-unusable`
 */
export async function buildIndex(options: IndexFolderOptions): Promise<BuiltIndex> {
  const { signal, onProgress } = options;
  throwIfAborted(signal);
  const folder = resolve(options.folder);
  const { exclude, maxFileBytes = DEFAULT_MAX_FILE_BYTES } = options;
  const listed = { maxFileBytes, ...(exclude !== undefined && { exclude: [...exclude] }) };
  // a folder that cannot be read is no reason to make a file
  const first = await listFolder(folder, listed);
  return writeIndex(options, async (writer, waited) => {
    const listing = waited ? await listFolder(folder, listed) : first;
    const problemsBefore = new Map(writer.readNotRead().problems.map((problem) => [problem.path, problem]));
    const known = { files: writer.readFiles(), problems: problemsBefore };
    const changes = readFolderChanges(folder, listing, known, onProgress);
    writer.begin({ folder, listed: listing.files.length, options: listed });
    const { added, updated } = await putAll(writer, changes.entries, signal);
    writer.touch(changes.touched);
    writer.remove(changes.removed);
    writer.finish(changes.unread);
    const { removed } = changes;
    const { leftOut } = listing;
    writer.setNotRead({ leftOut, problems: changes.problems });
    const problems = changes.problems.map(({ path, reason }) => ({ path, reason }));
    return { added, updated, removed: removed.length, unchanged: changes.unchanged(), problems, leftOut };
  });
}

/**
 * Adds documents that are no files to an index, or replaces those of the same URL.
 *
 * @throws AgenticRagError `index-unusable`
 */
export async function indexDocuments(options: IndexDocumentsOptions): Promise<BuiltIndex> {
  throwIfAborted(options.signal);
  return writeIndex(options, async (writer) => {
    const { added, updated } = await putAll(writer, toEntries(options.documents), options.signal);
    return { added, updated, removed: 0, unchanged: 0, problems: [], leftOut: [] };
  });
}

async function* toEntries(documents: IndexDocumentsOptions["documents"]): AsyncGenerator<Entry> {
  for await (const document of documents) {
    const { title, url, date, text } = document;
    yield { key: url, title, url, date, passages: passagesOf([{ text: text, headings: [] }]) };
  }
}

/** One build of a file at a time: what another has read need not be read again. */
async function writeIndex(
  { file, signal, onWait = () => undefined }: Pick<IndexFolderOptions, "file" | "signal" | "onWait">,
  write: (writer: IndexWriter, waited: boolean) => Promise<Changes>,
): Promise<BuiltIndex> {
  const start = performance.now();
  const database = openToWrite(file);
  let letGo: (() => void) | undefined;
  try {
    let waited = false;
    if (file !== ":memory:") {
      const tell = (): void => {
        waited = true;
        onWait();
      };
      letGo = await holdLock(`${file}.lock`, { signal, onWait: tell });
    }
    const writer = createIndexWriter(database);
    const changes = await write(writer, waited);
    if (changes.added + changes.updated + changes.removed > 0) writer.optimise();
    finishWriting(database);
    const index = readIndex(file, database);
    const ms = Math.round(performance.now() - start);
    return { index, report: { ...index.count(), ...changes, bytes: readSize(database), ms } };
  } catch (error) {
    finishWriting(database);
    database.close();
    throw explainIndexError(file, error);
  } finally {
    letGo?.();
  }
}

/** Writes in batches, each wholly or not at all, and lets other work run in between. */
async function putAll(
  writer: IndexWriter,
  entries: AsyncIterable<Entry>,
  signal: AbortSignal | undefined,
): Promise<{ readonly added: number; readonly updated: number }> {
  let batch: Entry[] = [];
  let characters = 0;
  let put = 0;
  let updated = 0;
  async function flush(): Promise<void> {
    updated += writer.put(batch);
    put += batch.length;
    batch = [];
    characters = 0;
    await setImmediate();
    throwIfAborted(signal);
  }
  for await (const entry of entries) {
    throwIfAborted(signal);
    batch.push(entry);
    characters += entry.passages.reduce((sum, { text }) => sum + text.length, 0);
    if (batch.length === BATCH_DOCUMENTS || characters > BATCH_CHARACTERS) await flush();
  }
  if (batch.length > 0) await flush();
  return { added: put - updated, updated };
}

const sizeRow = z.object({ bytes: z.number() });

function readSize(database: SqliteDatabase): number {
  const sql = "select page_count * page_size as bytes from pragma_page_count, pragma_page_size";
  return sizeRow.parse(database.prepare(sql).get()).bytes;
}
