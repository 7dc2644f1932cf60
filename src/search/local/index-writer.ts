import type { Build } from "./build-record.ts";
import type { Document } from "./documents/document.ts";
import type { ListedFile } from "./documents/folder.ts";
import type { NotRead } from "./not-read.ts";
import type { Passage } from "./passages.ts";
import type { Awaitable } from "./steps.ts";

/** What tells whether a file changed since it was indexed. */
export interface FileState {
  readonly size: number;
  readonly modified: number;
  readonly sha256: string;
}

/** A document under the key that tells it from the others; `url` is null where it follows from the key. */
export interface Entry extends Omit<Document, "url" | "text"> {
  readonly key: string;
  readonly url: string | null;
  readonly passages: readonly Passage[];
  readonly file?: FileState;
}

/** Files of a folder that builds on several machines share out among themselves. */
export interface FileClaims {
  /** Takes those that no other build has. Tells of each what the index holds of it now; undefined where nothing. */
  take(keys: readonly string[]): Awaitable<ReadonlyMap<string, FileState | undefined>>;
  /** Gives back what was taken and not put. */
  release(): Awaitable<void>;
}

/** What a build asks of the store that an index lies in. */
export interface IndexWriter {
  /** Absent where one build at a time is at work. */
  readonly claims?: FileClaims;
  /** The files in the index by key. */
  readFiles(): Awaitable<Map<string, FileState>>;
  /** Adds documents of different keys, or replaces those under the same: all of them or none. Returns how many were replaced. */
  put(entries: readonly Entry[]): Awaitable<number>;
  /** Notes that files were touched although their contents are the same. */
  touch(files: ReadonlyMap<string, FileState>): Awaitable<void>;
  remove(keys: readonly string[]): Awaitable<void>;
  /** Notes what is to be read from where; until `finish` the index says that it is not whole. */
  begin(build: Omit<Build, "finished">): Awaitable<void>;
  /** Notes that everything was read, but for these files. */
  finish(unread: readonly ListedFile[]): Awaitable<void>;
  readNotRead(): Awaitable<NotRead>;
  /** What of the folder is not in the index. */
  setNotRead(notRead: NotRead): Awaitable<void>;
  /** Merges the full-text index into one piece, which makes searching fastest. */
  optimise(): Awaitable<void>;
}
