import { forgetSearches } from "../../search/journal/journal.ts";
import { Book } from "../book.ts";
import { Checkpointer } from "../checkpointer.ts";
import type { Durability } from "../durability.ts";
import { DatabaseStore } from "../store.ts";
import { createPostgresCheckpointRows } from "./checkpoint-rows.ts";
import { connectPostgres, type PostgresOptions } from "../../postgres/connection.ts";
import { setUpSchema } from "./schema.ts";
import { createPostgresThreads } from "./threads.ts";
import { createPostgresItems } from "./items.ts";

/**
 * Checkpoints, search journal and book of threads in one schema of a PostgreSQL database, made where it is missing.
 * Any number of processes on any number of machines may use it at once. A server that restarts, or a connection that
 * breaks, only delays: every call is repeated until it is answered or `retryMs` have passed.
 *
 * What is committed is as durable as the server makes it: leave its `fsync` and `synchronous_commit` on.
 *
 * @throws AgenticRagError `settings-invalid` for an address that cannot be read, `dependency-missing` without the
 * package `pg`, `store-unusable` for a database that refuses or a schema that holds something else. No error contains
 * the password.
 */
export async function openPostgresDurability(
  address: string,
  options: PostgresOptions = {},
): Promise<Durability> {
  const connection = await connectPostgres(address, options);
  try {
    await setUpSchema(connection);
  } catch (error) {
    await connection.close();
    throw error;
  }
  const store = new DatabaseStore(createPostgresItems(connection));
  const rows = createPostgresCheckpointRows(connection, (threadId) => book.heldEpoch(threadId));
  const book: Book = new Book(
    createPostgresThreads(connection, (threadId) => rows.removeThread(threadId)),
    (threadId) => forgetSearches(store, threadId),
  );
  return { checkpointer: new Checkpointer(rows), store, book, close: () => connection.close() };
}
