import { EventEmitter, once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface WireServer {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** How many connections were opened. */
  readonly connections: () => number;
  readonly asked: Promise<unknown>;
  /** Resolves when the client closes a connection whose reply has not ended. */
  readonly disconnected: Promise<unknown>;
  close(): Promise<void>;
}

export type Answer = (response: ServerResponse, request: RecordedRequest) => void;

/** A service on the loopback that records what it is asked and answers every request alike. It ends with the test. */
export async function startWireServer(answer: Answer): Promise<WireServer> {
  const server = await openWireServer(answer);
  onTestFinished(() => server.close());
  return server;
}

/** The same for more than one test: whoever opens it closes it. */
export async function openWireServer(answer: Answer): Promise<WireServer> {
  const requests: RecordedRequest[] = [];
  const events = new EventEmitter();
  const asked = once(events, "asked");
  const disconnected = once(events, "disconnected");
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on("close", () => {
      if (!response.writableFinished) events.emit("disconnected");
    });
    const { method = "", url: path = "", headers } = request;
    const recorded = { method, path, headers, body: await text(request) };
    requests.push(recorded);
    answer(response, recorded);
    events.emit("asked");
  }
  const server = createServer((request, response) => void take(request, response));
  let connections = 0;
  server.on("connection", () => (connections += 1));
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    connections: () => connections,
    asked,
    disconnected,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
