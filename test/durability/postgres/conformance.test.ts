import { describe } from "vitest";
import { z } from "zod";
import { connectPostgres } from "../../../src/postgres/connection.ts";
import { openPostgresDurability } from "../../../src/durability/postgres/postgres.ts";
import { describeDurability } from "../../conformance/durability.ts";
import { NO_POSTGRES } from "../../servers/postgres.ts";
import { newSchema, usePostgres } from "./place.ts";

describe.skipIf(NO_POSTGRES !== "")(`PostgreSQL ${NO_POSTGRES}`, () => {
  const server = usePostgres();

  describeDurability("in PostgreSQL", () => {
    const schema = newSchema();
    const run = async (sql: string): Promise<unknown> => {
      const connection = await connectPostgres(server().url, { schema });
      try {
        return (await connection.query(sql))[0];
      } finally {
        await connection.close();
      }
    };
    return {
      open: () => openPostgresDurability(server().url, { schema }),
      async spoil(part, except) {
        const column = part === "heads" ? "head" : "changed";
        await run(`update $schema.checkpoints set ${column} = '\\x00' where row_id <> ${except}`);
      },
      async storedBytes() {
        const row = await run(
          `select (select sum(pg_column_size(c.*)) from $schema.checkpoints c)
             + (select sum(pg_column_size(w.*)) from $schema.writes w) as stored`,
        );
        return z.object({ stored: z.coerce.number() }).parse(row).stored;
      },
    };
  });
});
