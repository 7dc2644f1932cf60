import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import { connectPostgres, type PostgresConnection } from "../../../../src/postgres/connection.ts";
import type { BuildOptions } from "../../../../src/search/local/index-build.ts";
import type { DocumentIndex } from "../../../../src/search/local/local-index.ts";
import { buildPostgresIndex, openPostgresIndex } from "../../../../src/search/local/postgres/postgres.ts";
import { startPostgres, type PostgresServer } from "../../../servers/postgres.ts";

let made = 0;

/** What the figures of folders and words say against what is there. */
const UNTRUE = `
  select folder, word, written, held from (
    select folder, word, count(*)::int as held
    from $schema.passage_terms, unnest(tsvector_to_array(terms)) as word group by folder, word
    union all select folder, '', count(*)::int + sum(length)::int from $schema.passage_terms group by folder
  ) held full join (
    select folder, word, passages as written from $schema.word_counts
    union all select id, '', passages + tokens from $schema.folders
  ) written using (folder, word)
  where coalesce(written, 0) <> coalesce(held, 0)`;

/** The passages that hold each word are as many as searches are told. */
export async function expectTrueCounts({ query }: PostgresConnection): Promise<void> {
  expect(await query(UNTRUE)).toEqual([]);
}

export interface Database {
  readonly address: string;
  readonly build: (options: BuildOptions) => Promise<unknown>;
  /** Closed with the test. */
  readonly open: (...folders: readonly string[]) => Promise<DocumentIndex>;
  /** Into the tables of documents, as `$schema`. */
  readonly connection: PostgresConnection;
}

/** One server for all tests of a file, and a database for each of them. */
export function useDatabases(): {
  readonly server: () => PostgresServer;
  readonly create: () => Promise<Database>;
} {
  let started: PostgresServer | undefined;
  beforeAll(async () => {
    started = await startPostgres();
  });
  afterAll(() => started?.close());
  const server = (): PostgresServer => {
    if (started === undefined) throw new Error("the server is not started yet");
    return started;
  };
  async function create(): Promise<Database> {
    made += 1;
    const root = await connectPostgres(server().url);
    await root.query(`create database documents_${made}`);
    await root.close();
    const address = server().url.replace(/postgres$/u, `documents_${made}`);
    const connection = await connectPostgres(address, { schema: "agentic_rag_documents", connections: 2 });
    onTestFinished(() => connection.close());
    return {
      address,
      connection,
      async build(options) {
        const { index, report } = await buildPostgresIndex({ ...options, address });
        await index.close();
        return { ...report, bytes: undefined, ms: undefined };
      },
      async open(...folders) {
        const index = await openPostgresIndex(address, folders);
        if (index === undefined) throw new Error("the database holds none of these folders");
        onTestFinished(async () => index.close());
        return index;
      },
    };
  }
  return { server, create };
}
