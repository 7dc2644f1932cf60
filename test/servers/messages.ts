import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readText } from "node:stream/consumers";
import { deliver } from "./chat-delivery.ts";
import { watchExchanges } from "./close-forsaken.ts";
import { json, type Delivery, type PlainReply } from "./completions.ts";
import { messagesWire, refusalOf, type MessagesReply, type MessagesRequestBody } from "./messages-wire.ts";

export type { MessagesReply } from "./messages-wire.ts";

/** A text to say, or a reply in detail. */
export type MessagesServerReply = string | ((MessagesReply | PlainReply) & Delivery);

export interface RecordedMessages {
  readonly headers: IncomingHttpHeaders;
  readonly body: MessagesRequestBody;
  /** Resolves when the exchange is over: `true` if the client left before the server was done. */
  readonly closedEarly: Promise<boolean>;
}

export interface MessagesServer extends AsyncDisposable {
  /** Without `/v1`. */
  readonly url: string;
  /** Every request so far, in order. */
  readonly requests: readonly RecordedMessages[];
  close(): Promise<void>;
}

/**
 * A real server on 127.0.0.1 that speaks Anthropic's Messages API at `/v1/messages`, and refuses what Anthropic does. It
 * answers request n with reply n; a request beyond the last reply gets a 400 that says so; another path a 404.
 */
export async function startMessagesServer(replies: readonly MessagesServerReply[]): Promise<MessagesServer> {
  const requests: RecordedMessages[] = [];
  const server = createServer((request, response) => {
    void answer(request, response, replies, requests);
  });
  const exchanges = watchExchanges(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> => exchanges.close();
  return { url: `http://127.0.0.1:${port}`, requests, close, [Symbol.asyncDispose]: close };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  replies: readonly MessagesServerReply[],
  requests: RecordedMessages[],
): Promise<void> {
  const closedEarly = once(response, "close").then(() => !response.writableFinished);
  const sent = await readText(request).catch(() => undefined);
  if (sent === undefined) return;
  if (request.method !== "POST" || request.url !== "/v1/messages") {
    await deliver(response, { status: 404, ...json({ type: "error", error: { type: "not_found_error" } }) });
    return;
  }
  const body = JSON.parse(sent) as MessagesRequestBody;
  requests.push({ headers: request.headers, body, closedEarly });
  const reply = replies[requests.length - 1] ?? {
    status: 400,
    ...json({ error: { message: `the test server has no reply for request ${requests.length}` } }),
  };
  await deliver(response, toPlain(typeof reply === "string" ? { text: reply } : reply, body));
}

function toPlain(
  reply: (MessagesReply | PlainReply) & Delivery,
  body: MessagesRequestBody,
): PlainReply & Delivery {
  if ("body" in reply) return reply;
  const refusal = refusalOf(body);
  if (refusal !== undefined) return refusal;
  const { fault, apart, writeSize } = reply;
  return {
    headers: { "content-type": "text/event-stream; charset=utf-8" },
    body: messagesWire(reply, body),
    ...(fault !== undefined && { fault }),
    ...(apart !== undefined && { apart }),
    ...(writeSize !== undefined && { writeSize }),
  };
}
