import type { PromptMessage, WrittenCall } from "../../turn.ts";
import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import { throwIfAborted } from "../../net/abort.ts";
import type { Deadline } from "../../net/deadline.ts";
import { tellRewritten } from "../exchange/rewritten.ts";
import { runAttempts } from "../exchange/attempts.ts";
import { readTurn } from "../chat-prefix/reading.ts";
import { createEchoFilter, createTurnText, type ReasoningTags } from "../chat-prefix/text.ts";
import { chatModelFor, nameOf, streamReply, targetOf, toMessage, type LangchainChatOptions } from "./chat.ts";
import { leavesOpen } from "../exchange/read-to-end.ts";
import { limitTotal } from "../exchange/limits.ts";
import { readParts } from "./reply.ts";
import { ContinuationModel, openTurn, type ContinuationOptions, type ModelChunk } from "../model.ts";
import { namePrefillRefusal } from "../chat-prefix/prefill-refusal.ts";
import { systemClock, type RetryClock } from "../../net/clock.ts";

export interface PrefilledChatOptions extends LangchainChatOptions {
  /**
   * Makes the message that is to be continued, of texts that joined are its content and that stay the same from one
   * step to the next. Where an endpoint wants it marked, this marks it; for Mistral:
   * `(texts) => new AIMessage({ content: texts.join(""), additional_kwargs: { prefix: true } })`.
   * @default an AIMessage of the joined texts
   */
  readonly lastMessage?: (texts: readonly string[]) => BaseMessage;
  /** The reply begins with the given text once more, as Mistral's does. @default false */
  readonly echoes?: boolean;
  /** What the model writes around its reasoning. @default `<think>` and `</think>` */
  readonly reasoningTags?: ReasoningTags;
  /** Gives a tool call that the endpoint parsed out of the text back as text. @default none: a `model-bad-reply` */
  readonly callText?: (call: WrittenCall) => string;
  /**
   * How often a request is sent again while nothing of a reply was seen, over what the chat model itself retries.
   * @default 0
   */
  readonly maxRetries?: number;
  /** @default the system's clock and chance */
  readonly clock?: RetryClock;
}

const TAGS: ReasoningTags = { open: "<think>", close: "</think>" };

/**
 * Any LangChain chat model whose endpoint continues an assistant's message at the end, such as ChatAnthropic with
 * Claude up to 4.5: the turn so far is that message.
 *
 * Anthropic takes no message that ends in white space, so that is not sent, and taken off the reply where the model
 * writes it itself. Stop strings of nothing but white space are refused, and not sent.
 *
 * An endpoint that opens a new turn instead cannot be told from one reply: it has to be probed.
 */
export function createPrefilledChatModel(options: PrefilledChatOptions): PrefilledChatModel {
  return new PrefilledChatModel(options);
}

export class PrefilledChatModel extends ContinuationModel {
  readonly family = "chat-prefix";
  readonly modelName: string;
  // private, so that no trace, log or serialisation of the model shows a key
  readonly #options: PrefilledChatOptions;

  constructor(options: PrefilledChatOptions) {
    super({});
    this.#options = options;
    this.modelName = options.modelName ?? nameOf(chatModelFor(options));
  }

  override async *continueText(
    messages: readonly PromptMessage[],
    options: ContinuationOptions,
  ): AsyncGenerator<ModelChunk> {
    throwIfAborted(options.signal);
    const { reasoningTags = TAGS, callText, echoes = false, endsSilently = false } = this.#options;
    const chatModel = chatModelFor(this.#options, options);
    const target = targetOf(chatModel, options.modelName ?? this.modelName, this.#options);
    const { turns, pieces, given: opened } = openTurn(messages, options.turn);
    const given = pieces.map(({ text }) => text);
    const stop = [...new Set(options.stop)].filter((one) => one.trim() !== "");
    const attempt = (said: string, deadline: Deadline): AsyncGenerator<ModelChunk> => {
      const before = opened + said;
      const replies = streamReply(
        {
          chat: () => chatModel,
          prompt: this.#prompt(turns, said === "" ? given : [...given, said]),
          callOptions: stop.length > 0 ? { stop } : {},
          target,
          deadline,
        },
        this.#options,
      );
      return readTurn(readParts(replies, { target, endsSilently }), {
        target,
        turn: createTurnText(before, reasoningTags),
        echo: createEchoFilter(echoes ? before : before.slice(before.trimEnd().length)),
        callText,
        isOpen: (text) => options.isOpen?.(said + text) ?? leavesOpen(before + text),
      });
    };
    const chunks = runAttempts({
      attempt,
      begin: () => limitTotal(options.signal, target, this.#options),
      signal: options.signal,
      maxRetries: this.#options.maxRetries ?? 0,
      clock: this.#options.clock ?? systemClock,
      named: (error) => namePrefillRefusal(error, target),
    });
    yield* tellRewritten(chunks, pieces);
  }

  #prompt(turns: readonly PromptMessage[], given: readonly string[]): BaseMessage[] {
    const { lastMessage = (texts) => new AIMessage(texts.join("")) } = this.#options;
    const texts = trimmedTexts(given);
    return [
      ...turns.filter(({ content }) => content.trim() !== "").map(toMessage),
      ...(texts.length > 0 ? [lastMessage(texts)] : []),
    ];
  }
}

/**
 * The message that Claude continues, marked as the end of what is kept in the prompt cache: a block for each text, so
 * that those of the last step are found there.
 * Source: https://platform.claude.com/docs/en/build-with-claude/prompt-caching
 */
export function cachedPrefill(texts: readonly string[]): AIMessage {
  const last = texts.length - 1;
  return new AIMessage({
    content: texts.map((text, at) => ({
      type: "text",
      text,
      ...(at === last && { cache_control: { type: "ephemeral" } }),
    })),
  });
}

/**
 * The texts, none of which ends in white space: it stands before the next one instead, and what the last one ends in is
 * left out. So each is the same when more has been added.
 */
export function trimmedTexts(texts: readonly string[]): readonly string[] {
  const trimmed: string[] = [];
  let blank = "";
  for (const text of texts) {
    const whole = blank + text;
    const end = whole.trimEnd();
    blank = end === "" ? whole : whole.slice(end.length);
    if (end !== "") trimmed.push(end);
  }
  return trimmed;
}
