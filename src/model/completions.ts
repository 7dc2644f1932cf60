import { AgenticRagError } from "../errors.ts";
import { throwIfAborted } from "./abort.ts";
import { chatmlTemplate, type ChatTemplate } from "./chat-template.ts";
import { openCompletion } from "./completions-open.ts";
import { completionBody, readBaseUrl, requestHeaders, revealed, type ApiKey } from "./completions-request.ts";
import { readCompletion, truncated } from "./completions-stream.ts";
import { startDeadline, type Deadline } from "./deadline.ts";
import { readEvents } from "./event-stream.ts";
import { connectionFailure, type RequestTarget } from "./http-failure.ts";
import { ContinuationModel, type ContinuationOptions, type ModelChunk, type PromptMessage } from "./model.ts";
import { retryDelay, systemClock, type RetryClock } from "./retry.ts";
import { QWQ_SAMPLING, type Sampling } from "./sampling.ts";

export interface CompletionsOptions {
  /** The address in front of `/completions`, such as `http://127.0.0.1:8000/v1`. */
  readonly baseUrl: string;
  /** As the server calls it. */
  readonly modelName: string;
  /** Sent as a bearer token; never shown. @default none */
  readonly apiKey?: ApiKey;
  /** @default chatmlTemplate */
  readonly template?: ChatTemplate;
  /** @default QWQ_SAMPLING */
  readonly sampling?: Sampling;
  /** At most this many tokens for one continuation. @default 8192 */
  readonly maxTokens?: number;
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
 * A model behind an OpenAI-compatible `/v1/completions` (vLLM, SGLang, llama.cpp, LM Studio, TGI …): the chat template
 * is rendered here and the server continues the raw text.
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

  constructor(options: CompletionsOptions) {
    super({});
    this.modelName = options.modelName;
    this.#options = options;
    this.#baseUrl = readBaseUrl(options.baseUrl);
  }

  override async *continueText(
    messages: readonly PromptMessage[],
    options: ContinuationOptions,
  ): AsyncGenerator<ModelChunk> {
    throwIfAborted(options.signal);
    const { maxRetries = 2, totalTimeoutMs = 600_000, clock = systemClock } = this.#options;
    const target = this.#target(options);
    const body = this.#body(messages, options);
    const deadline = startDeadline(options.signal);
    deadline.limit(
      totalTimeoutMs,
      `The model server at ${target.baseUrl} was not done within ${totalTimeoutMs} ms. ` +
        "Raise the total timeout, or lower maxTokens.",
    );
    try {
      for (let tries = 1; ; tries += 1) {
        let seen = false;
        let failure: unknown;
        try {
          for await (const chunk of this.#try(body, target, deadline)) {
            throwIfAborted(options.signal);
            seen = true;
            yield chunk;
          }
          return;
        } catch (error) {
          failure = deadline.failure() ?? namedFailure(error, target, seen);
        }
        const delay = seen || tries > maxRetries ? undefined : retryDelay(failure, tries, clock.random);
        if (delay === undefined) throw failure;
        await clock.sleep(delay, deadline.signal);
        const ended = deadline.failure();
        if (ended !== undefined) throw ended;
      }
    } finally {
      deadline.close();
    }
  }

  async *#try(body: string, target: RequestTarget, deadline: Deadline): AsyncGenerator<ModelChunk> {
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
      url: `${this.#baseUrl}/completions`,
      headers: requestHeaders(apiKey, headers),
      body,
      target,
      signal: deadline.signal,
      fetch: this.#options.fetch ?? globalThis.fetch,
      now: clock.now,
    }).finally(() => beginning.heard());
    yield* readCompletion(readEvents(stream, silence), target);
  }

  #body(messages: readonly PromptMessage[], options: ContinuationOptions): string {
    const {
      template = chatmlTemplate,
      sampling = QWQ_SAMPLING,
      maxTokens = 8192,
      extraBody = {},
    } = this.#options;
    return completionBody({
      prompt: template.render(messages),
      modelName: options.modelName ?? this.modelName,
      maxTokens: options.maxTokens ?? maxTokens,
      sampling: { ...sampling, ...options.sampling },
      stop: options.stop,
      extra: extraBody,
    });
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

function namedFailure(error: unknown, target: RequestTarget, seen: boolean): unknown {
  if (AgenticRagError.isInstance(error)) return error;
  return seen ? truncated(target, error) : connectionFailure(target, error);
}
