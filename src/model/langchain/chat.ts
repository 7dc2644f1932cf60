import type { PromptMessage } from "../../turn.ts";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import {
  AIMessage,
  AIMessageChunk,
  HumanMessage,
  SystemMessage,
  type BaseMessage,
} from "@langchain/core/messages";
import type { Runnable } from "@langchain/core/runnables";
import { isAbort } from "../../errors.ts";
import type { ApiKey } from "../exchange/request.ts";
import type { Deadline } from "../../net/deadline.ts";
import { requestTarget, type RequestTarget } from "../exchange/http-failure.ts";
import { watchReply, type RequestLimits } from "../exchange/limits.ts";
import { langchainFailure } from "./failure.ts";
import type { ContinuationOptions } from "../model.ts";

/** What LangChain's chat models take when they are made, and mostly not with a call. */
export type ModelRequest = Pick<ContinuationOptions, "maxTokens" | "sampling" | "modelName">;

/** What a family over LangChain's chat models is told of one. */
export interface LangchainChatOptions extends Omit<RequestLimits, "maxRetries"> {
  /**
   * A chat model, or what makes one for each request. A model that is handed in keeps the limits, the sampling and the
   * name that it was made with; a function is told those of the request.
   */
  readonly chatModel: BaseChatModel | ((request: ModelRequest) => BaseChatModel);
  /** @default the chat model's own name for it */
  readonly modelName?: string;
  /** The address of the server, as errors name it. @default the chat model's class */
  readonly baseUrl?: string;
  /** Not sent, but never shown should an error repeat it. @default the keys that the chat model holds */
  readonly apiKey?: ApiKey;
  /**
   * The chat model never says how a streamed reply ended, so that the end of its stream has to count.
   * @default false: a stream without a finish reason is `model-truncated`
   */
  readonly endsSilently?: boolean;
}

/** The chat model for one request. */
export function chatModelFor(
  { chatModel }: Pick<LangchainChatOptions, "chatModel">,
  { maxTokens, sampling, modelName }: ContinuationOptions = {},
): BaseChatModel {
  if (typeof chatModel !== "function") return chatModel;
  return chatModel({
    ...(maxTokens !== undefined && { maxTokens }),
    ...(sampling !== undefined && { sampling }),
    ...(modelName !== undefined && { modelName }),
  });
}

/** Whom a request to a chat model is for; no error about it shows a key that the chat model holds. */
export function targetOf(
  chatModel: BaseChatModel,
  modelName: string,
  { apiKey, baseUrl = `the address of ${chatModel.getName()}` }: LangchainChatOptions,
): RequestTarget {
  return requestTarget({ baseUrl, modelName, apiKey, keys: keysOf(chatModel) });
}

/** Most chat models have the name of their model in one of these fields. */
export function nameOf(chatModel: BaseChatModel): string {
  const held = new Map<string, unknown>(Object.entries(chatModel));
  const name = [held.get("model"), held.get("modelName")].find(
    (one) => typeof one === "string" && one !== "",
  );
  return typeof name === "string" ? name : chatModel.getName();
}

/** A request to a chat model. */
export interface ChatRequest {
  /** The chat model, with its tools. */
  readonly chat: () => Runnable<BaseMessage[], AIMessageChunk>;
  readonly prompt: BaseMessage[];
  /** What goes along with the call. */
  readonly callOptions: Readonly<Record<string, unknown>>;
  readonly target: RequestTarget;
  readonly deadline: Deadline;
}

/**
 * The messages of one streamed reply. Ends with the connection closed, whatever happens.
 *
 * @throws a `model-…` error, or an AbortError.
 */
export async function* streamReply(
  { chat, prompt, callOptions, target, deadline }: ChatRequest,
  limits: RequestLimits,
): AsyncGenerator<BaseMessage> {
  const silence = watchReply(deadline, target, limits);
  let seen = false;
  try {
    silence.wait();
    // no callbacks: the tokens are those of the continuation, which tells them itself
    const opening = chat().stream(prompt, { ...callOptions, signal: deadline.signal, callbacks: [] });
    const stream = await opening;
    const iterator = stream[Symbol.asyncIterator]();
    try {
      for (;;) {
        silence.wait();
        const next = await iterator.next().finally(() => silence.heard());
        if (next.done === true) break;
        seen = true;
        yield next.value;
      }
    } finally {
      // not waited for: a read that is waiting would hold it up until the deadline is closed
      void iterator.return?.().catch(() => {});
    }
    const ended = deadline.failure();
    if (ended !== undefined) throw ended;
  } catch (error) {
    throw deadline.failure() ?? ownAbort(error) ?? langchainFailure(target, error, seen);
  }
}

/** Puts the messages of a reply together while they are read. */
export function createWholeReply(): {
  watch(messages: AsyncIterable<BaseMessage>): AsyncGenerator<BaseMessage>;
  /** All that came; undefined while more may come. */
  readonly message: BaseMessage | undefined;
} {
  let whole: BaseMessage | undefined;
  return {
    async *watch(messages) {
      let last: BaseMessage | undefined;
      let chunks: AIMessageChunk | undefined;
      try {
        for await (const message of messages) {
          if (AIMessageChunk.isInstance(message)) chunks = chunks?.concat(message) ?? message;
          last = AIMessageChunk.isInstance(message) ? chunks : message;
          yield message;
        }
      } finally {
        // a connection may break behind the finish
        whole = last;
      }
    },
    get message() {
      return whole;
    },
  };
}

/** A turn of the prompt as LangChain knows it. */
export function toMessage({ role, content }: PromptMessage): BaseMessage {
  if (role === "system") return new SystemMessage(content);
  return role === "user" ? new HumanMessage(content) : new AIMessage(content);
}

/** An abort that was not asked for here, in either of LangChain's forms. */
function ownAbort(error: unknown): Error | undefined {
  if (!isAbort(error)) return undefined;
  return new DOMException("The chat model was aborted", { name: "AbortError" });
}

/** The values that LangChain itself lists as secrets of a model. */
function keysOf(chatModel: BaseChatModel): readonly string[] {
  const held = new Map<string, unknown>(Object.entries(chatModel));
  return Object.keys(chatModel.lc_secrets ?? {})
    .map((name) => held.get(name))
    .filter((value) => typeof value === "string");
}
