import { once } from "node:events";
import type { Server, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** How long clients may take to let go of their requests: so many looks, so many milliseconds apart. */
const LOOKS = 300;
const APART = 10;

/** Closes a server whose clients should have let go of it by now. */
export interface ForsakenServer {
  /** @throws after closing, when a client held on to a request. */
  close(): Promise<void>;
}

/** Watches every exchange of a server from now on. */
export function watchExchanges(server: Server): ForsakenServer {
  const underWay = new Set<ServerResponse>();
  server.on("request", (_request, response: ServerResponse) => {
    underWay.add(response);
    response.once("close", () => underWay.delete(response));
  });
  return {
    async close() {
      for (let look = 0; underWay.size > 0 && look < LOOKS; look += 1) await sleep(APART);
      const held = underWay.size;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      if (held > 0)
        throw new Error(`${held} requests were still held by a client when the server was closed`);
    },
  };
}
