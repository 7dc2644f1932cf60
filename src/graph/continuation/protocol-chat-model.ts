import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import type { BaseLanguageModelInput } from "@langchain/core/language_models/base";
import {
  BaseChatModel,
  type BaseChatModelCallOptions,
  type LangSmithParams,
} from "@langchain/core/language_models/chat_models";
import { AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { ChatGenerationChunk, type ChatResult } from "@langchain/core/outputs";
import type { IterableReadableStream } from "@langchain/core/utils/stream";
import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import { toUsageMetadata, type ContinuationOptions, type ModelChunk } from "../../model/model.ts";
import { toChunk, type ReplyPart } from "../step-messages/streamed-reply.ts";
import type { ReplyReading } from "./reply-reading.ts";

export interface ProtocolChatModelOptions {
  /** What the question was opened with: told to traces. */
  readonly described: {
    readonly name: string;
    readonly family: string;
    readonly dialect?: string | undefined;
  };
  readonly request: Pick<ContinuationOptions, "sampling" | "maxTokens" | "stop">;
  readonly reading: ReplyReading;
  /** Asks the model. */
  readonly ask: () => AsyncIterable<ModelChunk>;
}

/**
 * A model read through a protocol, as the chat model that streaming clients and traces see: reasoning arrives as
 * reasoning blocks, calls as tool calls, the answer as text, and no tag as either. For one request.
 */
export class ProtocolChatModel extends BaseChatModel {
  readonly #options: ProtocolChatModelOptions;

  constructor(options: ProtocolChatModelOptions) {
    super({});
    this.#options = options;
  }

  override _llmType(): string {
    return "agentic-rag-protocol";
  }

  override getName(): string {
    return this.#options.described.name;
  }

  /** Lets the model write to its end. */
  async write(messages: BaseMessage[], config: LangGraphRunnableConfig): Promise<void> {
    const written = (await this.stream(messages, config)).getReader();
    while (!(await written.read()).done);
  }

  /** Its run is named after the model. */
  override stream(
    input: BaseLanguageModelInput,
    options?: Partial<BaseChatModelCallOptions>,
  ): Promise<IterableReadableStream<AIMessageChunk>> {
    return super.stream(input, { ...options, runName: this.getName() });
  }

  /** What traces say of the model. */
  override getLsParams(): LangSmithParams {
    const { described, request } = this.#options;
    const { temperature } = request.sampling ?? {};
    const { dialect = "generic", family } = described;
    return {
      ls_model_type: "chat",
      ls_provider: dialect === "generic" ? family : dialect,
      ls_model_name: described.name,
      ...(request.maxTokens !== undefined && { ls_max_tokens: request.maxTokens }),
      ...(temperature != null && { ls_temperature: temperature }),
    };
  }

  override invocationParams(): Readonly<Record<string, unknown>> {
    const { described, request } = this.#options;
    return {
      model: described.name,
      _type: described.family,
      ...request.sampling,
      max_tokens: request.maxTokens,
      stop: request.stop,
    };
  }

  override async *_streamResponseChunks(
    _messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const { reading, ask } = this.#options;
    reading.begin(runManager?.runId ?? crypto.randomUUID());
    try {
      for await (const chunk of ask()) {
        for (const event of reading.read(chunk)) yield* this.#send(reading.tell(event), runManager);
        if (reading.isOver(chunk)) break;
      }
    } catch (error) {
      reading.broken(error, options.signal);
    }
    for (const event of reading.finish()) yield* this.#send(reading.tell(event), runManager);
    yield* this.#send(reading.conclude(), runManager);
    yield this.#counted();
  }

  /** @throws TypeError always: it is only streamed. */
  override _generate(): Promise<ChatResult> {
    return Promise.reject(new TypeError("This model is only streamed."));
  }

  async *#send(
    part: ReplyPart | null,
    runManager: CallbackManagerForLLMRun | undefined,
  ): AsyncGenerator<ChatGenerationChunk> {
    if (part === null) return;
    const message = toChunk(part, this.#options.reading.messageId);
    const generation = new ChatGenerationChunk({ text: message.text, message });
    yield generation;
    await runManager?.handleLLMNewToken(generation.text, undefined, undefined, undefined, undefined, {
      chunk: generation,
    });
  }

  /** For traces alone: those who read the stream get nothing of it. */
  #counted(): ChatGenerationChunk {
    const { messageId, reply } = this.#options.reading;
    const counts = reply && toUsageMetadata(reply.usage);
    // assigned afterwards, as in model.ts
    const message = Object.assign(new AIMessageChunk({ id: messageId, content: [] }), {
      response_metadata: { model_name: this.getName(), finish_reason: reply?.end },
      ...(counts !== undefined && { usage_metadata: counts }),
    });
    return new ChatGenerationChunk({ text: "", message });
  }
}
