import type { Context } from "hono";
import { RequestError, toResponse, type ErrorReply, type ReportedFailure } from "../error-reply.ts";
import { toRequestError } from "../failed-run.ts";
import { callerOf } from "../caller.ts";
import type { Slots } from "../slots.ts";
import { toEventStream, type EventStreamOptions } from "./event-stream.ts";
import { refuseForm } from "./form.ts";
import type { Offered } from "./offered.ts";
import type { Ceilings } from "./run-settings.ts";

/** What the routes that answer questions share. */
export interface Door {
  readonly offered: ReadonlyMap<string, Offered>;
  readonly ceilings: Ceilings;
  readonly slots: Slots;
  readonly keepAliveMs: number;
  /** Seconds since 1970. */
  readonly seconds: () => number;
  readonly onFailure?: ((failure: ReportedFailure & { readonly requestId: string }) => void) | undefined;
}

/** One question at a door: what it may take, and to whom its failures are told. */
export interface Visit {
  readonly model: Offered;
  readonly signal: AbortSignal;
  /** Sets its place free. */
  readonly release: () => void;
  /** A failure as the client is told it; told to whoever runs the server, too, unless the client has left. */
  readonly told: (error: unknown) => ErrorReply;
  /** A stream of it, which ends the run when the client leaves. */
  readonly stream: <Piece>(
    pieces: AsyncGenerator<Piece, void>,
    options: Pick<EventStreamOptions<Piece>, "write" | "end" | "onError">,
  ) => Promise<Response>;
}

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
 * Answers one request. Its id is in `x-request-id`, and whatever is thrown becomes the reply.
 *
 * @param ask reads the request, takes a place for it with `enter`, given the name of a model, and answers it. `form`: the field
 * that wants the answer in a form, which is refused where the model writes none.
 */
export async function answering(
  c: Context,
  door: Door,
  requestId: string,
  ask: (enter: (model: string, form?: string) => Visit) => Promise<Response>,
): Promise<Response> {
  const request = c.req.raw;
  const told = (error: unknown): ErrorReply => {
    const { reply, cause } = toRequestError(error);
    if (cause !== undefined && !request.signal.aborted) {
      const message = cause instanceof Error ? cause.message : "It was no error that was thrown.";
      door.onFailure?.({ requestId, code: reply.code, message });
    }
    return reply;
  };
  const enter = (name: string, form?: string): Visit => {
    const model = door.offered.get(name);
    if (model === undefined) throw new RequestError(unknownModel(name, door.offered.keys()));
    if (form !== undefined && !model.takesForms) refuseForm(form);
    const release = door.slots.take(callerOf(c.var));
    if (release === null) throw new RequestError(TOO_MANY);
    const { signal, abort } = followed(request.signal);
    return {
      model,
      signal,
      release,
      told,
      stream: (pieces, options) =>
        streamed(pieces, { ...options, keepAliveMs: door.keepAliveMs, onCancel: abort }),
    };
  };
  let reply: Response;
  try {
    reply = await ask(enter);
  } catch (error) {
    reply = request.signal.aborted ? new Response(null, { status: CLIENT_GONE }) : toResponse(told(error));
  }
  reply.headers.set("x-request-id", requestId);
  return reply;
}

/** A signal that is aborted with another one, or by itself. */
function followed(other: AbortSignal): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  if (other.aborted) abort();
  other.addEventListener("abort", abort, { once: true });
  return { signal: controller.signal, abort };
}

/** Begins with the first piece, or without it when that takes too long. What fails before is thrown. */
async function streamed<Piece>(
  pieces: AsyncGenerator<Piece, void>,
  options: EventStreamOptions<Piece>,
): Promise<Response> {
  const first = pieces.next();
  await within(first, options.keepAliveMs);
  return new Response(toEventStream(first, pieces, options), { headers: STREAM_HEADERS });
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

export function unknownModel(model: string, known: Iterable<string>): ErrorReply {
  return {
    status: 404,
    code: "model_not_found",
    message: `There is no model ${JSON.stringify(model.slice(0, 100))} here. Choose one of: ${[...known].join(", ")}.`,
    param: "model",
  };
}

const TOO_MANY: ErrorReply = {
  status: 429,
  code: "rate_limit_exceeded",
  message: `As many questions as may run at the same time are being answered. Ask again in ${RETRY_AFTER_SECONDS} s.`,
  retryAfterSeconds: RETRY_AFTER_SECONDS,
};
