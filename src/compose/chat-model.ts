import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import type { BaseLanguageModelInput } from "@langchain/core/language_models/base";
import {
  BaseChatModel,
  type BaseChatModelCallOptions,
  type BindToolsInput,
} from "@langchain/core/language_models/chat_models";
import {
  AIMessage,
  AIMessageChunk,
  type BaseMessage,
  type ContentBlock,
  type ResponseMetadata,
  type StandardMessageStructure,
  type UsageMetadata,
} from "@langchain/core/messages";
import { ChatGenerationChunk, type ChatResult } from "@langchain/core/outputs";
import type { IterableReadableStream } from "@langchain/core/utils/stream";
import { AgenticRagError, isModelErrorCode } from "../errors.ts";
import type { AgenticRag } from "../graph/graph.ts";
import { annotationsOf } from "../citation/annotations.ts";
import { placesOf } from "../citation/check.ts";
import { plainLine } from "../citation/plain-stream.ts";
import { supportHeadline } from "../citation/support/note.ts";
import { createAnswerContent, type Shown } from "../graph/answer-content.ts";
import { streamAgent, type RunEnd } from "./agent-run.ts";
import { toConversation } from "./conversation.ts";
import { abortingWhenLeft } from "./left-stream.ts";
import { asPart, partConfig, type PartOptions } from "./part.ts";

/**
 * The agent as a chat model. Its message has one reasoning block and one text block, the answer, whose citations are
 * annotations with their `verdict`; `response_metadata` has `answered`, `stopReason`, `sources`, `searches`, `uncited`, and `note`
 * where sentences of it are not supported, which says how many. What is streamed, joined,
 * is the message to the letter, and its known marks are links.
 *
 * Each call brings the whole conversation; system messages are put in front of the first question. Stop strings are
 * not heeded. An endpoint that fails is an `AgenticRagError`; a run without an answer is a message that says why.
 */
export class AgenticRagChatModel extends BaseChatModel {
  readonly #agent: AgenticRag;
  readonly #options: PartOptions;

  constructor(agent: AgenticRag, options: PartOptions = {}) {
    super({});
    this.#agent = asPart(agent);
    this.#options = options;
  }

  override _llmType(): string {
    return "agentic-rag";
  }

  override getName(): string {
    return this.#agent.getName();
  }

  /**
   * An empty list changes nothing.
   *
   * @throws AgenticRagError `settings-invalid` for any tool: the agent brings its own.
   */
  override bindTools(tools: BindToolsInput[], options?: Partial<BaseChatModelCallOptions>) {
    if (tools.length === 0) return options === undefined ? this : this.withConfig(options);
    throw new AgenticRagError(
      "settings-invalid",
      "This chat model is the research agent itself, which searches by its own means and calls no other tools, so it cannot be given any and gives no structured output. Use it without tools, or give createResearchTool(agent) to a model that calls tools.",
    );
  }

  /** Returning early from the stream aborts the run, also while the model is silent. */
  override async stream(
    input: BaseLanguageModelInput,
    options?: Partial<BaseChatModelCallOptions>,
  ): Promise<IterableReadableStream<AIMessageChunk>> {
    const left = new AbortController();
    const signals = options?.signal === undefined ? [left.signal] : [left.signal, options.signal];
    return abortingWhenLeft(
      await super.stream(input, { ...options, signal: AbortSignal.any(signals) }),
      left,
    );
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const { signal } = options;
    const run = streamAgent(
      this.#agent,
      { messages: toConversation(messages) },
      {
        ...partConfig(this.#agent, this.#options),
        ...(signal !== undefined && { signal }),
      },
    );
    const id = `run-${runManager?.runId ?? crypto.randomUUID()}`;
    for await (const fields of toFields(run)) {
      const message = new AIMessageChunk<StandardMessageStructure>({ id, ...fields });
      const chunk = new ChatGenerationChunk({ text: message.text, message });
      yield chunk;
      await runManager?.handleLLMNewToken(chunk.text, undefined, undefined, undefined, undefined, { chunk });
    }
  }

  override async _generate(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): Promise<ChatResult> {
    let whole = new ChatGenerationChunk({ text: "", message: new AIMessageChunk({ content: [] }) });
    for await (const chunk of this._streamResponseChunks(messages, options, runManager)) {
      whole = whole.concat(chunk);
    }
    const { id, content, response_metadata, usage_metadata } = AIMessageChunk.isInstance(whole.message)
      ? whole.message
      : new AIMessageChunk({ content: [] });
    const message = new AIMessage({
      content,
      response_metadata,
      ...(id !== undefined && { id }),
      ...(usage_metadata !== undefined && { usage_metadata }),
    });
    return { generations: [{ text: whole.text, message }] };
  }
}

/** The agent as a LangChain chat model; see `AgenticRagChatModel`. */
export function createAgenticRagChatModel(agent: AgenticRag, options: PartOptions = {}): AgenticRagChatModel {
  return new AgenticRagChatModel(agent, options);
}

interface Fields {
  readonly content: ContentBlock[];
  readonly response_metadata?: ResponseMetadata;
  readonly usage_metadata?: UsageMetadata;
}

/** What happens in a run as pieces of one message. */
async function* toFields(run: ReturnType<typeof streamAgent>): AsyncGenerator<Fields> {
  const content = createAnswerContent();
  let step = await run.next();
  for (; step.done !== true; step = await run.next()) {
    yield* generated(content.take(step.value));
  }
  const { conclusion, sources, queries, usage } = step.value;
  if (conclusion.failure !== undefined) throw failureOf(conclusion.failure);
  yield* generated(content.finish(conclusion));
  const annotations = annotationsOf(content.sent, sources, conclusion.citations);
  if (annotations.length > 0) {
    const citations = annotations.map(
      ({ url_citation: { url, title, start_index, end_index, cited_text, verdict } }) => ({
        type: "citation" as const,
        url,
        title,
        startIndex: start_index,
        endIndex: end_index,
        ...(cited_text !== undefined && { citedText: cited_text }),
        ...(verdict !== undefined && { verdict }),
      }),
    );
    yield { content: [{ type: "text", text: "", index: 1, annotations: citations }] };
  }
  const { answered, stopReason, citations: cited, uncited } = conclusion;
  const note = answered ? supportHeadline(cited, uncited) : "";
  const { promptTokens, completionTokens, cachedTokens } = usage;
  yield {
    content: [],
    response_metadata: {
      answered,
      stopReason,
      sources: placesOf(sources),
      uncited: uncited.map(plainLine),
      ...(note !== "" && { note }),
      searches: queries.map(({ query, engine, status, sources: found }) => ({
        query: plainLine(query),
        engine,
        status,
        sources: found,
      })),
    },
    usage_metadata: {
      input_tokens: promptTokens,
      output_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      input_token_details: { cache_read: cachedTokens },
    },
  };
}

function generated({ reasoning, content }: Shown): readonly Fields[] {
  return [
    ...(reasoning === "" ? [] : [{ content: [{ type: "reasoning" as const, reasoning, index: 0 }] }]),
    ...(content === "" ? [] : [{ content: [{ type: "text" as const, text: content, index: 1 }] }]),
  ];
}

function failureOf({ code, message }: NonNullable<RunEnd["conclusion"]["failure"]>): AgenticRagError {
  return new AgenticRagError(isModelErrorCode(code) ? code : "model-server-error", message);
}
