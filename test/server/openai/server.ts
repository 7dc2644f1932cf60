import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Hono } from "hono";
import OpenAI from "openai";
import { onTestFinished } from "vitest";
import { openAiRoutes, type OpenAiRoutesOptions } from "../../../src/server/openai/routes.ts";

export interface OpenAiServer {
  /** Ends in `/v1`. */
  readonly url: string;
  readonly client: OpenAI;
  readonly post: (body: unknown, init?: RequestInit) => Promise<Response>;
}

/** The routes behind a real HTTP server on the loopback, at `/v1`, until the test ends. `x-caller` names who asks. */
export async function startOpenAiServer(options: OpenAiRoutesOptions): Promise<OpenAiServer> {
  const app = new Hono<{ Variables: { auth: unknown } }>();
  app.use(async (c, next) => {
    const identity = c.req.header("x-caller");
    if (identity !== undefined) c.set("auth", { user: { identity } });
    await next();
  });
  app.route("/v1", openAiRoutes({ now: () => new Date("2026-11-22T12:00:00Z"), ...options }));
  const server = createServer((incoming, outgoing) => {
    void serve(incoming, outgoing, (request) => app.fetch(request));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/v1`;
  return {
    url,
    client: new OpenAI({ baseURL: url, apiKey: "none", maxRetries: 0 }),
    post: (body, init) =>
      fetch(`${url}/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: typeof body === "string" ? body : JSON.stringify(body),
        ...init,
      }),
  };
}

/** Web requests and responses over node:http; the request's signal fires when the client leaves. */
async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answer: (request: Request) => Response | Promise<Response>,
): Promise<void> {
  const gone = new AbortController();
  outgoing.on("close", () => {
    if (!outgoing.writableFinished) gone.abort();
  });
  const hasBody = incoming.method === "POST";
  const request = new Request(`http://127.0.0.1${incoming.url}`, {
    method: incoming.method ?? "GET",
    headers: Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)]),
    signal: gone.signal,
    ...(hasBody && { body: Readable.toWeb(incoming) as ReadableStream<Uint8Array>, duplex: "half" }),
  });
  const response = await answer(request);
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body === null) outgoing.end();
  else await pipeline(Readable.fromWeb(response.body as never), outgoing).catch(() => {});
}
