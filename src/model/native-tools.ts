import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { BaseMessage } from "@langchain/core/messages";
import { AgenticRagError, isAbort } from "../errors.ts";
import { throwIfAborted } from "./abort.ts";
import { revealed, type ApiKey } from "./completions-request.ts";
import { startDeadline, type Deadline } from "./deadline.ts";
import type { RequestTarget } from "./http-failure.ts";
import { ContinuationModel, type ContinuationOptions, type ModelChunk, type PromptMessage } from "./model.ts";
import { langchainFailure } from "./native-tools-failure.ts";
import { replay, TOOL_NAME } from "./native-tools-replay.ts";
import { readReply } from "./native-tools-reply.ts";
import { turnOf, type NativeSide } from "./native-tools-side.ts";

/** What LangChain's chat models take when they are made, and mostly not with a call. */
export type ModelRequest = Pick<ContinuationOptions, "maxTokens" | "sampling" | "modelName">;

export interface NativeToolsOptions {
  /**
   * A chat model with tool calling, or what makes one for each request. A model that is handed in keeps the limits, the
   * sampling and the name that it was made with; a function is told those of the request. Retries are the model's own.
   */
  readonly chatModel: BaseChatModel | ((request: ModelRequest) => BaseChatModel);
  /** How the protocol of the run is read and written. */
  readonly side: NativeSide;
  /** What the model is told of the search. @default a sentence about when to use it */
  readonly toolDescription?: string;
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
  /** The longest silence inside a reply, in milliseconds. @default 60_000 */
  readonly idleTimeoutMs?: number;
  /** The longest wait for a reply to begin, in milliseconds, with the retries of the chat model. @default 120_000 */
  readonly headersTimeoutMs?: number;
  /** The longest time for a continuation, in milliseconds. @default 600_000 */
  readonly totalTimeoutMs?: number;
}

const DESCRIPTION =
  "Searches the web. Use it whenever you need a fact that you do not know for certain, or one that may have changed. " +
  "Several queries in one call are searched side by side, and each of them counts as a search.";

/** Plain enough for every provider: Gemini takes no list of types, OpenAI's strict mode no default. */
const PARAMETERS = {
  type: "object",
  properties: {
    query: {
      description: "What you are looking for, or a list of such queries.",
      anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
    },
  },
  required: ["query"],
};

interface Asked {
  readonly prompt: BaseMessage[];
  readonly target: RequestTarget;
  readonly deadline: Deadline;
  readonly mayCall: boolean;
  /** Told when something of the reply has come. */
  readonly progress: { seen: boolean };
}

/**
 * Any LangChain chat model with tool calling, none of which continues a turn: the turn so far is replayed as messages,
 * and what comes back is written as the text of the protocol. Stop strings are not sent: such models do not write what
 * they would stop.
 *
 * @throws `settings-invalid` for a chat model that has no tool calling.
 */
export function createNativeToolsModel(options: NativeToolsOptions): NativeToolsModel {
  return new NativeToolsModel(options);
}

export class NativeToolsModel extends ContinuationModel {
  readonly family = "native-tools";
  readonly modelName: string;
  // private, so that no trace, log or serialisation of the model shows a key
  readonly #options: NativeToolsOptions;

  constructor(options: NativeToolsOptions) {
    super({});
    this.#options = options;
    const chatModel = this.#make({});
    if (chatModel.bindTools === undefined) {
      throw new AgenticRagError(
        "settings-invalid",
        `The chat model ${chatModel.getName()} has no tool calling. Use one that has, or another family of models.`,
      );
    }
    this.modelName = options.modelName ?? nameOf(chatModel);
  }

  override async *continueText(
    messages: readonly PromptMessage[],
    options: ContinuationOptions,
  ): AsyncGenerator<ModelChunk> {
    throwIfAborted(options.signal);
    const { side, endsSilently = false, totalTimeoutMs = 600_000 } = this.#options;
    const { maxTokens, sampling, modelName } = options;
    const chatModel = this.#make({
      ...(maxTokens !== undefined && { maxTokens }),
      ...(sampling !== undefined && { sampling }),
      ...(modelName !== undefined && { modelName }),
    });
    const target = this.#target(chatModel, options);
    const turn = turnOf(messages, options.turn);
    const turns = messages.at(-1)?.role === "assistant" ? messages.slice(0, -1) : messages;
    const before = turn.map(({ text }) => text).join("");
    const deadline = startDeadline(options.signal);
    deadline.limit(
      totalTimeoutMs,
      `The model server at ${target.baseUrl} was not done within ${totalTimeoutMs} ms. Raise the total timeout.`,
    );
    const progress = { seen: false };
    try {
      const prompt = replay(turns, side.parts(turn));
      const replies = this.#replies(chatModel, {
        prompt,
        target,
        deadline,
        progress,
        mayCall: options.calls !== false,
      });
      for await (const chunk of readReply(replies, { target, side, before, endsSilently })) {
        throwIfAborted(options.signal);
        yield chunk;
      }
    } catch (error) {
      throw deadline.failure() ?? ownAbort(error) ?? langchainFailure(target, error, progress.seen);
    } finally {
      deadline.close();
    }
  }

  /** The messages of one reply. Ends with the connection closed, whatever happens. */
  async *#replies(
    chatModel: BaseChatModel,
    { prompt, target, deadline, progress, mayCall }: Asked,
  ): AsyncGenerator<BaseMessage> {
    const {
      toolDescription = DESCRIPTION,
      headersTimeoutMs = 120_000,
      idleTimeoutMs = 60_000,
    } = this.#options;
    const tool = {
      type: "function",
      function: { name: TOOL_NAME, description: toolDescription, parameters: PARAMETERS },
    } as const;
    const bound = chatModel.bindTools?.([tool]) ?? chatModel;
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
    // no callbacks: the tokens are those of the continuation, which tells them itself
    const opening = bound.stream(prompt, {
      signal: deadline.signal,
      callbacks: [],
      ...(!mayCall && { tool_choice: "none" }),
    });
    const stream = await opening.finally(() => beginning.heard());
    const iterator = stream[Symbol.asyncIterator]();
    try {
      for (;;) {
        silence.wait();
        const next = await iterator.next().finally(() => silence.heard());
        if (next.done === true) return;
        progress.seen = true;
        yield next.value;
      }
    } finally {
      // aborted first: a read that is waiting would hold up the end of the stream
      deadline.close();
      void iterator.return?.().catch(() => {});
    }
  }

  #make(request: ModelRequest): BaseChatModel {
    const { chatModel } = this.#options;
    return typeof chatModel === "function" ? chatModel(request) : chatModel;
  }

  #target(chatModel: BaseChatModel, options: ContinuationOptions): RequestTarget {
    const { apiKey, baseUrl = `the address of ${chatModel.getName()}` } = this.#options;
    const keys = [revealed(apiKey).trim(), ...keysOf(chatModel)].filter((key) => key.length >= 8);
    return {
      baseUrl,
      modelName: options.modelName ?? this.modelName,
      redact: (text) => keys.reduce((redacted, key) => redacted.replaceAll(key, "***"), text),
    };
  }
}

/** An abort that was not asked for here, in either of LangChain's forms. */
function ownAbort(error: unknown): Error | undefined {
  if (!isAbort(error)) return undefined;
  return new DOMException("The chat model was aborted", { name: "AbortError" });
}

/** Most chat models have the name of their model in one of these fields. */
function nameOf(chatModel: BaseChatModel): string {
  const held = new Map<string, unknown>(Object.entries(chatModel));
  const name = [held.get("model"), held.get("modelName")].find(
    (one) => typeof one === "string" && one !== "",
  );
  return typeof name === "string" ? name : chatModel.getName();
}

/** The values that LangChain itself lists as secrets of a model. */
function keysOf(chatModel: BaseChatModel): readonly string[] {
  const held = new Map<string, unknown>(Object.entries(chatModel));
  return Object.keys(chatModel.lc_secrets ?? {})
    .map((name) => held.get(name))
    .filter((value) => typeof value === "string");
}
