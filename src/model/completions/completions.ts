import { AgenticRagError } from "../../errors.ts";
import { throwIfAborted } from "../../net/abort.ts";
import { runAttempts } from "../exchange/attempts.ts";
import type { ChatTemplate } from "../template/chat-template.ts";
import { openCompletion } from "../exchange/open.ts";
import { createConnection, type Connection } from "./connection.ts";
import type { DialectName } from "./dialect.ts";
import { readLines } from "../../net/lines.ts";
import { prepareRequest, type PreparedRequest } from "./prepare.ts";
import { readBaseUrl, requestHeaders, revealed, type ApiKey } from "../exchange/request.ts";
import { createServerRoutes } from "../exchange/server.ts";
import { readCompletion } from "./stream.ts";
import { startDeadline, type Deadline } from "../../net/deadline.ts";
import { readEvents } from "../../net/event-stream.ts";
import { type RequestTarget, connectionFailure, truncated } from "../exchange/http-failure.ts";
import {
  ContinuationModel,
  type ContinuationOptions,
  type ModelChunk,
  type ModelDescription,
  type PromptMessage,
} from "../model.ts";
import { systemClock, type RetryClock } from "../../net/clock.ts";
import { QWQ_SAMPLING, type Sampling } from "../sampling.ts";

/** The small questions beside the text: what kind of server it is, how it spells a text. */
const QUESTION_MS = 3_000;

export interface CompletionsOptions {
  /** The address in front of `/completions`, such as `http://127.0.0.1:8000/v1`. */
  readonly baseUrl: string;
  /** As the server calls it. */
  readonly modelName: string;
  /** Sent as a bearer token; never shown. @default none */
  readonly apiKey?: ApiKey;
  /**
   * What kind of server it is. `auto` asks it, once; `generic` is OpenAI's completions and nothing more. The others are
   * asked for which end a text had, and but for `ollama` and `tgi` for token ids, from which a turn is continued.
   * @default "auto"
   */
  readonly dialect?: DialectName | "auto";
  /**
   * `server`: the one that the server tells, which only llama.cpp does; `auto`: that one where it is told, else ChatML.
   * @default "auto"
   */
  readonly template?: ChatTemplate | "server" | "auto";
  /** @default QWQ_SAMPLING, field by field */
  readonly sampling?: Partial<Sampling>;
  /** At most this many tokens for one continuation. @default 8192 */
  readonly maxTokens?: number;
  /** More tokens that end a continuation, such as `[151658]`; for vLLM and SGLang. @default none */
  readonly stopTokenIds?: readonly number[];
  /** The longest silence inside a reply, in milliseconds. @default 60_000 */
  readonly idleTimeoutMs?: number;
  /** The longest wait for a reply to begin, in milliseconds. @default 120_000 */
  readonly headersTimeoutMs?: number;
  /** The longest time for a continuation with all its tries, in milliseconds. @default 600_000 */
  readonly totalTimeoutMs?: number;
  /** How often a request is sent again while nothing of a reply was seen. @default 2 */
  readonly maxRetries?: number;
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

/**
 * A model behind an OpenAI-compatible `/v1/completions` (vLLM, SGLang, llama.cpp, LM Studio, TGI …) or Ollama: the chat
 * template is rendered here and the server continues the raw text.
 *
 * @throws `settings-invalid` for a base URL that is none.
 */
export function createCompletionsModel(options: CompletionsOptions): CompletionsModel {
  return new CompletionsModel(options);
}

export class CompletionsModel extends ContinuationModel {
  readonly family = "completions";
  readonly modelName: string;
  // private, so that no trace, log or serialisation of the model shows a key
  readonly #options: CompletionsOptions;
  readonly #baseUrl: string;
  readonly #connection: Connection;

  constructor(options: CompletionsOptions) {
    super({});
    this.modelName = options.modelName;
    this.#options = options;
    this.#baseUrl = readBaseUrl(options.baseUrl);
    const { apiKey, headers = {}, dialect = "auto", template = "auto" } = options;
    this.#connection = createConnection({
      baseUrl: this.#baseUrl,
      dialect,
      template,
      routes: createServerRoutes({
        headers: () => requestHeaders(apiKey, headers),
        fetch: options.fetch ?? ((...request) => globalThis.fetch(...request)),
        timeoutMs: QUESTION_MS,
      }),
    });
  }

  /** The dialect that is set, or that the server is known by. One that says nothing of itself is not an error here. */
  override async describe(signal?: AbortSignal): Promise<ModelDescription> {
    throwIfAborted(signal);
    const { dialect, certain } = await this.#connection.dialect(signal);
    return { ...(await super.describe(signal)), ...(certain && { dialect: dialect.name }) };
  }

  override async *continueText(
    messages: readonly PromptMessage[],
    options: ContinuationOptions,
  ): AsyncGenerator<ModelChunk> {
    throwIfAborted(options.signal);
    const { maxRetries = 2, totalTimeoutMs = 600_000, clock = systemClock } = this.#options;
    const target = this.#target(options);
    const deadline = startDeadline(options.signal);
    deadline.limit(
      totalTimeoutMs,
      `The model server at ${target.baseUrl} was not done within ${totalTimeoutMs} ms. ` +
        "Raise the total timeout, or lower maxTokens.",
    );
    const prepare = (): Promise<PreparedRequest> => this.#prepare(messages, options, target, deadline);
    try {
      const sent = { request: await prepare(), tries: 0 };
      yield* runAttempts({
        attempt: () => this.#attempt(sent, prepare, target, deadline),
        deadline,
        signal: options.signal,
        maxRetries,
        clock,
        named: (error, seen) => namedFailure(error, target, seen),
        changed(failure) {
          const { asText } = sent.request;
          if (asText === undefined || !isRejection(failure)) return false;
          sent.request = asText;
          return true;
        },
      });
    } finally {
      deadline.close();
    }
  }

  /** Sends a request; a server that had said nothing of itself by the last time is asked what it is once more. */
  async *#attempt(
    sent: { request: PreparedRequest; tries: number },
    prepare: () => Promise<PreparedRequest>,
    target: RequestTarget,
    deadline: Deadline,
  ): AsyncGenerator<ModelChunk> {
    if (sent.tries > 0 && !sent.request.certain) sent.request = await prepare();
    sent.tries += 1;
    yield* this.#try(sent.request, target, deadline);
  }

  async #prepare(
    messages: readonly PromptMessage[],
    options: ContinuationOptions,
    target: RequestTarget,
    deadline: Deadline,
  ): Promise<PreparedRequest> {
    const { sampling, maxTokens = 8192, extraBody = {}, stopTokenIds = [] } = this.#options;
    try {
      return await prepareRequest({
        connection: this.#connection,
        target,
        messages,
        turn: options.turn ?? [],
        stop: options.stop ?? [],
        stopTokenIds,
        maxTokens: options.maxTokens ?? maxTokens,
        sampling: { ...QWQ_SAMPLING, ...sampling, ...options.sampling },
        extraBody,
        signal: deadline.signal,
      });
    } catch (error) {
      throw deadline.failure() ?? error;
    }
  }

  async *#try(
    request: PreparedRequest,
    asked: RequestTarget,
    deadline: Deadline,
  ): AsyncGenerator<ModelChunk> {
    const { dialect } = request;
    const url = dialect.url(this.#baseUrl);
    const target = { ...asked, route: routeOf(url, this.#baseUrl) };
    const {
      apiKey,
      clock = systemClock,
      headers = {},
      headersTimeoutMs = 120_000,
      idleTimeoutMs = 60_000,
    } = this.#options;
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
      headers: requestHeaders(apiKey, headers),
      body: request.body,
      target,
      signal: deadline.signal,
      fetch: this.#options.fetch ?? globalThis.fetch,
      now: clock.now,
      ...(dialect.framing === "lines" && { mediaType: /^application\/(?:x-ndjson|json)/i }),
    }).finally(() => beginning.heard());
    const parts = dialect.framing === "lines" ? readLines(stream, silence) : readEvents(stream, silence);
    yield* readCompletion(parts, target, request);
  }

  #target(options: ContinuationOptions): RequestTarget {
    const key = revealed(this.#options.apiKey).trim();
    return {
      baseUrl: this.#baseUrl,
      modelName: options.modelName ?? this.modelName,
      // a placeholder such as "EMPTY" is an everyday word and no secret
      redact: (text) => (key.length < 8 ? text : text.replaceAll(key, "***")),
    };
  }
}

/** What is asked, as it stands behind the base URL, or else behind the server's address. */
function routeOf(url: string, baseUrl: string): string {
  return url.startsWith(baseUrl) ? url.slice(baseUrl.length) : new URL(url).pathname;
}

function isRejection(failure: unknown): boolean {
  return AgenticRagError.isInstance(failure) && failure.code === "model-rejected";
}

function namedFailure(error: unknown, target: RequestTarget, seen: boolean): unknown {
  if (AgenticRagError.isInstance(error)) return error;
  return seen ? truncated(target, error) : connectionFailure(target, error);
}
