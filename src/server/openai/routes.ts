import { Hono } from "hono";
import { RUN_DEFAULTS } from "../../graph/context.ts";
import type { RunEvent } from "../../graph/events.ts";
import type { AgenticRag } from "../../graph/graph.ts";
import { callerOf } from "../caller.ts";
import { runAgent, withoutThreads, type RunEnd } from "./agent-run.ts";
import { readJson } from "./body.ts";
import { toChunks } from "./chunks.ts";
import { toCompletion, type ReplyHead } from "./completion.ts";
import { toConversation } from "./conversation.ts";
import { toEventStream } from "./event-stream.ts";
import { Problem, toProblem } from "./problem.ts";
import { readRequest } from "./request.ts";
import { toRunSettings, type Ceilings } from "./run-settings.ts";
import { createSlots } from "./slots.ts";

/** A failure for whoever runs the agent: it may name addresses that no client is told. */
export interface ReportedFailure {
  /** The id that the client was given, as `x-request-id` and in the reply. */
  readonly requestId: string;
  readonly code: string;
  readonly message: string;
}

export interface OpenAiRoutesOptions {
  /** The agents by the names under which they are offered as models. */
  readonly agents: Readonly<Record<string, AgenticRag>>;
  /** What one request may use at most. Default: `RUN_DEFAULTS`. */
  readonly ceilings?: Ceilings;
  /** Requests that run at the same time; more are told to come back. Default: 8. */
  readonly maxConcurrent?: number;
  /** The same for each caller, where whoever stands in front tells them apart (`c.var.auth`). Default: 4. */
  readonly maxPerCaller?: number;
  /** Default: 2 MiB. */
  readonly maxBodyBytes?: number;
  /**
   * How long a stream waits for its first piece before it begins without one, and after which silence it sends a
   * comment. A failure before it begins has a status of its own. Default: 15 000 ms.
   */
  readonly keepAliveMs?: number;
  readonly onFailure?: (failure: ReportedFailure) => void;
  /** The present moment. Default: the system's clock. */
  readonly now?: () => Date;
}

const MAX_BODY_BYTES = 2 * 1024 * 1024;
const KEEP_ALIVE_MS = 15_000;
const MAX_CONCURRENT = 8;
const MAX_PER_CALLER = 4;
const RETRY_AFTER_SECONDS = 5;
/** "Client closed request": nobody reads it. */
const CLIENT_GONE = 499;

/**
 * The agents as models behind OpenAI's `/chat/completions` and `/models`, to be mounted at `/v1`. They keep no
 * threads: each request brings its whole conversation. Who may ask is decided in front of it.
 */
export function openAiRoutes(options: OpenAiRoutesOptions): Hono {
  const { ceilings = RUN_DEFAULTS, keepAliveMs = KEEP_ALIVE_MS, now = () => new Date() } = options;
  const agents = new Map(
    Object.entries(options.agents).map(([name, agent]) => [name, withoutThreads(agent)]),
  );
  const slots = createSlots(options.maxConcurrent ?? MAX_CONCURRENT, options.maxPerCaller ?? MAX_PER_CALLER);
  const seconds = (): number => Math.floor(now().getTime() / 1000);
  const since = seconds();
  const app = new Hono();

  const modelOf = (id: string) => ({
    id,
    object: "model",
    created: since,
    owned_by: "langgraph-agentic-rag",
  });
  app.get("/models", (c) => c.json({ object: "list", data: [...agents.keys()].map(modelOf) }));
  app.get("/models/:model{.+}", (c) => {
    const model = c.req.param("model");
    return agents.has(model) ? c.json(modelOf(model)) : unknownModel(model, agents.keys()).toResponse();
  });

  app.post("/chat/completions", async (c) => {
    const id = `chatcmpl-${crypto.randomUUID().replaceAll("-", "")}`;
    const client = c.req.raw.signal;
    const report = (error: unknown): Problem => {
      const problem = toProblem(error);
      const { cause } = problem.options;
      if (cause !== undefined && !client.aborted) {
        const message = cause instanceof Error ? cause.message : "It was no error that was thrown.";
        options.onFailure?.({ requestId: id, code: problem.code, message });
      }
      return problem;
    };
    const reply = await answer(c.req.raw, id, callerOf(c.var)).catch((error: unknown) =>
      client.aborted ? new Response(null, { status: CLIENT_GONE }) : report(error).toResponse(),
    );
    reply.headers.set("x-request-id", id);
    return reply;

    async function answer(request: Request, requestId: string, caller: string | undefined) {
      const asked = readRequest(await readJson(request, options.maxBodyBytes ?? MAX_BODY_BYTES));
      const agent = agents.get(asked.model);
      if (agent === undefined) throw unknownModel(asked.model, agents.keys());
      const messages = toConversation(asked.messages);
      const { context, ignored } = toRunSettings(asked, ceilings);
      const head: ReplyHead = { id: requestId, created: seconds(), model: asked.model };

      const release = slots.take(caller);
      if (release === null) throw tooMany();
      const gone = new AbortController();
      const leave = (): void => gone.abort();
      if (request.signal.aborted) leave();
      request.signal.addEventListener("abort", leave, { once: true });
      const run = releasing(runAgent({ agent, messages, context, signal: gone.signal }), release);

      if (asked.stream !== true) return Response.json(await toCompletion(run, head, ignored));
      const includeUsage = asked.stream_options?.include_usage === true;
      const chunks = toChunks(run, head, { includeUsage, ignored });
      const first = chunks.next();
      await within(first, keepAliveMs);
      const stream = toEventStream(first, chunks, {
        keepAliveMs,
        onCancel: leave,
        onError: (error) => report(error).body,
      });
      return new Response(stream, {
        headers: {
          "content-type": "text/event-stream; charset=utf-8",
          "cache-control": "no-cache, no-transform",
          // nginx would hold the stream back
          "x-accel-buffering": "no",
        },
      });
    }
  });
  return app;
}

/** Sets a place free when the run is over, however it ends. */
async function* releasing(
  run: AsyncGenerator<RunEvent, RunEnd>,
  release: () => void,
): AsyncGenerator<RunEvent, RunEnd> {
  try {
    return yield* run;
  } finally {
    release();
  }
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

function unknownModel(model: string, known: Iterable<string>): Problem {
  return new Problem(
    404,
    "model_not_found",
    `There is no model ${JSON.stringify(model.slice(0, 100))} here. Choose one of: ${[...known].join(", ")}.`,
    { param: "model" },
  );
}

function tooMany(): Problem {
  return new Problem(
    429,
    "rate_limit_exceeded",
    `As many questions as may run at the same time are being answered. Ask again in ${RETRY_AFTER_SECONDS} s.`,
    { retryAfterSeconds: RETRY_AFTER_SECONDS },
  );
}
