import Database from "libsql";
import { describe } from "vitest";
import { connectPostgres } from "../../src/postgres/connection.ts";
import { NO_POSTGRES } from "../servers/postgres.ts";
import { newFile } from "./checkpoints.ts";
import { newSchema, usePostgres } from "./postgres/place.ts";
import { describeTwoProcesses } from "./two-processes.ts";

describeTwoProcesses(
  "on one SQLite file",
  async () => newFile(),
  (file, work) => {
    const database = new Database(file, { timeout: 5_000 });
    database.exec("begin immediate");
    work();
    database.exec("rollback");
    database.close();
  },
);

describe.skipIf(NO_POSTGRES !== "")(`PostgreSQL ${NO_POSTGRES}`, () => {
  const server = usePostgres();
  describeTwoProcesses(
    "on one PostgreSQL",
    async () => {
      const name = newSchema();
      const connection = await connectPostgres(server().url);
      await connection.query(`create database ${name}`);
      await connection.close();
      return server().url.replace(/postgres$/u, name);
    },
    // a renewal is one statement, which the server brings to its end
    (_address, work) => work(),
  );
});
