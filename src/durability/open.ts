import { isPostgres } from "../postgres/address.ts";
import type { Durability } from "./durability.ts";

/**
 * Opens the database that keeps threads: a PostgreSQL server for an address such as `postgres://user@host/name`, else
 * a SQLite file.
 *
 * @throws AgenticRagError `store-unusable`
 */
export async function openDurability(address: string): Promise<Durability> {
  if (isPostgres(address)) {
    const { openPostgresDurability } = await import("./postgres/postgres.ts");
    return openPostgresDurability(address);
  }
  const { openSqliteDurability } = await import("./sqlite/sqlite.ts");
  return openSqliteDurability(address);
}
