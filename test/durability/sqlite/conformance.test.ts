import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterAll } from "vitest";
import { openSqliteDurability } from "../../../src/durability/sqlite/sqlite.ts";
import { describeDurability } from "../../conformance/durability.ts";

const folder = mkdtempSync(join(tmpdir(), "durability-"));
afterAll(() => rmSync(folder, { recursive: true }));

describeDurability("in a SQLite file", () => {
  const file = join(folder, `${crypto.randomUUID()}.sqlite`);
  const withDatabase = <Value>(work: (database: Database.Database) => Value): Value => {
    const database = new Database(file);
    try {
      return work(database);
    } finally {
      database.close();
    }
  };
  return {
    open: async () => openSqliteDurability(file),
    async spoil(part, except) {
      const [table, order] = part === "heads" ? ["checkpoints", `"order"`] : ["chunks", "id"];
      withDatabase((database) =>
        database.exec(`update ${table} set body = x'00' where ${order} <> ${except}`),
      );
    },
    storedBytes: async () =>
      withDatabase((database) =>
        ["checkpoints", "chunks", "writes"]
          .map((table) => database.prepare(`select sum(length(body)) as bytes from ${table}`).get())
          .reduce<number>((sum, row) => sum + (row as { bytes: number }).bytes, 0),
      ),
  };
});
