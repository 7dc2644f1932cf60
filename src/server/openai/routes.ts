import { Hono } from "hono";
import { RUN_DEFAULTS } from "../../graph/context.ts";
import type { AgenticRag } from "../../graph/graph.ts";
import type { PlainModel } from "../../compose/plain-model.ts";
import { callerOf } from "../caller.ts";
import {
  errorBody,
  RequestError,
  toResponse,
  type ErrorReply,
  type ReportedFailure,
} from "../error-reply.ts";
import { toRequestError } from "../failed-run.ts";
import { readJson } from "../json-body.ts";
import type { Slots } from "../slots.ts";
import type { Chunk } from "./chunks.ts";
import { toConversation } from "./conversation.ts";
import { toEventStream, type EventStreamOptions } from "./event-stream.ts";
import { offerAgent, offerModel, type Offered } from "./offered.ts";
import { PLAIN } from "./plain.ts";
import { readRequest } from "./request.ts";
import { toRunSettings, type Ceilings } from "./run-settings.ts";

export interface OpenAiRoutesOptions {
  /** The agents by the names under which they are offered as models. */
  readonly agents: Readonly<Record<string, AgenticRag>>;
  /** Models of agents, offered by the agent's name and `-plain`: they answer alone, without searches. Default: none. */
  readonly plainModels?: Readonly<Record<string, PlainModel>>;
  /** What one request may use at most. Default: `RUN_DEFAULTS`. */
  readonly ceilings?: Ceilings;
  /** How many requests run at the same time, in all and for each caller (`c.var.auth`). */
  readonly slots: Slots;
  /**
   * How long a stream waits for its first piece before it begins without one, and after which silence it sends a
   * comment. A failure before it begins has a status of its own. Default: 15 000 ms.
   */
  readonly keepAliveMs?: number;
  /** `requestId` is what the client was given as `x-request-id` and in the reply. */
  readonly onFailure?: (failure: ReportedFailure & { readonly requestId: string }) => void;
  /** The present moment. Default: the system's clock. */
  readonly now?: () => Date;
}

const KEEP_ALIVE_MS = 15_000;
const RETRY_AFTER_SECONDS = 5;
/** "Client closed request": nobody reads it. */
const CLIENT_GONE = 499;
const STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  // nginx would hold the stream back
  "x-accel-buffering": "no",
};

/**
 * The agents as models behind OpenAI's `/chat/completions` and `/models`, to be mounted at `/v1`. They keep no
 * threads: each request brings its whole conversation. Who may ask, and with how large a body, is decided in front of it.
 */
export function openAiRoutes({ onFailure, ...options }: OpenAiRoutesOptions): Hono {
  const { ceilings = RUN_DEFAULTS, slots, keepAliveMs = KEEP_ALIVE_MS, now = () => new Date() } = options;
  const offered = new Map<string, Offered>([
    ...Object.entries(options.agents).map(([name, agent]) => [name, offerAgent(agent)] as const),
    ...Object.entries(options.plainModels ?? {}).map(
      ([name, model]) => [name + PLAIN, offerModel(model)] as const,
    ),
  ]);
  const seconds = (): number => Math.floor(now().getTime() / 1000);
  const since = seconds();
  const app = new Hono();

  const modelOf = (id: string) => ({
    id,
    object: "model",
    created: since,
    owned_by: "langgraph-agentic-rag",
  });
  app.get("/models", (c) => c.json({ object: "list", data: [...offered.keys()].map(modelOf) }));
  app.get("/models/:model{.+}", (c) => {
    const model = c.req.param("model");
    return offered.has(model) ? c.json(modelOf(model)) : toResponse(unknownModel(model, offered.keys()));
  });

  app.post("/chat/completions", async (c) => {
    const requestId = `chatcmpl-${crypto.randomUUID().replaceAll("-", "")}`;
    const request = c.req.raw;
    const told = (error: unknown): ErrorReply => {
      const { reply, cause } = toRequestError(error);
      if (cause !== undefined && !request.signal.aborted) {
        const message = cause instanceof Error ? cause.message : "It was no error that was thrown.";
        onFailure?.({ requestId, code: reply.code, message });
      }
      return reply;
    };
    let reply: Response;
    try {
      const asked = readRequest(await readJson(request));
      const model = offered.get(asked.model);
      if (model === undefined) throw new RequestError(unknownModel(asked.model, offered.keys()));
      const messages = toConversation(asked.messages);
      const { context, ignored } = toRunSettings(asked, ceilings);
      const release = slots.take(callerOf(c.var));
      if (release === null) throw new RequestError(TOO_MANY);
      const { signal, abort } = followed(request.signal);
      const head = { id: requestId, created: seconds(), model: asked.model };
      const run = { messages, context, signal, head, release };
      if (asked.stream === true) {
        const includeUsage = asked.stream_options?.include_usage === true;
        reply = await streamed(model.pieces(run, { includeUsage, ignored }), {
          keepAliveMs,
          onCancel: abort,
          onError: (error) => errorBody(told(error)),
        });
      } else reply = Response.json(await model.whole(run, ignored));
    } catch (error) {
      reply = request.signal.aborted ? new Response(null, { status: CLIENT_GONE }) : toResponse(told(error));
    }
    reply.headers.set("x-request-id", requestId);
    return reply;
  });
  app.all("*", (c) => toResponse(unknownRoute(c.req.method, c.req.path)));
  return app;
}

/** A signal that is aborted with another one, or by itself. */
function followed(other: AbortSignal): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  if (other.aborted) abort();
  other.addEventListener("abort", abort, { once: true });
  return { signal: controller.signal, abort };
}

/** Begins with the first chunk, or without it when that takes too long. What fails before is thrown. */
async function streamed(chunks: AsyncGenerator<Chunk, void>, options: EventStreamOptions): Promise<Response> {
  const first = chunks.next();
  await within(first, options.keepAliveMs);
  return new Response(toEventStream(first, chunks, options), { headers: STREAM_HEADERS });
}

/** Waits for a promise, but not longer than so many milliseconds. */
async function within(promise: Promise<unknown>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  try {
    await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
  }
}

function unknownModel(model: string, known: Iterable<string>): ErrorReply {
  return {
    status: 404,
    code: "model_not_found",
    message: `There is no model ${JSON.stringify(model.slice(0, 100))} here. Choose one of: ${[...known].join(", ")}.`,
    param: "model",
  };
}

function unknownRoute(method: string, path: string): ErrorReply {
  return {
    status: 404,
    code: "unknown_route",
    message: `There is no ${method} ${path.slice(0, 100)} here. There are: GET /v1/models, GET /v1/models/<model>, POST /v1/chat/completions. Clients that ask /v1/responses by default have a setting for chat completions.`,
  };
}

const TOO_MANY: ErrorReply = {
  status: 429,
  code: "rate_limit_exceeded",
  message: `As many questions as may run at the same time are being answered. Ask again in ${RETRY_AFTER_SECONDS} s.`,
  retryAfterSeconds: RETRY_AFTER_SECONDS,
};
