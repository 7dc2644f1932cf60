import type { PromptMessage, WrittenCall } from "../../turn.ts";
import { throwIfAborted } from "../../net/abort.ts";
import { createSharedWork } from "../../net/shared-work.ts";
import { createJsonClient } from "../exchange/json-client.ts";
import { readBaseUrl } from "../exchange/request.ts";
import { streamRequest, type ServedModelOptions } from "../exchange/stream-request.ts";

import {
  ContinuationModel,
  openTurn,
  type ContinuationOptions,
  type ModelChunk,
  type ModelDescription,
} from "../model.ts";
import { QWQ_SAMPLING } from "../sampling.ts";
import { chatDialectOf, type ServerDialect } from "../server/dialects.ts";
import { findDialect, type FoundDialect } from "../server/find.ts";
import { chatBody, DIALECTS } from "./dialect.ts";
import { namePrefillRefusal } from "./prefill-refusal.ts";
import { readTurn } from "./reading.ts";
import { readChat } from "./stream.ts";
import { createEchoFilter, createTurnText, type ReasoningTags } from "./text.ts";

export interface ChatPrefixOptions extends ServedModelOptions {
  /**
   * What kind of server it is, and so how it is told to continue the last message. `auto`: it is asked, once; `generic`:
   * the message is sent as it is.
   */
  readonly dialect: ServerDialect | "auto";
  /** What the model writes around its reasoning. @default `<think>` and `</think>` */
  readonly reasoningTags?: ReasoningTags;
  /**
   * Gives a tool call that the server parsed out of the model's text back as text of the protocol; one that is not
   * whole without its end. @default none: such a reply is a `model-bad-reply`
   */
  readonly callText?: (call: WrittenCall) => string;
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
  // private, so that no trace, log or serialisation of the model shows a key
  readonly #options: ChatPrefixOptions;
  readonly #dialect: (signal?: AbortSignal) => Promise<FoundDialect>;

  constructor(options: ChatPrefixOptions) {
    super({});
    const { modelName, dialect } = options;
    this.modelName = modelName;
    const baseUrl = readBaseUrl(options.baseUrl);
    this.#options = { ...options, baseUrl };
    const client = createJsonClient(options);
    const found = createSharedWork((signal) => findDialect(client, baseUrl, signal), {
      keeps: ({ certain }) => certain,
    });
    this.#dialect = dialect === "auto" ? found : () => Promise.resolve({ dialect, certain: true });
  }

  /** The dialect that is set, or that the server is known by. One that says nothing of itself is not an error here. */
  override async describe(signal?: AbortSignal): Promise<ModelDescription> {
    throwIfAborted(signal);
    const { dialect, certain } = await this.#dialect(signal);
    return { ...(await super.describe(signal)), ...(certain && { dialect }) };
  }

  override async *continueText(
    messages: readonly PromptMessage[],
    options: ContinuationOptions,
  ): AsyncGenerator<ModelChunk> {
    const {
      baseUrl,
      callText,
      extraBody = {},
      maxTokens = 8192,
      reasoningTags: tags = { open: "<think>", close: "</think>" },
      sampling,
    } = this.#options;
    const { modelName = this.modelName, signal } = options;
    const { given } = openTurn(messages);
    yield* streamRequest(this.#options, {
      modelName,
      signal,
      prepare: async (_target, ended) => {
        const dialect = chatDialectOf((await this.#dialect(ended)).dialect);
        return {
          url: `${baseUrl}/chat/completions`,
          framing: "events",
          body: chatBody({
            dialect,
            tags,
            messages,
            modelName,
            maxTokens: options.maxTokens ?? maxTokens,
            sampling: { ...QWQ_SAMPLING, ...sampling, ...options.sampling },
            stop: options.stop,
            extra: extraBody,
          }),
          read: (events, target) =>
            readTurn(readChat(events, target), {
              target,
              turn: createTurnText(given, tags),
              echo: DIALECTS[dialect].echoes ? createEchoFilter(given) : undefined,
              callText,
            }),
        };
      },
      rename: namePrefillRefusal,
    });
  }
}
