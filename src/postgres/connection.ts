import { setTimeout as wait } from "node:timers/promises";
import type * as Driver from "pg";
import type { ClientOptions, Pool, PoolClient } from "pg";
import { AgenticRagError } from "../errors.ts";
import { loadPackage } from "../net/optional-package.ts";
import { databaseUnusable, explainDatabaseError, isPassing } from "./failure.ts";

export interface PostgresOptions {
  /** The schema that holds the tables; made where it is missing. Default `agentic_rag`. */
  readonly schema?: string;
  /** How long a call is repeated while the server cannot be reached or is restarting, in milliseconds. Default 60,000. */
  readonly retryMs?: number;
  /** One call waits in vain: later ones of this process try once, until one gets through. Default false. */
  readonly waitOnce?: boolean;
  /** How long one try to connect may take, in milliseconds. Default 10,000. */
  readonly connectMs?: number;
  /** Connections at a time. Default 10. */
  readonly connections?: number;
}

/** Runs one statement and gives its rows. `$schema` in it stands for the schema. */
export type Query = (sql: string, values?: readonly unknown[]) => Promise<readonly unknown[]>;

/**
 * A database whose calls outlive a restart of the server. Whatever is run must come to the same when it is run twice:
 * a statement whose reply was lost is sent again.
 *
 * @throws AgenticRagError `store-unusable` from each call
 */
export interface PostgresConnection {
  /** Host and database, for messages: without user and password. */
  readonly place: string;
  readonly schema: string;
  readonly query: Query;
  /** All or nothing. */
  transaction<Value>(work: (query: Query) => Promise<Value>): Promise<Value>;
  /** Reads one state of the database, whatever is written meanwhile. */
  snapshot<Value>(work: (query: Query) => Promise<Value>): Promise<Value>;
  close(): Promise<void>;
}

const FIRST_WAIT_MS = 25;
const LONGEST_WAIT_MS = 1000;
/** Servers that did not answer for as long as a call waits, by their addresses. */
const WAITED_FOR = new Set<string>();
/** Sent at once. To compile a query takes longer than to run it as it is. */
const BEGIN_SNAPSHOT = "begin isolation level repeatable read read only; set local jit = off";

/** @throws AgenticRagError `settings-invalid` for an address or a schema that is none, `dependency-missing` without `pg` */
export async function connectPostgres(
  address: string,
  {
    schema = "agentic_rag",
    retryMs = 60_000,
    waitOnce = false,
    connectMs = 10_000,
    connections = 10,
  }: PostgresOptions = {},
): Promise<PostgresConnection> {
  const place = placeOf(address);
  if (!/^[a-z_][a-z0-9_]{0,62}$/u.test(schema)) {
    throw new AgenticRagError(
      "settings-invalid",
      `"${schema}" is no name for a schema. Use lower-case letters, digits and underscores, at most 63.`,
    );
  }
  const driver = await loadPackage<typeof Driver>({
    name: "pg",
    version: "8",
    neededBy: "PostgreSQL needs the package pg",
  });
  const options: ClientOptions = {
    connectionString: address,
    application_name: "agentic-rag",
    keepAlive: true,
    connectionTimeoutMillis: connectMs,
    query_timeout: 60_000,
  };
  // what `pg` cannot read of an address it would tell with the whole address
  if (!canBeRead(() => new driver.Client(options))) throw addressInvalid();
  const pool = new driver.Pool({ ...options, max: connections, allowExitOnIdle: true });
  // A connection that breaks, in use or not, is told by the call that uses it; untold, it would end the process.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));

  let closing: Promise<void> | undefined;
  const repeated = async <Value>(work: (client: PoolClient) => Promise<Value>): Promise<Value> => {
    const begun = performance.now();
    for (let pause = FIRST_WAIT_MS; ; pause = Math.min(pause * 2, LONGEST_WAIT_MS)) {
      if (closing !== undefined) throw databaseUnusable(place, "is closed: it was stopped");
      try {
        const value = await withClient(pool, work);
        WAITED_FOR.delete(address);
        return value;
      } catch (error) {
        if (!isPassing(error)) throw explainDatabaseError(place, error);
        const triedMs = performance.now() - begun;
        if (waitOnce && WAITED_FOR.has(address)) throw explainDatabaseError(place, error);
        if (triedMs + pause > retryMs) {
          WAITED_FOR.add(address);
          throw explainDatabaseError(place, error, triedMs);
        }
      }
      await wait(pause);
    }
  };
  const run = async (client: PoolClient, sql: string, values: readonly unknown[] = []) =>
    (await client.query(sql.replaceAll("$schema", `"${schema}"`), values)).rows;
  const within = <Value>(begin: string, work: (query: Query) => Promise<Value>): Promise<Value> =>
    repeated(async (client) => {
      await client.query(begin);
      try {
        const value = await work((sql, values) => run(client, sql, values));
        await client.query("commit");
        return value;
      } catch (error) {
        // it is the first error that counts; on a broken connection there is nothing left to undo
        await client.query("rollback").catch(() => undefined);
        throw error;
      }
    });

  return {
    place,
    schema,
    query: (sql, values) => repeated((client) => run(client, sql, values)),
    transaction: (work) => within("begin", work),
    snapshot: (work) => within(BEGIN_SNAPSHOT, work),
    close: () => (closing ??= pool.end()),
  };
}

/** A connection on which anything failed is not used again: what its server still does on it is unknown. */
async function withClient<Value>(pool: Pool, work: (client: PoolClient) => Promise<Value>): Promise<Value> {
  const client: PoolClient = await pool.connect();
  try {
    const value = await work(client);
    client.release();
    return value;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

function placeOf(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^postgres(?:ql)?:$/u.test(url.protocol)) throw addressInvalid();
  return `${url.host === "" ? "localhost" : url.host}${url.pathname}`;
}

function addressInvalid(): AgenticRagError {
  return new AgenticRagError(
    "settings-invalid",
    "The address of the database cannot be read. It looks like postgres://user:password@host:5432/name; write %40 for an @ in the password, and so on.",
  );
}

function canBeRead(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
