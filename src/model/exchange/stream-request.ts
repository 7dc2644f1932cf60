import { AgenticRagError } from "../../errors.ts";
import { systemClock, type RetryClock } from "../../net/clock.ts";
import type { Deadline } from "../../net/deadline.ts";
import { readEvents } from "../../net/event-stream.ts";
import { readLines } from "../../net/lines.ts";
import { onKept } from "../../net/kept-connections.ts";
import { send, type Send } from "../../net/send.ts";
import type { ModelChunk } from "../model.ts";
import type { ReasoningEffort, Sampling } from "../sampling.ts";
import { runAttempts } from "./attempts.ts";
import { connectionFailure, requestTarget, truncated, type RequestTarget } from "./http-failure.ts";
import { defaultLimits, DEFAULT_RETRIES, limitTotal, watchReply, type RequestLimits } from "./limits.ts";
import type { StreamWish } from "./obeying-fetch.ts";
import { openCompletion } from "./open.ts";
import { requestHeaders, type ApiKey } from "./request.ts";

/** What the families that speak HTTP themselves are told of a server and how to ask it. */
export interface ServedModelOptions extends RequestLimits {
  /** The address in front of the routes, such as `http://127.0.0.1:8000/v1`. */
  readonly baseUrl: string;
  /** As the server calls it. */
  readonly modelName: string;
  /** Never shown. @default none */
  readonly apiKey?: ApiKey;
  /** The header that the key is sent in, such as `api-key`. @default `authorization`, as a bearer token */
  readonly keyHeader?: string;
  /** Fields that the dialect does not know are not sent. @default QWQ_SAMPLING, field by field */
  readonly sampling?: Partial<Sampling>;
  /** At most this many tokens for one continuation. @default 8192 */
  readonly maxTokens?: number;
  /**
   * Tokens of prompt and reply together. Ollama is asked for a context of that size (`num_ctx`); elsewhere it is what
   * the server was started with. @default what the server tells
   */
  readonly contextTokens?: number;
  /** More headers. Their values are never shown. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * More fields of the body, such as `{ id_slot: 0 }`; they win over those made here, and `undefined` takes one out.
   * @default none
   */
  readonly extraBody?: Readonly<Record<string, unknown>>;
  /** How much the model is to think, in the words of its server. @default as it does by itself */
  readonly reasoning?: ReasoningEffort;
  /**
   * The name under which a router is told which requests belong together: with a hyphen a header, such as
   * `X-SMG-Routing-Key`, else a field of the body, such as `prompt_cache_key`. @default none
   */
  readonly sessionName?: string;
  /** Whether replies are asked for as streams. @default "auto": they are, until the server refuses that */
  readonly stream?: StreamWish;
  /**
   * What sends the requests: a `fetch`, such as one through a proxy. @default Node's HTTP, which has no limits of its own:
   * its `fetch` gives a reply up after 300 s without a byte
   */
  readonly fetch?: Send;
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
  readonly read: (
    parts: AsyncIterable<readonly string[]>,
    target: RequestTarget,
  ) => AsyncGenerator<ModelChunk>;
}

export interface StreamRequest {
  readonly modelName: string;
  readonly signal: AbortSignal | undefined;
  /** What is told under `sessionName`. */
  readonly session: string | undefined;
  /**
   * Called for each try, so that a try can send something else than the one before. `said`: the reply so far, where the
   * connection broke, which this try goes on from.
   */
  readonly prepare: (target: RequestTarget, signal: AbortSignal, said: string) => Promise<PreparedStream>;
  /** A failure in better words. @default as it is */
  readonly rename?: (failure: unknown, target: RequestTarget) => unknown;
  /** True where the next try sends something else because of this failure: it is made at once. @default false */
  readonly changed?: (failure: unknown) => boolean;
  /** False: a reply that breaks off in its text cannot be continued from there. @default true */
  readonly goesOn?: boolean;
}

/**
 * The chunks of a streamed reply. It is asked for again only while nothing of a reply was seen, and continued where it
 * breaks off in its text. Ends with the connection closed, whatever happens.
 *
 * @throws an AgenticRagError `model-…`, what `prepare` throws, or an AbortError for the caller's signal.
 */
export function streamRequest(
  options: ServedModelOptions,
  {
    modelName,
    signal,
    session,
    prepare,
    rename = (failure) => failure,
    changed,
    goesOn = true,
  }: StreamRequest,
): AsyncGenerator<ModelChunk> {
  const { maxRetries = DEFAULT_RETRIES, clock = systemClock } = options;
  const target = requestTarget({ ...options, modelName });
  return runAttempts({
    begin: () => limitTotal(signal, target, options),
    async attempt(said, deadline) {
      const prepared = await prepare(target, deadline.signal, said);
      return sendOnce(...withSession(options, prepared, session), withRoute(target, prepared.url), deadline);
    },
    signal,
    maxRetries,
    goesOn,
    clock,
    named: (error, seen) => rename(namedFailure(error, target, seen), target),
    ...(changed !== undefined && { changed }),
  });
}

async function sendOnce(
  { apiKey, keyHeader, headers = {}, fetch = send, clock = systemClock, ...options }: ServedModelOptions,
  { url, body, framing, read }: PreparedStream,
  target: RequestTarget,
  deadline: Deadline,
): Promise<AsyncGenerator<ModelChunk>> {
  // a reply in one piece begins when it is done
  const { totalTimeoutMs = defaultLimits(target.baseUrl).totalTimeoutMs } = options;
  const limits = options.stream === "off" ? { ...options, headersTimeoutMs: totalTimeoutMs } : options;
  const silence = watchReply(deadline, target, limits);
  silence.wait();
  const stream = await openCompletion({
    url,
    headers: requestHeaders(apiKey, headers, keyHeader),
    body,
    target,
    signal: deadline.signal,
    fetch: onKept(fetch),
    now: clock.now,
    ...(framing === "lines" && { mediaType: /^application\/(?:x-ndjson|json)/i }),
  });
  if (typeof stream !== "string") {
    return read(framing === "lines" ? readLines(stream, silence) : readEvents(stream, silence), target);
  }
  silence.heard();
  return read(inOnePiece(stream), target);
}

/** The request with the name of its conversation. */
function withSession(
  options: ServedModelOptions,
  prepared: PreparedStream,
  session: string | undefined,
): [ServedModelOptions, PreparedStream] {
  const { sessionName: name } = options;
  if (name === undefined || session === undefined) return [options, prepared];
  if (name.includes("-")) return [{ ...options, headers: { [name]: session, ...options.headers } }, prepared];
  // first, so that the operator's field of the same name counts
  const body = `{${JSON.stringify(name)}:${JSON.stringify(session)},${prepared.body.slice(1)}`;
  return [options, { ...prepared, body }];
}

/** A reply that did not stream, as the events of one that did. */
async function* inOnePiece(reply: string): AsyncGenerator<readonly string[]> {
  yield [reply, "[DONE]"];
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
