import type { Durability } from "../durability.ts";
import { SqliteBook } from "./book.ts";
import { SqliteCheckpointer } from "./checkpointer.ts";
import { closeDatabase } from "../../sqlite/sqlite.ts";
import { openStoreFile } from "./file.ts";
import { SqliteStore, type SqliteStoreOptions } from "./store.ts";

/**
 * Checkpoints, search journal and book of threads in one SQLite file, made where there is none: the file and its new
 * folder for their owner alone (0600, 0700). Several processes may use it at once. `:memory:` keeps nothing.
 *
 * @throws AgenticRagError `store-unusable`, see `createSqliteStore`
 */
export function openSqliteDurability(
  file: string,
  { lockTimeoutMs = 5_000 }: SqliteStoreOptions = {},
): Durability {
  const database = openStoreFile(file, lockTimeoutMs);
  const store = new SqliteStore(file, database);
  const book = new SqliteBook(file, database, store);
  return {
    checkpointer: new SqliteCheckpointer(file, database, (threadId) => book.requireHeld(threadId)),
    store,
    book,
    async close() {
      if (database.open) closeDatabase(database);
    },
  };
}
