import { AgenticRagError } from "../../errors.ts";
import { throwIfAborted } from "../../net/abort.ts";
import { runAttempts } from "../exchange/attempts.ts";
import { openCompletion } from "../exchange/open.ts";
import { startDeadline, type Deadline } from "../../net/deadline.ts";
import { readEvents } from "../../net/event-stream.ts";
import { type RequestTarget, connectionFailure, truncated } from "../exchange/http-failure.ts";
import type { ModelChunk } from "../model.ts";
import { namePrefillRefusal } from "./prefill-refusal.ts";
import type { RetryClock } from "../../net/clock.ts";

/** One streamed request with all its tries. */
export interface Exchange {
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
  readonly target: RequestTarget;
  readonly signal: AbortSignal | undefined;
  readonly idleTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly maxRetries: number;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: RetryClock;
  /** Reads the events of one reply; called anew for each try. */
  read(events: AsyncIterable<string>): AsyncGenerator<ModelChunk>;
}

/**
 * Sends the request and yields what `read` makes of the reply. It is sent again only while nothing of a reply was
 * seen. Ends with the connection closed, whatever happens.
 *
 * @throws an AgenticRagError `model-…`, or an AbortError for the caller's signal.
 */
export async function* runExchange(exchange: Exchange): AsyncGenerator<ModelChunk> {
  const { target, signal, totalTimeoutMs, maxRetries, clock } = exchange;
  throwIfAborted(signal);
  const deadline = startDeadline(signal);
  deadline.limit(
    totalTimeoutMs,
    `The model server at ${target.baseUrl} was not done within ${totalTimeoutMs} ms. ` +
      "Raise the total timeout, or lower maxTokens.",
  );
  try {
    yield* runAttempts({
      attempt: () => attempt(exchange, deadline),
      deadline,
      signal,
      maxRetries,
      clock,
      named: (error, seen) => namePrefillRefusal(namedFailure(error, target, seen), target),
    });
  } finally {
    deadline.close();
  }
}

async function* attempt(exchange: Exchange, deadline: Deadline): AsyncGenerator<ModelChunk> {
  const { url, headers, body, target, headersTimeoutMs, idleTimeoutMs, clock } = exchange;
  const beginning = deadline.silence(
    headersTimeoutMs,
    `The model server at ${target.baseUrl} did not begin to reply within ${headersTimeoutMs} ms. ` +
      "Check whether it is overloaded, or raise the headers timeout.",
  );
  const silence = deadline.silence(
    idleTimeoutMs,
    `The model server at ${target.baseUrl} fell silent for ${idleTimeoutMs} ms within its reply. ` +
      "Ask again, or raise the idle timeout.",
  );
  beginning.wait();
  const stream = await openCompletion({
    url,
    headers,
    body,
    target,
    signal: deadline.signal,
    fetch: exchange.fetch,
    now: clock.now,
  }).finally(() => beginning.heard());
  yield* exchange.read(readEvents(stream, silence));
}

function namedFailure(error: unknown, target: RequestTarget, seen: boolean): unknown {
  if (AgenticRagError.isInstance(error)) return error;
  return seen ? truncated(target, error) : connectionFailure(target, error);
}
