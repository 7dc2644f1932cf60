import { AgenticRagError } from "../../errors.ts";
import { quoted } from "../../text/quoted.ts";
import type { BuildRecord, ReadFile } from "./build-record.ts";
import { listFolder } from "./documents/folder.ts";

/** How far an index goes, against its folder as it is now. */
export interface IndexState {
  readonly folder: string;
  /** Files of the folder that can be read, as far as is known. */
  readonly files: number;
  /** Of these, those that the index holds. */
  readonly held: number;
  /** Of the held ones, those that were written since. */
  readonly changed: number;
  /** Files that the index holds and that are gone. */
  readonly deleted: number;
  /** False where the last build was stopped, or is still at work. */
  readonly finished: boolean;
}

/** Undefined where there is nothing to compare with: documents that are no files, a folder that cannot be listed. */
export async function compareWithFolder(build: BuildRecord | undefined): Promise<IndexState | undefined> {
  if (build === undefined) return undefined;
  const listing = await listFolder(build.folder, build.options).catch((error: unknown) => {
    if (AgenticRagError.isInstance(error)) return undefined;
    throw error;
  });
  if (listing === undefined) return undefined;
  const readable = listing.files.filter((file) => !isSame(build.unread.get(file.path), file));
  const held = readable.filter(({ path }) => build.files.has(path));
  const unlisted = listing.problems.map(({ path }) => `${path}/`);
  const present = new Set(listing.files.map(({ path }) => path));
  const isThere = (path: string): boolean =>
    present.has(path) || unlisted.some((problem) => `${path}/`.startsWith(problem));
  return {
    folder: build.folder,
    files: readable.length,
    held: held.length,
    changed: held.filter((file) => !isSame(build.files.get(file.path), file)).length,
    deleted: [...build.files.keys()].filter((path) => !isThere(path)).length,
    finished: build.finished,
  };
}

function isSame(before: ReadFile | undefined, { size, modified }: ReadFile): boolean {
  return before?.size === size && (before.modified ?? modified) === modified;
}

/** What an index lacks and what to do, in one line: undefined where it holds its folder as it is. */
export function lackOf({ folder, files, held, changed, deleted, finished }: IndexState): string | undefined {
  if (finished && held === files && changed === 0 && deleted === 0) return undefined;
  const since = [
    ...(changed > 0 ? [`${figure(changed)} changed`] : []),
    ...(deleted > 0 ? [`${figure(deleted)} deleted`] : []),
  ];
  const gone = since.length === 0 ? "" : `, ${since.join(" and ")} since`;
  const stopped = finished ? "" : "; its last build did not come to its end";
  return `The index of ${folder} holds ${figure(held)} of ${figure(files)} files${gone}${stopped}. Run: agentic-rag index ${quoted(folder)}`;
}

function figure(count: number): string {
  return count.toLocaleString("en-US");
}
