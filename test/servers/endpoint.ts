import type { IncomingHttpHeaders } from "node:http";
import { onTestFinished } from "vitest";
import { openWireServer } from "./wire-server.ts";
import { chatWire, type ChatReply, type ChatRequestBody } from "./chat-wire.ts";
import { completionWire, type CompletionReply, type CompletionRequestBody } from "./completions-wire.ts";
import { json, writeApart, type PlainReply } from "./completions.ts";
import {
  givenText,
  messagesWire,
  refusalOf,
  type MessagesReply,
  type MessagesRequestBody,
} from "./messages-wire.ts";

/** How a text goes on, for a model that knows its week, its months and its numbers. */
const KNOWN: readonly (readonly [end: string, next: string])[] = [
  ["Thur", "sday, Friday, Saturday, Sunday"],
  ["Apr", "il, May, June, July"],
  ["1, 2, 3", ", 4, 5, 6, 7, 8, 9, 10"],
  ["</tool_call>\n", '<tool_call>{"name": "web_search", "arguments": {"query": "Rome"}}</tool_call>'],
];

/** What it says to a question about them when it begins anew. */
const ANEW: readonly (readonly [part: string, answer: string])[] = [
  ["days of the week", "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday"],
  ["months of the year", "January, February, March, April, May, June, July"],
];

type Wire = PlainReply | "missing";

interface Pace {
  /** Bytes of the body after which the connection is left open. */
  readonly stallAfter?: number;
  /** Each event is written when the client has been able to read the one before. */
  readonly apart?: boolean;
}

/** Says how a request to a route is answered; what a route leaves out is as a well-made server does it. */
export interface EndpointOptions {
  readonly completions?:
    | Wire
    | ((request: CompletionRequestBody, goesOn: string) => (CompletionReply | PlainReply) & Pace);
  readonly chat?: Wire | ((request: ChatRequestBody, goesOn: string, anew: string) => ChatReply | PlainReply);
  /** Anthropic's `/v1/messages`. */
  readonly messages?:
    | Wire
    | ((request: MessagesRequestBody, goesOn: string, anew: string) => MessagesReply | PlainReply);
  /** OpenAI's `/v1/responses`. @default "missing" */
  readonly responses?: Wire | ((request: Readonly<Record<string, unknown>>) => PlainReply);
  /** JSON answers by path, such as `/v1/models`. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** What happens to the first requests to a path, one after the other, before it answers as it should. */
  readonly failures?: Readonly<Record<string, readonly Failure[]>>;
}

/** A status with an error that says so, a connection that breaks, or no answer at all. */
export type Failure = number | "reset" | "hang" | "no JSON";

export interface AskedRequest {
  readonly route: string;
  readonly headers: IncomingHttpHeaders;
  /** Undefined where none was sent. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

export interface Endpoint extends AsyncDisposable {
  /** Ends in `/v1`. */
  readonly url: string;
  readonly requests: readonly AskedRequest[];
  /** The routes that were asked, in order. */
  readonly routes: () => readonly string[];
  /** Resolves when a connection is closed before its reply is over. */
  readonly disconnected: Promise<unknown>;
  close(): Promise<void>;
}

const MISSING: PlainReply = { status: 404, ...json({ error: { message: "Not Found" } }) };

/**
 * A real model server on the loopback with raw completions (also Ollama's) and a chat, whose model goes on with what it
 * is given. It is gone when the test is over.
 */
export async function startEndpoint(options: EndpointOptions = {}): Promise<Endpoint> {
  const asked = new Map<string, number>();
  const server = await openWireServer((response, { method, path, body }) => {
    const times = asked.get(path) ?? 0;
    asked.set(path, times + 1);
    const failure = options.failures?.[path]?.[times];
    if (failure === "hang") return;
    if (failure === "reset") {
      response.destroy();
      return;
    }
    if (failure !== undefined) {
      const isText = failure === "no JSON";
      response.writeHead(isText ? 200 : failure).end(isText ? "<html>" : '{"error":{"message":"not now"}}');
      return;
    }
    const reply = answerTo(options, `${method} ${path}`, body);
    const { status = 200, headers = {}, body: answer, stallAfter, apart = false } = reply;
    response.writeHead(status, headers);
    if (apart) void writeApart(response, answer);
    else if (stallAfter === undefined) response.end(answer);
    else response.write(answer.slice(0, stallAfter));
  });
  onTestFinished(() => server.close());
  const requests = (): readonly AskedRequest[] =>
    server.requests.map(({ method, path, headers, body }) => ({
      route: `${method} ${path}`,
      headers,
      body: body === "" ? undefined : (JSON.parse(body) as Record<string, unknown>),
    }));
  return {
    url: `${server.url}/v1`,
    get requests() {
      return requests();
    },
    routes: () => requests().map(({ route }) => route),
    disconnected: server.disconnected,
    close: () => server.close(),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

function answerTo(
  { completions, chat, messages, responses = "missing", facts = {} }: EndpointOptions,
  route: string,
  sent: string,
): PlainReply & Pace {
  const [method, path = ""] = route.split(" ");
  if (method === "GET") return Object.hasOwn(facts, path) ? json(facts[path]) : MISSING;
  if (path === "/v1/completions") {
    const request = JSON.parse(sent) as CompletionRequestBody;
    if (completions === "missing") return MISSING;
    if (typeof completions === "object") return completions;
    const goesOn = continuationOf(request.prompt);
    const reply = completions?.(request, goesOn) ?? { text: goesOn };
    return "body" in reply ? reply : { ...reply, ...stream(completionWire(reply, request)) };
  }
  if (path === "/api/generate") {
    const { prompt } = JSON.parse(sent) as { prompt: string };
    const lines = [
      { response: continuationOf(prompt), done: false },
      { response: "", done: true, done_reason: "stop", prompt_eval_count: 6, eval_count: 4 },
    ];
    return {
      headers: { "content-type": "application/x-ndjson" },
      body: lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
    };
  }
  if (path === "/v1/responses") {
    if (responses === "missing") return MISSING;
    return typeof responses === "object"
      ? responses
      : responses(JSON.parse(sent) as Readonly<Record<string, unknown>>);
  }
  if (path === "/v1/messages") return messagesAnswer(messages, JSON.parse(sent) as MessagesRequestBody);
  if (!/^\/(?:v1|beta)\/chat\/completions$/.test(path) || chat === "missing") return MISSING;
  if (typeof chat === "object") return chat;
  const request = JSON.parse(sent) as ChatRequestBody;
  const last = request.messages.at(-1);
  const given = last?.role === "assistant" ? (last.content ?? "") + textOf(last["reasoning_content"]) : "";
  const asked = request.messages.findLast(({ role }) => role === "user")?.content ?? "";
  const goesOn = given === "" ? "Four." : continuationOf(given);
  const anew = anewOf(asked);
  const reply = chat?.(request, goesOn, anew) ?? { text: goesOn };
  return "body" in reply ? reply : stream(chatWire(reply, request));
}

function messagesAnswer(messages: EndpointOptions["messages"], request: MessagesRequestBody): PlainReply {
  if (messages === "missing") return MISSING;
  if (typeof messages === "object") return messages;
  const given = givenText(request);
  const goesOn = given === "" ? "Four." : continuationOf(given);
  const asked = JSON.stringify(request.messages[0]?.content);
  const reply = messages?.(request, goesOn, anewOf(asked)) ?? { text: goesOn };
  return "body" in reply ? reply : (refusalOf(request) ?? stream(messagesWire(reply, request)));
}

function anewOf(asked: string): string {
  return ANEW.find(([part]) => asked.includes(part))?.[1] ?? "Four.";
}

/** What the model goes on with; a greeting where it knows nothing. It searches where it is asked to. */
function continuationOf(text: string): string {
  if (text.includes("Search the web for the weather") && text.endsWith("<think>\n")) {
    return 'I search.\n<tool_call>\n{"name": "web_search", "arguments": {"query": "weather in Rome"}}\n</tool_call>';
  }
  return KNOWN.find(([end]) => text.endsWith(end))?.[1] ?? "Hello";
}

function stream(body: string): PlainReply {
  return { headers: { "content-type": "text/event-stream" }, body };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
