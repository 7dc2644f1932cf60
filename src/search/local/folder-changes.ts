import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { cleanLine } from "../clean-text.ts";
import type { DocumentProblem } from "./documents/document.ts";
import { parseFile } from "./documents/file.ts";
import type { FolderListing, ListedFile } from "./documents/folder.ts";
import type { Entry, FileState } from "./index-writer.ts";

/** Called after each file. */
export type OnProgress = (progress: {
  readonly path: string;
  readonly done: number;
  readonly total: number;
}) => void;

export interface FolderChanges {
  /** Reads the files that are new or changed, one at a time; to be gone through once, before the rest is asked for. */
  readonly entries: AsyncIterable<Entry>;
  /** Files whose contents are the same, although their time is not. */
  readonly touched: ReadonlyMap<string, FileState>;
  /** Files of the index that are gone. One that is there but cannot be read is not. */
  readonly removed: readonly string[];
  readonly problems: readonly DocumentProblem[];
  unchanged(): number;
}

/** Compares a folder with the files that are in the index: by size and time first, then by content. */
export function readFolderChanges(
  folder: string,
  listing: FolderListing,
  known: ReadonlyMap<string, FileState>,
  onProgress: OnProgress = () => undefined,
): FolderChanges {
  const problems = [...listing.problems];
  const touched = new Map<string, FileState>();
  let unchanged = 0;

  async function readEntry({ path, size, modified }: ListedFile): Promise<Entry | undefined> {
    const before = known.get(path);
    if (before?.size === size && before.modified === modified) {
      unchanged++;
      return undefined;
    }
    const bytes = await readFile(join(folder, path));
    const state = { size, modified, sha256: createHash("sha256").update(bytes).digest("hex") };
    if (before?.sha256 === state.sha256) {
      unchanged++;
      touched.set(path, state);
      return undefined;
    }
    const { title, url, date, text, problem } = await parseFile(path, bytes);
    if (problem !== undefined) problems.push({ path, reason: problem });
    if (text === "") throw new Error("it holds no text");
    return { key: path, title, url: url ?? null, date, text, file: state };
  }
  async function* readEntries(): AsyncGenerator<Entry> {
    for (const [index, file] of listing.files.entries()) {
      try {
        const entry = await readEntry(file);
        if (entry !== undefined) yield entry;
      } catch (error) {
        const kept = known.has(file.path) ? "; what was indexed of it before stays" : "";
        problems.push({ path: file.path, reason: `${describe(error)}${kept}` });
      }
      onProgress({ path: file.path, done: index + 1, total: listing.files.length });
    }
  }
  function isThere(path: string): boolean {
    return present.has(path) || listing.problems.some((problem) => `${path}/`.startsWith(`${problem.path}/`));
  }
  const present = new Set(listing.files.map((file) => file.path));
  return {
    entries: readEntries(),
    touched,
    removed: [...known.keys()].filter((path) => !isThere(path)),
    problems,
    unchanged: () => unchanged,
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? cleanLine(error.message) : "it cannot be read";
}
