import type { PromptMessage, WrittenCall } from "../../turn.ts";
import { throwIfAborted } from "../../net/abort.ts";
import { obeyingRefusals } from "../exchange/obeying-fetch.ts";
import { tokensLeft } from "../exchange/attempts.ts";
import { LAST_SAID, leavesOpen, partsOf } from "../exchange/read-to-end.ts";
import { readBaseUrl } from "../exchange/request.ts";
import { tellRewritten } from "../exchange/rewritten.ts";
import { streamRequest, type ServedModelOptions } from "../exchange/stream-request.ts";

import {
  ContinuationModel,
  goneOn,
  openTurn,
  type ContinuationOptions,
  type ModelChunk,
  type ModelDescription,
} from "../model.ts";
import { chatForm } from "../server/json-form.ts";
import { chatReasoning } from "../server/reasoning.ts";
import { QWQ_SAMPLING } from "../sampling.ts";
import { describeContext } from "../server/context-size.ts";
import { chatDialectOf, type ServerDialect } from "../server/dialects.ts";
import { askServer, type AskedServer } from "../server/server.ts";
import { chatBody, DIALECTS } from "./dialect.ts";
import { namePrefillRefusal } from "./prefill-refusal.ts";
import { readTurn } from "./reading.ts";
import { readChatEvent } from "./stream.ts";
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
  readonly #server: AskedServer;

  constructor(options: ChatPrefixOptions) {
    super({});
    const { modelName, dialect } = options;
    this.modelName = modelName;
    const baseUrl = readBaseUrl(options.baseUrl);
    this.#server = askServer({ ...options, baseUrl }, dialect);
    const { stream } = options;
    const fetch = obeyingRefusals(options.fetch, { stream, windowOf: this.#server.context.known });
    this.#options = { ...options, baseUrl, fetch };
  }

  /** The dialect that is set, or that the server is known by. One that says nothing of itself is not an error here. */
  override async describe(signal?: AbortSignal): Promise<ModelDescription> {
    throwIfAborted(signal);
    const { dialect, certain } = await this.#server.dialect(signal);
    return {
      ...(await super.describe(signal)),
      ...(certain && { dialect }),
      ...describeContext(await this.#server.context.find(this.modelName, signal)),
    };
  }

  override continueText(
    messages: readonly PromptMessage[],
    options: ContinuationOptions,
  ): AsyncGenerator<ModelChunk> {
    const {
      baseUrl,
      callText,
      extraBody = {},
      maxTokens = 8192,
      reasoning,
      reasoningTags: tags = { open: "<think>", close: "</think>" },
      sampling,
    } = this.#options;
    const { modelName = this.modelName, signal } = options;
    const { given } = openTurn(messages);
    const chunks = streamRequest(this.#options, {
      modelName,
      signal,
      session: options.session,
      prepare: async (_target, ended, said) => {
        const before = given + said;
        const { dialect: server } = await this.#server.dialect(ended);
        const dialect = chatDialectOf(server);
        return {
          url: `${baseUrl}/chat/completions`,
          framing: "events",
          body: chatBody({
            dialect,
            tags,
            messages: said === "" ? messages : goneOn(messages, said),
            modelName,
            maxTokens: tokensLeft(options.maxTokens ?? maxTokens, said),
            sampling: { ...QWQ_SAMPLING, ...sampling, ...options.sampling },
            stop: options.stop,
            extra: {
              ...chatReasoning(reasoning, server),
              ...chatForm(options.form, server),
              ...extraBody,
            },
          }),
          read: (events, target) =>
            readTurn(
              partsOf(events, target, (event) => [readChatEvent(event, target)], LAST_SAID),
              {
                target,
                turn: createTurnText(before, tags),
                echo: DIALECTS[dialect].echoes ? createEchoFilter(before) : undefined,
                callText,
                isOpen: (text) => options.isOpen?.(said + text) ?? leavesOpen(before + text),
              },
            ),
        };
      },
      rename: namePrefillRefusal,
    });
    return tellRewritten(chunks, options.turn ?? []);
  }
}
