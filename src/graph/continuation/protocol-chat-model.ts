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
import { isAbort } from "../../errors.ts";
import {
  toPromptMessage,
  toUsageMetadata,
  type ContinuationModel,
  type ContinuationOptions,
  type ModelUsage,
  type SentPrompt,
} from "../../model/model.ts";
import { withDeadline } from "../../net/deadline.ts";
import { createHeldAnswer, type HeldAnswer } from "../held-answer.ts";
import { isHeard } from "./callbacks.ts";
import { createQueryWatch, type QueryListener, type QueryWatch } from "./query-watch.ts";
import { createRepetitionWatch, endsInLoop } from "./repetition.ts";
import { createShownEvents } from "./shown-events.ts";
import { createSample, type SampledText, type TurnEnd } from "./sample.ts";
import {
  callsOf,
  streamedOn,
  toChunk,
  type ReplyPart,
  type StreamedReply,
} from "../step-messages/streamed-reply.ts";
import type { Protocol, ProtocolEvent, ProtocolReader, StreamEnd } from "../../protocol/protocol.ts";

/** What one request to the model came to. */
export interface ModelReply extends SampledText, TurnEnd {
  /** `deadline`: the time for it was over; `read`: the reader had seen enough; `loop`: it repeated itself. */
  readonly end: "stop" | "length" | "deadline" | "read" | "loop";
  readonly usage: ModelUsage;
  /** The stop string that ended it; as `ModelChunk` tells it. */
  readonly stopReason: string | null | undefined;
  readonly prompt: SentPrompt | undefined;
  /** How many replies of the turn were written anew for this endpoint. */
  readonly rewritten: number;
  readonly promptForm: "text" | "tokens";
  /** How often the connection broke and the reply was continued from its text. */
  readonly continued: number;
  /** The id under which its answer was streamed; empty where that was held. */
  readonly messageId: string;
}

export interface ProtocolChatModelOptions {
  readonly model: ContinuationModel;
  /** What the question was opened with: told to traces. */
  readonly described: {
    readonly name: string;
    readonly family: string;
    readonly dialect?: string | undefined;
  };
  readonly protocol: Protocol;
  readonly reader: ProtocolReader;
  readonly request: Omit<ContinuationOptions, "signal">;
  /** What the model has written since the last response: a call may begin there. */
  readonly written: string;
  /** The model was offered the second tool, which opens pages. */
  readonly pages: boolean;
  /** Ends the generation without ending the run. */
  readonly deadline: AbortSignal;
  readonly onEvent: (event: ProtocolEvent) => void;
  readonly onQueries: QueryListener | undefined;
  /** Whether a source of this run is or names an address. */
  readonly isKnown: (address: string) => boolean;
  /** The answer may still be mended: none of it is sent, and its reply has no message id. */
  readonly holdAnswer: boolean;
}

/**
 * A model read through a protocol, as the chat model that streaming clients and traces see: reasoning arrives as
 * reasoning blocks, calls as tool calls, the answer as text, and no tag as either. What leads up to a call is reasoning
 * there: the beginning of an answer is held back until it is known for one. For one request.
 */
export class ProtocolChatModel extends BaseChatModel {
  readonly #options: ProtocolChatModelOptions;
  readonly #held: HeldAnswer;
  readonly #queries: QueryWatch;
  #reply: ModelReply | undefined;
  #streamed: StreamedReply | null = null;

  constructor(options: ProtocolChatModelOptions) {
    super({});
    this.#options = options;
    this.#held = createHeldAnswer({ whole: options.holdAnswer });
    this.#queries = createQueryWatch(options);
  }

  override _llmType(): string {
    return "agentic-rag-protocol";
  }

  override getName(): string {
    return this.#options.described.name;
  }

  /** Lets the model write to its end; past LangChain where no callback listens. */
  async write(messages: BaseMessage[], config: LangGraphRunnableConfig): Promise<void> {
    if (isHeard(config)) {
      const reading = (await this.stream(messages, config)).getReader();
      while (!(await reading.read()).done);
      return;
    }
    const { signal } = config;
    const chunks = this._streamResponseChunks(messages, signal === undefined ? {} : { signal });
    await withDeadline({ deadlineMs: Infinity, signal }, async () => {
      while (!(await chunks.next()).done);
    });
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

  /** Set when the stream has ended without an error. */
  get reply(): ModelReply | undefined {
    return this.#reply;
  }

  /** What was sent so far, as one message; null where it was nothing. */
  get streamed(): StreamedReply | null {
    return this.#streamed;
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const { reader, onEvent, holdAnswer } = this.#options;
    const messageId = `run-${runManager?.runId ?? crypto.randomUUID()}`;
    let end: ModelReply["end"] = "read";
    let streamEnd: StreamEnd = { finishReason: "stop" };
    let usage: ModelUsage = {};
    let promptForm: ModelReply["promptForm"] = "text";
    let continued = 0;
    let rewritten = 0;
    const sampled = createSample();
    const watch = createRepetitionWatch();
    const shown = createShownEvents(this.#options);
    try {
      for await (const chunk of this.#continue(messages, options.signal)) {
        sampled.add(chunk);
        ({ continued = continued } = chunk);
        if (chunk.type === "end") {
          ({ usage, promptForm = "text" } = chunk);
          end = chunk.finishReason;
          streamEnd = chunk;
          break;
        }
        ({ rewritten = rewritten } = chunk);
        for (const event of shown(reader.feed(chunk.text))) {
          onEvent(event);
          yield* this.#send(this.#settled(event), messageId, runManager);
        }
        this.#queries.read(chunk.text);
        if (reader.done) break;
        if (watch.add(chunk.text)) {
          end = "loop";
          streamEnd = { finishReason: "length" };
          break;
        }
      }
    } catch (error) {
      if (!isAbort(error) || options.signal?.aborted === true || !this.#options.deadline.aborted) throw error;
      end = "deadline";
      streamEnd = { finishReason: "length" };
    }
    for (const event of shown(reader.end(streamEnd), true)) {
      onEvent(event);
      yield* this.#send(this.#settled(event), messageId, runManager);
    }
    if (end !== "loop" && reader.generation.outcome !== "call" && endsInLoop(reader.generation.text))
      end = "loop";
    const rest: ProtocolEvent =
      end === "loop"
        ? { type: "reasoning-delta", text: this.#held.withdraw() }
        : { type: "answer-delta", text: holdAnswer ? "" : this.#held.release() };
    yield* this.#send(rest, messageId, runManager);
    if (runManager !== undefined) yield this.#counted(messageId, end, usage);
    this.#reply = {
      end,
      usage,
      ...sampled.tokensOf(reader.generation.text),
      ...sampled.turnEnd,
      prompt: sampled.prompt,
      stopReason: streamEnd.stopReason,
      promptForm,
      rewritten,
      continued,
      messageId: holdAnswer ? "" : messageId,
    };
  }

  /** @throws TypeError always: it is only streamed. */
  override _generate(): Promise<ChatResult> {
    return Promise.reject(new TypeError("This model is only streamed."));
  }

  #continue(messages: readonly BaseMessage[], signal: AbortSignal | undefined) {
    const { model, request, deadline } = this.#options;
    return model.continueText(messages.map(toPromptMessage), {
      ...request,
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    });
  }

  /** The event as it may be sent to those who cannot take text back. */
  #settled(event: ProtocolEvent): ProtocolEvent {
    if (event.type === "answer-delta") return { ...event, text: this.#held.add(event.text) };
    if (event.type !== "answer-withdrawn") return event;
    return { type: "reasoning-delta", text: this.#held.withdraw() };
  }

  async *#send(
    event: ProtocolEvent,
    id: string,
    runManager: CallbackManagerForLLMRun | undefined,
  ): AsyncGenerator<ChatGenerationChunk> {
    const part = this.#partOf(event, id);
    if (part === null) return;
    this.#streamed = streamedOn(this.#streamed, id, part);
    if (runManager === undefined) return;
    const message = toChunk(part, id);
    const generation = new ChatGenerationChunk({ text: message.text, message });
    yield generation;
    await runManager.handleLLMNewToken(generation.text, undefined, undefined, undefined, undefined, {
      chunk: generation,
    });
  }

  /** For traces alone: those who read the stream get nothing of it. */
  #counted(id: string, end: ModelReply["end"], usage: ModelUsage): ChatGenerationChunk {
    const counts = toUsageMetadata(usage);
    // assigned afterwards, as in model.ts
    const message = Object.assign(new AIMessageChunk({ id, content: [] }), {
      response_metadata: { model_name: this.getName(), finish_reason: end },
      ...(counts !== undefined && { usage_metadata: counts }),
    });
    return new ChatGenerationChunk({ text: "", message });
  }

  #partOf(event: ProtocolEvent, id: string): ReplyPart | null {
    switch (event.type) {
      case "reasoning-delta":
        return event.text === "" ? null : { reasoning: event.text };
      case "answer-delta":
        return event.text === "" ? null : { text: event.text };
      case "call-end": {
        const { protocol, reader, written, pages } = this.#options;
        const call = protocol.readCall(written + reader.generation.text, event.whole, { pages });
        if (call.kind === "fault") return null;
        if (call.kind === "search") this.#queries.end(call.queries);
        return { calls: callsOf(call, id) };
      }
      case "answer-withdrawn":
      case "response-forged":
        return null;
    }
  }
}
