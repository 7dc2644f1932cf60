import { watchExchanges } from "./close-forsaken.ts";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readText } from "node:stream/consumers";
import { deliver } from "./chat-delivery.ts";
import { chatWire, type ChatReply, type ChatRequestBody } from "./chat-wire.ts";
import { json, type Delivery, type PlainReply } from "./completions.ts";

export type { ChatReply } from "./chat-wire.ts";

/** A text to say, or a reply in detail, or a function of the request that makes one of these. */
export type ChatServerReply =
  | string
  | ((ChatReply | PlainReply) & Delivery)
  | ((request: RecordedChat) => string | ((ChatReply | PlainReply) & Delivery));

export interface RecordedChat {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: ChatRequestBody;
  /** Resolves when the exchange is over: `true` if the client left before the server was done. */
  readonly closedEarly: Promise<boolean>;
}

export interface ChatServer extends AsyncDisposable {
  /** Ends in `/v1`. */
  readonly url: string;
  /** Every chat request so far, in order. */
  readonly requests: readonly RecordedChat[];
  /** Destroys all connections. */
  close(): Promise<void>;
}

/**
 * A real OpenAI-compatible chat server on 127.0.0.1, at `/v1/chat/completions` and `/beta/chat/completions`, which
 * answers request n with reply n. A request beyond the last reply gets a 400 that says so; another path a 404.
 */
export async function startChatServer(replies: readonly ChatServerReply[]): Promise<ChatServer> {
  const requests: RecordedChat[] = [];
  const server = createServer((request, response) => {
    void answer(request, response, replies, requests);
  });
  const exchanges = watchExchanges(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> => exchanges.close();
  return { url: `http://127.0.0.1:${port}/v1`, requests, close, [Symbol.asyncDispose]: close };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  replies: readonly ChatServerReply[],
  requests: RecordedChat[],
): Promise<void> {
  const closedEarly = once(response, "close").then(() => !response.writableFinished);
  const sent = await readText(request).catch(() => undefined);
  if (sent === undefined) return;
  const path = request.url ?? "";
  if (request.method !== "POST" || !/^\/(?:v1|beta)\/chat\/completions$/.test(path)) {
    await deliver(response, { status: 404, ...json({ error: { message: "Not Found" } }) });
    return;
  }
  const body = JSON.parse(sent) as ChatRequestBody;
  const recorded: RecordedChat = { path, headers: request.headers, body, closedEarly };
  requests.push(recorded);
  const line = replies[requests.length - 1] ?? {
    status: 400,
    ...json({ error: { message: `the test server has no reply for request ${requests.length}` } }),
  };
  const reply = typeof line === "function" ? line(recorded) : line;
  await deliver(response, toPlain(typeof reply === "string" ? { text: reply } : reply, body));
}

function toPlain(reply: (ChatReply | PlainReply) & Delivery, body: ChatRequestBody): PlainReply & Delivery {
  if ("body" in reply) return reply;
  const { fault, apart, writeSize } = reply;
  return {
    headers: { "content-type": "text/event-stream; charset=utf-8" },
    body: chatWire(reply, body),
    ...(fault !== undefined && { fault }),
    ...(apart !== undefined && { apart }),
    ...(writeSize !== undefined && { writeSize }),
  };
}
