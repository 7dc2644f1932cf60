import { afterAll, beforeAll, onTestFinished } from "vitest";
import type { Durability } from "../../../src/durability/durability.ts";
import { openPostgresDurability } from "../../../src/durability/postgres/postgres.ts";
import type { PostgresOptions } from "../../../src/postgres/connection.ts";
import { startPostgres, type PostgresServer } from "../../servers/postgres.ts";

let made = 0;

/** A schema that no test has used. */
export function newSchema(): string {
  made += 1;
  return `test_${made}`;
}

/** One server for all tests of a file. */
export function usePostgres(): () => PostgresServer {
  let server: PostgresServer | undefined;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.close());
  return () => {
    if (server === undefined) throw new Error("the server is not started yet");
    return server;
  };
}

/** Closed with the test. */
export async function opened(
  server: Pick<PostgresServer, "url">,
  options: PostgresOptions = {},
): Promise<Durability> {
  const durability = await openPostgresDurability(server.url, { schema: newSchema(), ...options });
  onTestFinished(() => durability.close());
  return durability;
}
