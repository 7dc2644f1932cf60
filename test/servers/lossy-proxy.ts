import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface LossyProxy extends AsyncDisposable {
  readonly port: number;
  /** Replies that were lost so far. */
  readonly lost: () => number;
}

/**
 * Stands before a PostgreSQL on the loopback. Every `every`th reply to a statement is thrown away and its connection
 * cut: what was asked for was done, and nobody is told.
 */
export async function startLossyProxy(target: number, every: number): Promise<LossyProxy> {
  const sockets = new Set<Socket>();
  let replies = 0;
  let lost = 0;
  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    let isOpen = false;
    client.on("data", (data) => upstream.write(data));
    upstream.on("data", (data) => {
      // ReadyForQuery ends every reply, the first one that of logging in
      const isEnd = data.length >= 6 && data.subarray(-6, -1).equals(READY);
      if (isEnd && isOpen) {
        replies += 1;
        if (replies % every === 0) {
          lost += 1;
          client.destroy();
          return;
        }
      }
      if (isEnd) isOpen = true;
      client.write(data);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    lost: () => lost,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** `Z`, and the length of what follows. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5]);
