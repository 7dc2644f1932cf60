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
