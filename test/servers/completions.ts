import { watchExchanges } from "./close-forsaken.ts";
import { freePort } from "./free-port.ts";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readText } from "node:stream/consumers";
import { completionWire, type CompletionReply, type CompletionRequestBody } from "./completions-wire.ts";

export type { CompletionReply } from "./completions-wire.ts";

/** An HTTP reply as it is: a failure, a page, or a stream written by hand. */
export interface PlainReply {
  /** @default 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** What goes wrong on the wire. Bytes are counted in the body. */
export type Fault =
  | { readonly kind: "no-headers" }
  | { readonly kind: "stall"; readonly after: number }
  /** The connection is reset (RST); the client may lose bytes that it has not read yet. */
  | { readonly kind: "reset"; readonly after: number }
  /** The connection is closed (FIN) inside the body. */
  | { readonly kind: "break"; readonly after: number }
  /** The body ends properly, but too early. */
  | { readonly kind: "end"; readonly after: number }
  | { readonly kind: "drip"; readonly everyMs: number };

export interface Delivery {
  readonly fault?: Fault;
  /** Each event is written when the client has been able to read the one before. */
  readonly apart?: boolean;
  /** Bytes per write, each handed to the network on its own. @default the whole body in one */
  readonly writeSize?: number;
  /** The connection stays open behind the first of these on the wire, and the rest is sent when `until` resolves. */
  readonly hold?: { readonly behind: string; readonly until: Promise<unknown> };
}

/** A text to say, or a reply in detail, or a function of the request that makes one of these. */
export type ServerReply =
  | string
  | ((CompletionReply | PlainReply) & Delivery)
  | ((request: RecordedRequest) => string | ((CompletionReply | PlainReply) & Delivery));

export interface RecordedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: CompletionRequestBody;
  /** Resolves when the exchange is over: `true` if the client left before the server was done. */
  readonly closedEarly: Promise<boolean>;
}

export interface CompletionsServer extends AsyncDisposable {
  /** Ends in `/v1`. */
  readonly url: string;
  /** Every completion request so far, in order. */
  readonly requests: readonly RecordedRequest[];
  /** Destroys all connections. */
  close(): Promise<void>;
}

/**
 * A real OpenAI-compatible `/v1/completions` server on 127.0.0.1, which answers request n with reply n. A request
 * beyond the last reply gets a 400 that says so; another path a 404.
 */
export async function startCompletionsServer(
  replies: readonly ServerReply[],
  options: { readonly port?: number } = {},
): Promise<CompletionsServer> {
  const requests: RecordedRequest[] = [];
  const server = createServer((request, response) => {
    void answer(request, response, replies, requests);
  });
  const exchanges = watchExchanges(server);
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> => exchanges.close();
  return { url: `http://127.0.0.1:${port}/v1`, requests, close, [Symbol.asyncDispose]: close };
}

/** An address on which nobody listens. */
export async function unusedUrl(): Promise<string> {
  return `http://127.0.0.1:${await freePort()}/v1`;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  replies: readonly ServerReply[],
  requests: RecordedRequest[],
): Promise<void> {
  const closedEarly = once(response, "close").then(() => !response.writableFinished);
  const body = await readText(request).catch(() => undefined);
  if (body === undefined) return;
  if (request.method !== "POST" || request.url !== "/v1/completions") {
    await deliver(response, { status: 404, ...json({ error: { message: "Not Found" } }) });
    return;
  }
  const recorded: RecordedRequest = {
    path: request.url,
    headers: request.headers,
    body: JSON.parse(body) as CompletionRequestBody,
    closedEarly,
  };
  requests.push(recorded);
  const line = replies[requests.length - 1] ?? noReplyLeft(requests.length);
  const reply = typeof line === "function" ? line(recorded) : line;
  await deliver(
    response,
    typeof reply === "string" ? toPlain({ text: reply }, recorded) : toPlain(reply, recorded),
  );
}

function toPlain(
  reply: (CompletionReply | PlainReply) & Delivery,
  request: RecordedRequest,
): PlainReply & Delivery {
  if ("body" in reply) return reply;
  const { fault, apart, writeSize, hold } = reply;
  return {
    headers: { "content-type": "text/event-stream; charset=utf-8" },
    body: completionWire(reply, request.body),
    ...(fault !== undefined && { fault }),
    ...(apart !== undefined && { apart }),
    ...(writeSize !== undefined && { writeSize }),
    ...(hold !== undefined && { hold }),
  };
}

function noReplyLeft(count: number): PlainReply {
  return {
    status: 400,
    ...json({ error: { message: `the test server has no reply for request ${count}` } }),
  };
}

/** The headers and body of a JSON reply, to be spread into a `PlainReply`. */
export function json(value: unknown): Pick<PlainReply, "headers" | "body"> {
  return { headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

async function deliver(response: ServerResponse, reply: PlainReply & Delivery): Promise<void> {
  const { status = 200, headers = {}, fault, apart = false, writeSize, hold } = reply;
  if (fault?.kind === "no-headers") return;
  const whole = Buffer.from(reply.body);
  const bytes = fault !== undefined && "after" in fault ? whole.subarray(0, fault.after) : whole;
  response.writeHead(status, headers);
  response.flushHeaders();
  response.on("error", () => {});
  if (apart) return writeApart(response, reply.body);
  const size = fault?.kind === "drip" ? 1 : (writeSize ?? Math.max(bytes.length, 1));
  const held = hold === undefined ? 0 : endOfEvent(bytes, hold.behind);
  if (hold !== undefined) {
    await write(response, bytes.subarray(0, held));
    await Promise.race([hold.until, once(response, "close")]);
  }
  for (let at = held; at < bytes.length && !response.destroyed; at += size) {
    await write(response, bytes.subarray(at, at + size));
    if (fault?.kind === "drip") await pause(fault.everyMs);
  }
  if (fault?.kind === "stall") return;
  if (fault?.kind === "reset") response.socket?.resetAndDestroy();
  else if (fault?.kind === "break") response.socket?.destroySoon();
  else response.end();
}

/** Writes a body event by event, each when a client of this process has been able to read the one before. */
export async function writeApart(response: ServerResponse, body: string | Buffer): Promise<void> {
  for (const event of String(body).split(/(?<=\n\n)/)) {
    if (response.destroyed) return;
    response.write(event);
    await pause(1);
  }
  response.end();
}

/** Where the event ends in which a text stands. */
function endOfEvent(body: Buffer, text: string): number {
  const at = body.indexOf(text);
  if (at === -1) throw new Error(`the reply never says ${JSON.stringify(text)}`);
  return body.indexOf("\n\n", at) + 2;
}

/** Returns when the bytes were handed to the network, so that they leave as one chunk. */
function write(response: ServerResponse, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    response.write(bytes, () => resolve());
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
