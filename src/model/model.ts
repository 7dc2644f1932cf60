import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import { BaseChatModel, type BaseChatModelCallOptions } from "@langchain/core/language_models/chat_models";
import { AIMessage, AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { ChatGenerationChunk, type ChatResult } from "@langchain/core/outputs";
import type { PromptMessage, ReceivedMessage, SpliceTags, TurnPiece } from "../turn.ts";
import type { Sampling } from "./sampling.ts";
import { toUsageMetadata, type ModelUsage } from "./usage-metadata.ts";

export { toUsageMetadata, type ModelUsage } from "./usage-metadata.ts";
export type { PromptMessage, ReceivedMessage, SpliceTags, TurnPiece } from "../turn.ts";

/** The assistant's turn that is to go on, apart from the turns before it. */
export interface OpenTurn {
  readonly turns: readonly PromptMessage[];
  /** Empty where a new turn is opened. */
  readonly pieces: readonly TurnPiece[];
  /** The texts of `pieces`, joined. */
  readonly given: string;
}

/** @param turn the last assistant message in pieces. @default all of it is the model's own */
export function openTurn(messages: readonly PromptMessage[], turn?: readonly TurnPiece[]): OpenTurn {
  const last = messages.at(-1);
  if (last?.role !== "assistant") return { turns: messages, pieces: [], given: "" };
  const pieces = turn ?? [{ origin: "model", text: last.content }];
  return { turns: messages.slice(0, -1), pieces: last.content === "" ? [] : pieces, given: last.content };
}

/** The messages with more at the end of the assistant's turn, which is opened where there is none. */
export function goneOn(messages: readonly PromptMessage[], said: string): readonly PromptMessage[] {
  const { turns, given } = openTurn(messages);
  return [...turns, { role: "assistant", content: given + said }];
}

/** A prompt as it was sent, the turn so far included. */
export interface SentPrompt {
  readonly text: string;
  /** Its ids, where log-probabilities were asked for and the ids are known. */
  readonly tokenIds?: readonly number[] | undefined;
}

/** Text as it is generated, any number of times; then exactly one `end`. */
export type ModelChunk =
  | {
      readonly type: "text";
      readonly text: string;
      /** The ids of exactly this text, where the endpoint gives them. */
      readonly tokenIds?: readonly number[];
      /**
       * The log-probabilities of the tokens of exactly this text, where they were asked for and are told: one for each
       * of `tokenIds` where these are there, else for each token as the endpoint cut the text.
       */
      readonly logprobs?: readonly number[];
      /**
       * The queries of tool calls that are whole by now, of a reply that is still written. They come as text at its end, and
       * count only there; until then the text may be empty.
       */
      readonly begun?: readonly string[];
      /** With the last text of a reply: the message that the texts of this reply stand for, where it is kept. */
      readonly received?: ReceivedMessage;
      /**
       * The first text of a reply: so many replies of the turn were kept for another endpoint or model, and were written anew
       * for this one, without what only that other one may read.
       */
      readonly rewritten?: number;
      /** With the first chunk of a reply, where the family renders prompts. */
      readonly prompt?: SentPrompt;
      /** The first text behind a break: how often the connection has broken by now. None of what follows has ids. */
      readonly continued?: number;
    }
  | {
      readonly type: "end";
      /**
       * The ids of exactly `stopReason`, when that was generated but is not part of the text; where it is `null`, of the
       * token that ended the turn.
       */
      readonly tokenIds?: readonly number[];
      /** Those of exactly `stopReason`, likewise. */
      readonly logprobs?: readonly number[];
      /** `stop`: end-of-turn token or stop string; `length`: cut by the token limit or the context size. */
      readonly finishReason: "stop" | "length";
      /** The stop string that ended it; `null` when the endpoint says it was none; `undefined` when it does not say. */
      readonly stopReason?: string | null;
      readonly usage: ModelUsage;
      /** As of a text, where no text came with it. */
      readonly received?: ReceivedMessage;
      readonly prompt?: SentPrompt;
      /** How the prompt was sent, where a family has both: as text, or as the token ids that it was drawn in. */
      readonly promptForm?: "text" | "tokens";
      /** How often the connection broke and the reply was continued from its text; absent where it never did. */
      readonly continued?: number;
    };

/** The form in which a reply is wanted: one JSON value that fits a JSON Schema. */
export interface JsonForm {
  /** Letters, digits, `_` and `-`. */
  readonly name: string;
  readonly schema: Readonly<Record<string, unknown>>;
  /** What its author says that it is for. */
  readonly description?: string;
  /** Servers of OpenAI's refuse schemas that they cannot hold a model to, where this is true. */
  readonly strict?: boolean;
}

export interface ContinuationOptions {
  /** Generation ends at the first of these. Whether it is part of the text depends on the endpoint. */
  readonly stop?: readonly string[];
  /** At most this many tokens are generated. */
  readonly maxTokens?: number;
  /** Overrides of the sampling that the model was made with, field by field. */
  readonly sampling?: Partial<Sampling>;
  /** Another model name at the same endpoint. */
  readonly modelName?: string;
  /**
   * The last assistant message in pieces, whose texts joined are its content. A family that takes token ids continues
   * from these instead of the text, so that nothing is tokenised anew.
   */
  readonly turn?: readonly TurnPiece[];
  /**
   * The line of models whose form `turn` is written in: each response, that is to say, in a turn of its own. A family that
   * replays messages, and one that does not know the line, leaves it. @default within the assistant's turn
   */
  readonly splice?: { readonly line: string; readonly tags: SpliceTags };
  /** The day that the question was asked, `2026-11-22`: what a chat template that asks the clock is told. @default now */
  readonly date?: string;
  /** False: it may only answer. A family that offers its model tools takes them away; others need not heed it. */
  readonly calls?: boolean;
  /**
   * Whether what was said so far leaves something open, such as reasoning or a call: a reply that ends there with
   * `[DONE]` and no finish reason is truncated. @default told by `<think>` and `<tool_call>`
   */
  readonly isOpen?: (said: string) => boolean;
  /** What stands for the conversation to those who may not know its id: a router keeps it at one server by that. */
  readonly session?: string;
  /**
   * The whole reply is to be JSON of this form: a server that can hold its model to it is asked to, another is not, so that
   * what comes has to be checked. With it no tools are offered.
   */
  readonly form?: JsonForm;
  /** A family that offers its model tools offers the opening of pages too, `open_url`. */
  readonly pages?: boolean;
  readonly signal?: AbortSignal;
}

/** Whether a family offers its model tools as its server knows them, so that calls are not asked for as text. */
export function offersTools(family: string): boolean {
  return family === "native-tools" || family === "responses";
}

/** What a model is and how it does what it promises, as it is recorded in each result. */
export interface ModelDescription {
  readonly family: string;
  /** The model's name at its endpoint. */
  readonly name: string;
  /** The kind of server, where one was found or named. */
  readonly dialect?: string;
  /**
   * How it is known that the turn goes on. `by-construction`: raw text is continued; `proven`: the endpoint was seen to
   * do it; `replayed`: the turn is given as messages, and a new one follows; `none`: it is not.
   */
  readonly continues?: "by-construction" | "proven" | "replayed" | "none";
  /** Why the turn is continued in this way, as a sentence, where that was found out and not set. */
  readonly reason?: string;
  /** The turn is rendered in ChatML although nothing says that the model was trained on it. */
  readonly assumedTemplate?: true;
  /** Tokens of prompt and reply together that the model has there, where that is known. */
  readonly contextTokens?: number;
  /** `contextTokens` is what such a server takes by default: it did not tell it. */
  readonly assumedContext?: true;
  /**
   * What the model's tokenizer reads as one token wherever it stands, such as `[INST]`, besides `<|name|>`; absent where
   * neither its chat template nor its vocabulary is known.
   */
  readonly controlTokens?: readonly string[];
  /**
   * The line of models that it belongs to, where that takes results in a turn of its own; `rethinks`: it thinks anew there.
   * Absent: within the assistant's turn, as QwQ does.
   */
  readonly line?: { readonly name: string; readonly rethinks: boolean };
  /** The text of its chat template, where it is known. Read when a question is opened, and not recorded. */
  readonly chatTemplate?: string;
}

export interface ContinuationCallOptions extends BaseChatModelCallOptions {
  maxTokens?: number;
  sampling?: Partial<Sampling>;
  modelName?: string;
}

/**
 * A LangChain chat model that *continues the assistant's last message*: when the last message is an assistant's,
 * what comes out follows its text in the same turn, with nothing in between. When it is not, a new assistant turn
 * is opened. It knows no tags: text goes in and comes out as it is.
 *
 * What every family promises (`test/conformance/model.ts`):
 * - the text chunks, joined, are what was generated after the given text, each character once;
 * - a stream that ends without the endpoint's word that it is finished throws `model-truncated`, it never just ends;
 * - failures are `AgenticRagError`s with a `model-…` code; a failed request is tried again only while nothing
 *   of the reply has been seen; one that breaks off in its text is continued from there where the family can, and counted;
 * - an aborted `signal` (and a consumer that stops reading) closes the connection; abort rejects with an AbortError.
 */
export abstract class ContinuationModel extends BaseChatModel<ContinuationCallOptions> {
  /** How the continuation is done, such as `completions`: recorded in each result. */
  abstract readonly family: string;
  /** The model's name at its endpoint. */
  abstract readonly modelName: string;

  /** The continuation itself. `messages` is never empty. */
  abstract continueText(
    messages: readonly PromptMessage[],
    options: ContinuationOptions,
  ): AsyncGenerator<ModelChunk>;

  /**
   * What it is. A family that has to find that out asks its endpoint once.
   *
   * @throws what the continuation itself would: a `model-…` error, an AbortError.
   */
  describe(_signal?: AbortSignal): Promise<ModelDescription> {
    return Promise.resolve({ family: this.family, name: this.modelName });
  }

  override _llmType(): string {
    return "agentic-rag-continuation";
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    for await (const chunk of this.continueText(messages.map(toPromptMessage), toContinuation(options))) {
      const generation = toGenerationChunk(chunk);
      yield generation;
      await runManager?.handleLLMNewToken(generation.text, undefined, undefined, undefined, undefined, {
        chunk: generation,
      });
    }
  }

  override async _generate(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): Promise<ChatResult> {
    let whole: ChatGenerationChunk | undefined;
    for await (const chunk of this._streamResponseChunks(messages, options, runManager)) {
      whole = whole === undefined ? chunk : whole.concat(chunk);
    }
    const text = whole?.text ?? "";
    const message = new AIMessage({
      content: text,
      response_metadata: whole?.message.response_metadata ?? {},
    });
    if (whole?.message instanceof AIMessageChunk && whole.message.usage_metadata !== undefined) {
      message.usage_metadata = whole.message.usage_metadata;
    }
    return { generations: [{ text, message }] };
  }
}

/** A LangChain message as a plain turn; content blocks other than text are left out. */
function toPromptMessage(message: BaseMessage): PromptMessage {
  const role = { system: "system", developer: "system", ai: "assistant" }[message.getType() as string];
  return { role: role === "system" || role === "assistant" ? role : "user", content: message.text };
}

function toContinuation(options: ContinuationCallOptions): ContinuationOptions {
  return {
    ...(options.stop !== undefined && { stop: options.stop }),
    ...(options.maxTokens !== undefined && { maxTokens: options.maxTokens }),
    ...(options.sampling !== undefined && { sampling: options.sampling }),
    ...(options.modelName !== undefined && { modelName: options.modelName }),
    ...(options.signal !== undefined && { signal: options.signal }),
  };
}

function toGenerationChunk(chunk: ModelChunk): ChatGenerationChunk {
  if (chunk.type === "text") {
    return new ChatGenerationChunk({
      text: chunk.text,
      message: new AIMessageChunk({ content: chunk.text }),
    });
  }
  const { finishReason, stopReason, usage } = chunk;
  const responseMetadata: Record<string, unknown> = { finish_reason: finishReason };
  if (stopReason !== undefined) responseMetadata["stop_reason"] = stopReason;
  const usageMetadata = toUsageMetadata(usage);
  // assigned afterwards: the constructor's type leaves `usage_metadata` out under exactOptionalPropertyTypes
  const message = Object.assign(new AIMessageChunk({ content: "" }), {
    response_metadata: responseMetadata,
    ...(usageMetadata !== undefined && { usage_metadata: usageMetadata }),
  });
  return new ChatGenerationChunk({ text: "", message });
}
