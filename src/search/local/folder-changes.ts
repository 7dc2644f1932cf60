import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "../../errors.ts";
import { cleanLine } from "../clean-text.ts";
import { createDocumentReading, UnreadableFile } from "./documents/reading.ts";
import type { FolderListing, ListedFile } from "./documents/folder.ts";
import type { Entry, FileState } from "./index-writer.ts";
import type { KnownProblem } from "./not-read.ts";
import { passagesOf } from "./passages.ts";

/** Called after each file. */
export type OnProgress = (progress: {
  readonly path: string;
  readonly done: number;
  readonly total: number;
}) => void;

export interface FolderChanges {
  /** Whether the index holds the file as it is, or is known not to be able to. */
  isSettled(file: ListedFile): boolean;
  /** Reads those of some files that are new or changed, one at a time. All are to be gone through before the rest is asked for. */
  entries(files: Iterable<ListedFile> | AsyncIterable<ListedFile>): AsyncIterable<Entry>;
  /** Ends what reads them. */
  close(): Promise<void>;
  /** Files whose contents are the same, although their time is not. */
  readonly touched: ReadonlyMap<string, FileState>;
  /** Files of the index that are gone. One that is there but cannot be read is not. */
  readonly removed: readonly string[];
  readonly problems: readonly KnownProblem[];
  /** Files that are there and could not be read. */
  readonly unread: readonly ListedFile[];
  unchanged(): number;
}

/** What the index holds of a folder, by path, and what of it could not be read. */
export interface KnownFolder {
  readonly files: ReadonlyMap<string, FileState>;
  readonly problems: ReadonlyMap<string, KnownProblem>;
}

/**
 * Compares a folder with the files that are in the index: by size and time first, then by content. What could not be
 * read, or not wholly, is not tried again before it changes.
 */
export function readFolderChanges(
  folder: string,
  listing: FolderListing,
  { files: known, problems: before }: KnownFolder,
  onProgress: OnProgress = () => undefined,
): FolderChanges {
  const problems: KnownProblem[] = [...listing.problems];
  const reading = createDocumentReading();
  const touched = new Map<string, FileState>();
  const unread: ListedFile[] = [];
  let unchanged = 0;
  let done = 0;

  async function readEntry({ path, size, modified }: ListedFile): Promise<Entry | undefined> {
    const held = known.get(path);
    const told = before.get(path);
    const isHeld = isSame(held, { size, modified });
    const isTold = isSame(told, { size, modified });
    if (isTold && told !== undefined) problems.push(told);
    if (isTold && !isHeld) unread.push({ path, size, modified });
    if (isHeld) unchanged++;
    if (isTold || isHeld) return undefined;
    const bytes = await readFile(join(folder, path));
    const state = { size, modified, sha256: createHash("sha256").update(bytes).digest("hex") };
    if (held?.sha256 === state.sha256) {
      unchanged++;
      if (told?.size !== undefined) problems.push({ ...told, size, modified });
      touched.set(path, state);
      return undefined;
    }
    const { title, url, date, text, sections, problem } = await reading.read(path, bytes);
    if (!/[\p{L}\p{N}]/u.test(text)) throw new UnreadableFile("it holds no text");
    if (problem !== undefined) problems.push({ path, reason: problem, size, modified });
    return { key: path, title, url: url ?? null, date, passages: passagesOf(sections), file: state };
  }
  async function* readEntries(
    files: Iterable<ListedFile> | AsyncIterable<ListedFile>,
  ): AsyncGenerator<Entry> {
    for await (const file of files) {
      const entry = await readEntry(file).catch((error: unknown) => {
        const kept = known.has(file.path) ? "; what was indexed of it before stays" : "";
        const reason = `${describe(error)}${kept}`;
        const { path, size, modified } = file;
        problems.push(error instanceof UnreadableFile ? { path, reason, size, modified } : { path, reason });
        unread.push(file);
      });
      if (entry !== undefined) yield entry;
      done++;
      onProgress({ path: file.path, done, total: listing.files.length });
    }
  }
  function isThere(path: string): boolean {
    return present.has(path) || listing.problems.some((problem) => `${path}/`.startsWith(`${problem.path}/`));
  }
  const present = new Set(listing.files.map((file) => file.path));
  return {
    isSettled: (file) => isSame(known.get(file.path), file) || isSame(before.get(file.path), file),
    entries: readEntries,
    close: () => reading.close(),
    touched,
    removed: [...known.keys()].filter((path) => !isThere(path)),
    problems,
    unread,
    unchanged: () => unchanged,
  };
}

function isSame(
  before: { readonly size?: number | undefined; readonly modified?: number | undefined } | undefined,
  { size, modified }: Pick<ListedFile, "size" | "modified">,
): boolean {
  return before?.size === size && before.modified === modified;
}

function describe(error: unknown): string {
  const code = codeOf(error);
  if (code !== undefined) return `it cannot be read (${code})`;
  return error instanceof Error ? cleanLine(error.message) : "it cannot be read";
}
