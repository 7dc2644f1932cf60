import { resolve } from "node:path";
import { setImmediate, setTimeout as delay } from "node:timers/promises";
import { throwIfAborted } from "../../net/abort.ts";
import type { DocumentProblem, LeftOut } from "./documents/document.ts";
import { type FolderListing, type ListedFile, listFolder } from "./documents/folder.ts";
import { type FolderChanges, type OnProgress, readFolderChanges } from "./folder-changes.ts";
import type { Entry, FileClaims, FileState, IndexWriter } from "./index-writer.ts";
import type { DocumentIndex } from "./local-index.ts";
import type { Awaitable } from "./steps.ts";

export interface BuildOptions {
  readonly folder: string;
  /** Larger files are left out and reported. Default 20,000,000. */
  readonly maxFileBytes?: number;
  /** Patterns as in a `.gitignore`, of what is not read. */
  readonly exclude?: readonly string[] | undefined;
  readonly onProgress?: OnProgress;
  /** Called once where another build of the same index is at work, which is waited for. */
  readonly onWait?: (() => void) | undefined;
  /** Ends the build; the promise then rejects with an AbortError, and the index holds what was done so far. */
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

/** An index that was built, and what was done. */
export interface BuiltFrom<Index extends DocumentIndex> {
  /** Open and ready to be searched; the caller closes it. */
  readonly index: Index;
  readonly report: IndexReport;
}

/** A store that is open to be written. */
export interface OpenTarget<Index extends DocumentIndex> {
  readonly writer: IndexWriter;
  /** Another build had to be waited for: the folder may have changed since. */
  readonly waited: boolean;
  /** Ends the writing. */
  finish(): Awaitable<{ readonly index: Index; readonly bytes: number }>;
  /** Closes it after an error, and gives the error as one that says what to do. */
  fail(error: unknown): Awaitable<unknown>;
  /** Lets other builds go on, in any case the last call. */
  letGo(): Awaitable<void>;
}

type Changes = Pick<IndexReport, "added" | "updated" | "removed" | "unchanged" | "problems" | "leftOut">;

const DEFAULT_MAX_FILE_BYTES = 20_000_000;
const BATCH_DOCUMENTS = 200;
const BATCH_CHARACTERS = 4_000_000;
/** Files that a build takes for itself at a time, where several build at once. */
const TAKEN_AT_ONCE = 32;
const ASK_AGAIN_MS = 200;

/** Makes an index hold the files of a folder as they are now. */
export async function buildFromFolder<Index extends DocumentIndex>(
  options: BuildOptions,
  open: (listing: FolderListing) => Promise<OpenTarget<Index>>,
): Promise<BuiltFrom<Index>> {
  const { signal, onProgress } = options;
  throwIfAborted(signal);
  const folder = resolve(options.folder);
  const { exclude, maxFileBytes = DEFAULT_MAX_FILE_BYTES } = options;
  const listed = { maxFileBytes, ...(exclude !== undefined && { exclude: [...exclude] }) };
  // a folder that cannot be read is no reason to make an index
  const first = await listFolder(folder, listed);
  return writeInto(
    () => open(first),
    async (writer, waited) => {
      const listing = waited ? await listFolder(folder, listed) : first;
      const problemsBefore = (await writer.readNotRead()).problems;
      const known = await writer.readFiles();
      const changes = readFolderChanges(
        folder,
        listing,
        { files: known, problems: new Map(problemsBefore.map((problem) => [problem.path, problem])) },
        onProgress,
      );
      try {
        await writer.begin({ folder, listed: listing.files.length, options: listed });
        const { added, updated } = await readAll(writer, listing.files, changes, known, options);
        await writer.touch(changes.touched);
        await writer.remove(changes.removed);
        await writer.finish(changes.unread);
        const { removed } = changes;
        const { leftOut } = listing;
        await writer.setNotRead({ leftOut, problems: changes.problems });
        const problems = changes.problems.map(({ path, reason }) => ({ path, reason }));
        return { added, updated, removed: removed.length, unchanged: changes.unchanged(), problems, leftOut };
      } finally {
        await changes.close();
      }
    },
  );
}

/** Writes what `work` says, and opens the index that came of it. */
export async function writeInto<Index extends DocumentIndex>(
  open: () => Promise<OpenTarget<Index>>,
  work: (writer: IndexWriter, waited: boolean) => Promise<Changes>,
): Promise<BuiltFrom<Index>> {
  const start = performance.now();
  const target = await open();
  const { writer } = target;
  try {
    const changes = await work(writer, target.waited);
    if (changes.added + changes.updated + changes.removed > 0) await writer.optimise();
    const { index, bytes } = await target.finish();
    const ms = Math.round(performance.now() - start);
    return { index, report: { ...(await index.count()), ...changes, bytes, ms } };
  } catch (error) {
    throw await target.fail(error);
  } finally {
    await target.letGo();
  }
}

/**
 * Reads and writes what is new or changed. Where several build at once, each takes some files at a time; what another
 * has taken is looked at again until that one has written it, or is gone.
 */
async function readAll(
  writer: IndexWriter,
  files: readonly ListedFile[],
  changes: FolderChanges,
  known: Map<string, FileState>,
  { signal, onWait }: BuildOptions,
): Promise<{ readonly added: number; readonly updated: number }> {
  const { claims } = writer;
  if (claims === undefined) return putAll(writer, changes.entries(files), signal);
  let [added, updated] = [0, 0];
  for (let left = files; left.length > 0;) {
    const others: ListedFile[] = [];
    const put = await putAll(writer, changes.entries(take(left, claims, others)), signal);
    await claims.release();
    added += put.added;
    updated += put.updated;
    if (left === files && others.length > 0) onWait?.();
    left = others;
    if (left.length > 0) await delay(ASK_AGAIN_MS, undefined, { ...(signal !== undefined && { signal }) });
  }
  return { added, updated };

  async function* take(
    left: readonly ListedFile[],
    from: FileClaims,
    others: ListedFile[],
  ): AsyncGenerator<ListedFile> {
    for (let at = 0; at < left.length; at += TAKEN_AT_ONCE) {
      const group = left.slice(at, at + TAKEN_AT_ONCE);
      const open = group.filter((file) => !changes.isSettled(file)).map(({ path }) => path);
      const taken = open.length === 0 ? new Map<string, FileState>() : await from.take(open);
      for (const [path, state] of taken) if (state !== undefined) known.set(path, state);
      for (const file of group) {
        if (changes.isSettled(file) || taken.has(file.path)) yield file;
        else others.push(file);
      }
    }
  }
}

/**
 * Writes in batches, each wholly or not at all, and lets other work run in between. No more than a batch is held at a
 * time.
 *
 * @param most documents of a batch
 */
export async function putAll(
  writer: IndexWriter,
  entries: AsyncIterable<Entry>,
  signal: AbortSignal | undefined,
  most = BATCH_DOCUMENTS,
): Promise<{ readonly added: number; readonly updated: number }> {
  let batch = new Map<string, Entry>();
  let characters = 0;
  let put = 0;
  let updated = 0;
  async function flush(): Promise<void> {
    updated += await writer.put([...batch.values()]);
    batch = new Map();
    characters = 0;
    await setImmediate();
    throwIfAborted(signal);
  }
  for await (const entry of entries) {
    throwIfAborted(signal);
    put += 1;
    // the last of one key counts
    if (batch.has(entry.key)) updated += 1;
    batch.set(entry.key, entry);
    characters += entry.passages.reduce((sum, { text }) => sum + text.length, 0);
    if (batch.size === most || characters > BATCH_CHARACTERS) await flush();
  }
  if (batch.size > 0) await flush();
  return { added: put - updated, updated };
}
