import { AgenticRagError } from "../../errors.ts";
import { throwIfAborted } from "../../net/abort.ts";
import { systemClock, type RetryClock } from "../../net/clock.ts";
import type { Deadline } from "../../net/deadline.ts";
import { readEvents } from "../../net/event-stream.ts";
import { readLines } from "../../net/lines.ts";
import type { ModelChunk } from "../model.ts";
import type { Sampling } from "../sampling.ts";
import { runAttempts } from "./attempts.ts";
import { connectionFailure, requestTarget, truncated, type RequestTarget } from "./http-failure.ts";
import { DEFAULT_LIMITS, limitTotal, watchReply, type RequestLimits } from "./limits.ts";
import { openCompletion } from "./open.ts";
import { requestHeaders, type ApiKey } from "./request.ts";

/** What the families that speak HTTP themselves are told of a server and how to ask it. */
export interface ServedModelOptions extends RequestLimits {
  /** The address in front of the routes, such as `http://127.0.0.1:8000/v1`. */
  readonly baseUrl: string;
  /** As the server calls it. */
  readonly modelName: string;
  /** Sent as a bearer token; never shown. @default none */
  readonly apiKey?: ApiKey;
  /** Fields that the dialect does not know are not sent. @default QWQ_SAMPLING, field by field */
  readonly sampling?: Partial<Sampling>;
  /** At most this many tokens for one continuation. @default 8192 */
  readonly maxTokens?: number;
  /** More headers. Their values are never shown. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * More fields of the body, such as `{ id_slot: 0 }`; they win over those made here, and `undefined` takes one out.
   * @default none
   */
  readonly extraBody?: Readonly<Record<string, unknown>>;
  /** @default the global `fetch` */
  readonly fetch?: typeof globalThis.fetch;
  /** @default the system's clock and chance */
  readonly clock?: RetryClock;
}

/** A request as it is sent, and how its reply is read. */
export interface PreparedStream {
  readonly url: string;
  readonly body: string;
  /** How the reply is framed: server-sent events, or a JSON value in each line. */
  readonly framing: "events" | "lines";
  /** The chunks of one reply, from its events or lines. */
  readonly read: (parts: AsyncIterable<string>, target: RequestTarget) => AsyncGenerator<ModelChunk>;
}

export interface StreamRequest {
  readonly modelName: string;
  readonly signal: AbortSignal | undefined;
  /** Called for each try, so that a try can send something else than the one before. */
  readonly prepare: (target: RequestTarget, signal: AbortSignal) => Promise<PreparedStream>;
  /** A failure in better words. @default as it is */
  readonly rename?: (failure: unknown, target: RequestTarget) => unknown;
  /** True where the next try sends something else because of this failure: it is made at once. @default false */
  readonly changed?: (failure: unknown) => boolean;
}

/**
 * The chunks of a streamed reply. It is asked for again only while nothing of a reply was seen. Ends with the
 * connection closed, whatever happens.
 *
 * @throws an AgenticRagError `model-…`, what `prepare` throws, or an AbortError for the caller's signal.
 */
export async function* streamRequest(
  options: ServedModelOptions,
  { modelName, signal, prepare, rename = (failure) => failure, changed }: StreamRequest,
): AsyncGenerator<ModelChunk> {
  throwIfAborted(signal);
  const { maxRetries = DEFAULT_LIMITS.maxRetries, clock = systemClock } = options;
  const target = requestTarget({ ...options, modelName });
  const deadline = limitTotal(signal, target, options);
  try {
    yield* runAttempts({
      async *attempt() {
        const prepared = await prepare(target, deadline.signal);
        yield* sendOnce(options, prepared, withRoute(target, prepared.url), deadline);
      },
      deadline,
      signal,
      maxRetries,
      clock,
      named: (error, seen) => rename(namedFailure(error, target, seen), target),
      ...(changed !== undefined && { changed }),
    });
  } finally {
    deadline.close();
  }
}

async function* sendOnce(
  { apiKey, headers = {}, fetch = globalThis.fetch, clock = systemClock, ...limits }: ServedModelOptions,
  { url, body, framing, read }: PreparedStream,
  target: RequestTarget,
  deadline: Deadline,
): AsyncGenerator<ModelChunk> {
  const { beginning, silence } = watchReply(deadline, target, limits);
  beginning.wait();
  const stream = await openCompletion({
    url,
    headers: requestHeaders(apiKey, headers),
    body,
    target,
    signal: deadline.signal,
    fetch,
    now: clock.now,
    ...(framing === "lines" && { mediaType: /^application\/(?:x-ndjson|json)/i }),
  }).finally(() => beginning.heard());
  yield* read(framing === "lines" ? readLines(stream, silence) : readEvents(stream, silence), target);
}

/** The route is what stands behind the base URL, or else behind the server's address. */
function withRoute(target: RequestTarget, url: string): RequestTarget {
  const { baseUrl } = target;
  return { ...target, route: url.startsWith(baseUrl) ? url.slice(baseUrl.length) : new URL(url).pathname };
}

function namedFailure(error: unknown, target: RequestTarget, seen: boolean): unknown {
  if (AgenticRagError.isInstance(error)) return error;
  return seen ? truncated(target, error) : connectionFailure(target, error);
}
