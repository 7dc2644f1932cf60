import { afterAll, beforeAll, onTestFinished } from "vitest";
import { connectPostgres } from "../../../../src/postgres/connection.ts";
import type { Embedder } from "../../../../src/search/embedding/embedder.ts";
import type { SearchEngine } from "../../../../src/search/engine.ts";
import { createLocalEngine } from "../../../../src/search/local/local.ts";
import { buildPostgresIndex, openPostgresIndex } from "../../../../src/search/local/postgres/postgres.ts";
import { createMeaning } from "../../../../src/search/local/vectors/meaning.ts";
import { createFolder } from "../../temporary-folder.ts";
import { FILES } from "../vectors/embedded-files.ts";
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";

export interface PgvectorServer extends AsyncDisposable {
  /** Of its database. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * PostgreSQL with pgvector, compiled to WebAssembly, on the loopback: the binaries that the other tests run have no
 * pgvector. It works for one client at a time, in whole transactions; the others wait.
 */
export async function startPgvector({
  has = true,
}: { readonly has?: boolean } = {}): Promise<PgvectorServer> {
  const database = await PGlite.create(has ? { extensions: { vector } } : {});
  const server = new PGLiteSocketServer({ db: database, host: "127.0.0.1", port: 0, maxConnections: 40 });
  await server.start();
  const close = async (): Promise<void> => {
    await server.stop();
    await database.close();
  };
  return {
    url: `postgres://postgres:none@${server.getServerConn()}/postgres`,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** One server for all tests of a file, each with folders of its own. */
export function usePgvector() {
  let server: PgvectorServer | undefined;
  beforeAll(async () => {
    server = await startPgvector();
  }, 60_000);
  afterAll(() => server?.close());
  const address = (): string => server?.url ?? "";

  async function index(folder: string): Promise<void> {
    await (await buildPostgresIndex({ folder, address: address() })).index.close();
  }
  async function indexed(files: Readonly<Record<string, string>> = FILES): Promise<string> {
    const folder = createFolder(files);
    await index(folder);
    return folder;
  }
  async function engineIn(folder: string, embedder: Embedder): Promise<SearchEngine> {
    const opened = await openPostgresIndex(address(), [folder]);
    if (opened === undefined) throw new Error("nothing was indexed");
    onTestFinished(async () => opened.close());
    return createLocalEngine({ index: opened, meaning: createMeaning(opened.vectors, { embedder }) });
  }
  /** From the tables of documents, as `$schema`. */
  async function rows(sql: string): Promise<readonly unknown[]> {
    const connection = await connectPostgres(address(), {
      schema: "agentic_rag_documents",
      connections: 1,
    });
    onTestFinished(() => connection.close());
    return connection.query(sql);
  }
  return { address, index, indexed, engineIn, rows };
}
