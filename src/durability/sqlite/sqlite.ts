import type { BaseStore } from "@langchain/langgraph";
import { forgetSearches } from "../../search/journal/journal.ts";
import { Book } from "../book.ts";
import { Checkpointer } from "../checkpointer.ts";
import type { Durability } from "../durability.ts";
import { DatabaseStore } from "../store.ts";
import { createSqliteCheckpointRows } from "./checkpoint-rows.ts";
import { openStoreFile } from "./file.ts";
import { createSqliteItems } from "./items.ts";
import { createSqliteThreads } from "./threads.ts";

export interface SqliteStoreOptions {
  /** How long a call waits for another process that writes, in milliseconds; nothing else runs meanwhile. Default 5,000. */
  readonly lockTimeoutMs?: number;
}

/**
 * Checkpoints, search journal and book of threads in one SQLite file, made where there is none: the file and its new
 * folder for their owner alone (0600, 0700). Several processes may use it at once. `:memory:` keeps nothing.
 *
 * @throws AgenticRagError `store-unusable` when the file is no database or another program's, was written by a newer
 * version, cannot be read or written, or stays locked; then also from each call.
 */
export function openSqliteDurability(
  file: string,
  { lockTimeoutMs = 5_000 }: SqliteStoreOptions = {},
): Durability {
  const opened = openStoreFile(file, lockTimeoutMs);
  const store = new DatabaseStore(createSqliteItems(opened));
  const book = new Book(createSqliteThreads(opened), (threadId) => forgetSearches(store, threadId));
  return {
    checkpointer: new Checkpointer(
      createSqliteCheckpointRows(opened, (threadId) => book.heldEpoch(threadId)),
    ),
    store,
    book,
    async close() {
      opened.close();
    },
  };
}

/** The store alone, in the same kind of file and with the same errors. `stop` closes the file. */
export function createSqliteStore(
  file: string,
  { lockTimeoutMs = 5_000 }: SqliteStoreOptions = {},
): BaseStore {
  return new DatabaseStore(createSqliteItems(openStoreFile(file, lockTimeoutMs)));
}
