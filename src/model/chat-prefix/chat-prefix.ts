import { chatBody, DIALECTS, givenText, type ChatDialect } from "./dialect.ts";
import { runExchange } from "./exchange.ts";
import { readTurn } from "./reading.ts";
import { readChat } from "./stream.ts";
import { createEchoFilter, createTurnText, type ReasoningTags } from "./text.ts";
import { readBaseUrl, requestHeaders, revealed, type ApiKey } from "../exchange/request.ts";
import type { RequestTarget } from "../exchange/http-failure.ts";
import {
  ContinuationModel,
  type ContinuationOptions,
  type ModelChunk,
  type PromptMessage,
} from "../model.ts";
import { systemClock, type RetryClock } from "../../net/clock.ts";
import { QWQ_SAMPLING, type Sampling } from "../sampling.ts";
import type { WrittenCall } from "../exchange/written-call.ts";

export interface ChatPrefixOptions {
  /** The address in front of `/chat/completions`, such as `http://127.0.0.1:8000/v1`; DeepSeek's ends in `/beta`. */
  readonly baseUrl: string;
  /** As the server calls it. */
  readonly modelName: string;
  /** How the server is told to continue the last message. `generic`: it is sent as it is. */
  readonly dialect: ChatDialect;
  /** Sent as a bearer token; never shown. @default none */
  readonly apiKey?: ApiKey;
  /** What the model writes around its reasoning. @default `<think>` and `</think>` */
  readonly reasoningTags?: ReasoningTags;
  /**
   * Gives a tool call that the server parsed out of the model's text back as text of the protocol; one that is not
   * whole without its end. @default none: such a reply is a `model-bad-reply`
   */
  readonly callText?: (call: WrittenCall) => string;
  /** Fields that the dialect does not know are not sent. @default QWQ_SAMPLING, field by field */
  readonly sampling?: Partial<Sampling>;
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
   * More fields of the body, such as `{ provider: { order: ["x"] } }`; they win over those made here, and `undefined`
   * takes one out. @default none
   */
  readonly extraBody?: Readonly<Record<string, unknown>>;
  /** @default the global `fetch` */
  readonly fetch?: typeof globalThis.fetch;
  /** @default the system's clock and chance */
  readonly clock?: RetryClock;
}

/**
 * A model behind a chat endpoint that continues a last assistant message: the server renders the chat template, and
 * what it tells apart (reasoning, content, tool calls) is put back into the one text that the model wrote.
 *
 * An endpoint that opens a new turn instead cannot be told from one reply: it has to be probed.
 *
 * @throws `settings-invalid` for a base URL that is none.
 */
export function createChatPrefixModel(options: ChatPrefixOptions): ChatPrefixModel {
  return new ChatPrefixModel(options);
}

export class ChatPrefixModel extends ContinuationModel {
  readonly family = "chat-prefix";
  readonly modelName: string;
  readonly dialect: ChatDialect;
  // private, so that no trace, log or serialisation of the model shows a key
  readonly #options: ChatPrefixOptions;
  readonly #baseUrl: string;

  constructor(options: ChatPrefixOptions) {
    super({});
    this.modelName = options.modelName;
    this.dialect = options.dialect;
    this.#options = options;
    this.#baseUrl = readBaseUrl(options.baseUrl);
  }

  override async *continueText(
    messages: readonly PromptMessage[],
    options: ContinuationOptions,
  ): AsyncGenerator<ModelChunk> {
    const {
      apiKey,
      callText,
      clock = systemClock,
      dialect,
      extraBody = {},
      headers = {},
      maxTokens = 8192,
      reasoningTags: tags = { open: "<think>", close: "</think>" },
      sampling,
    } = this.#options;
    const given = givenText(messages);
    const target = this.#target(options);
    yield* runExchange({
      url: `${this.#baseUrl}/chat/completions`,
      headers: requestHeaders(apiKey, headers),
      body: chatBody({
        dialect,
        tags,
        messages,
        modelName: target.modelName,
        maxTokens: options.maxTokens ?? maxTokens,
        sampling: { ...QWQ_SAMPLING, ...sampling, ...options.sampling },
        stop: options.stop,
        extra: extraBody,
      }),
      target,
      signal: options.signal,
      idleTimeoutMs: this.#options.idleTimeoutMs ?? 60_000,
      headersTimeoutMs: this.#options.headersTimeoutMs ?? 120_000,
      totalTimeoutMs: this.#options.totalTimeoutMs ?? 600_000,
      maxRetries: this.#options.maxRetries ?? 2,
      fetch: this.#options.fetch ?? globalThis.fetch,
      clock,
      read: (events) =>
        readTurn(readChat(events, target), {
          target,
          turn: createTurnText(given, tags),
          echo: DIALECTS[dialect].echoes ? createEchoFilter(given) : undefined,
          callText,
        }),
    });
  }

  #target(options: ContinuationOptions): RequestTarget {
    const key = revealed(this.#options.apiKey).trim();
    return {
      baseUrl: this.#baseUrl,
      route: "/chat/completions",
      modelName: options.modelName ?? this.modelName,
      // a placeholder such as "EMPTY" is an everyday word and no secret
      redact: (text) => (key.length < 8 ? text : text.replaceAll(key, "***")),
    };
  }
}
