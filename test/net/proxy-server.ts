import { createServer, request as forward } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export interface ProxyServer {
  readonly port: number;
  /** First line and `Proxy-Authorization` of each request: `CONNECT host:443 Basic …`, `GET http://host/path -`. */
  readonly seen: readonly string[];
}

export interface ProxyOptions {
  /** Where everything is sent, whatever host it is for. */
  readonly targetPort: number;
  /** Answers with this status instead. */
  readonly refusal?: number;
}

/** A proxy on the loopback, closed after the test: tunnels by CONNECT, forwards requests with a whole address. */
export async function startProxy({ targetPort, refusal }: ProxyOptions): Promise<ProxyServer> {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    seen.push(`${method} ${url} ${headers["proxy-authorization"] ?? "-"}`);
    if (refusal !== undefined) {
      response.writeHead(refusal).end();
      return;
    }
    const { pathname, search } = new URL(url);
    const options = { host: "127.0.0.1", port: targetPort, method, path: pathname + search, headers };
    const forwarded = forward(options, (reply) => {
      response.writeHead(reply.statusCode ?? 500, reply.headers);
      reply.pipe(response);
    });
    forwarded.on("error", () => response.destroy());
    response.on("close", () => forwarded.destroy());
    request.pipe(forwarded);
  });
  server.on("connect", ({ method, url, headers }, socket: Socket) => {
    seen.push(`${method} ${url} ${headers["proxy-authorization"] ?? "-"}`);
    sockets.add(socket);
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal} No\r\n\r\n`);
      return;
    }
    const target = connect(targetPort, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      target.pipe(socket).pipe(target);
    });
    for (const end of [target, socket]) {
      end.on("error", () => undefined);
      end.on("close", () => {
        target.destroy();
        socket.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of sockets) socket.destroy();
      }),
  );
  return { port: (server.address() as AddressInfo).port, seen };
}
