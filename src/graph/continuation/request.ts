import { AsyncResource } from "node:async_hooks";
import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import { isModelFailure, type AgenticRagError } from "../../errors.ts";
import type { ContinuationModel, ContinuationOptions, ModelChunk } from "../../model/model.ts";
import { deadlineAfter } from "../../net/deadline.ts";
import { withoutWrittenKeys } from "../../net/written-keys.ts";
import type { Protocol, ProtocolEvent, Segment } from "../../protocol/protocol.ts";
import type { Allowance } from "../budgets.ts";
import type { RunLimits } from "../context.ts";
import { lastGeneration, textOf } from "../route.ts";
import type { BudgetName, Opening } from "../state.ts";
import { requestUsage, type Usage } from "../usage.ts";
import { isHeard } from "./callbacks.ts";
import { endOf, type Generation as RequestRecord } from "./generations.ts";
import { leavesOpen, promptMessages, promptText, toMessages } from "./prompt.ts";
import { ProtocolChatModel } from "./protocol-chat-model.ts";
import type { QueryListener } from "./query-watch.ts";
import { ReplyReading, type ModelReply } from "./reply-reading.ts";
import { sessionOf } from "./session.ts";
import type { ShownOptions } from "./shown-events.ts";

export interface ContinuationInput extends ShownOptions {
  readonly protocol: Protocol;
  readonly model: ContinuationModel;
  readonly opening: Opening;
  /** The assistant's turn so far. */
  readonly transcript: readonly Segment[];
  /** The requests before. */
  readonly generations: readonly RequestRecord[];
  readonly limits: RunLimits;
  readonly used: Usage;
  /** The budget that was spent before; the model may only answer then. */
  readonly spent: BudgetName | null;
  /** How many characters of the oldest search responses are not shown. */
  readonly condensed: number;
  /** Tokens of the last request, prompt and reply together; 0 where nobody counted. */
  readonly inContext: number;
  readonly request: Pick<ContinuationOptions, "sampling" | "modelName">;
  readonly clock: () => number;
  readonly config: LangGraphRunnableConfig;
  readonly onEvent: (event: ProtocolEvent) => void;
  /** `undefined` where no search is sent ahead. */
  readonly onQueries: QueryListener | undefined;
  /** No token of an answer is streamed: it may still be mended. Default: false. */
  readonly holdAnswer?: boolean;
}

/** Why the model could not go on, without any key. */
export interface RequestFailure {
  code: string;
  message: string;
}

/** One request to the model: what it wrote, and how that ended. A model that fails is `failure`, nothing is thrown. */
export async function request(
  input: ContinuationInput,
  turn: readonly Segment[],
  left: Allowance,
  { answering, stops }: { readonly answering: boolean; readonly stops: boolean },
) {
  const { protocol, model, opening, request: overrides, clock, config, onEvent } = input;
  const before = textOf(turn);
  const reader = protocol.reader(before, { calls: !answering });
  const time = deadlineAfter(left.milliseconds, config.signal);
  const { pages = false, model: described } = opening;
  const { line } = described;
  const { spliceTags: tags } = protocol;
  const heard = isHeard(config);
  const reading = new ReplyReading({
    ...input,
    reader,
    time,
    written: textOf(lastGeneration(turn)),
    pages,
    holdAnswer: input.holdAnswer ?? false,
    // no call counts any more
    onQueries: answering ? undefined : input.onQueries,
    isDrawn: heard || input.limits.stepMessages === true,
    // LangGraph 1.7.3 looks up whose event it is in the context that asks, which is the model's where its run is told
    onEvent: heard ? AsyncResource.bind(onEvent) : onEvent,
  });
  const asked: ContinuationOptions = {
    ...overrides,
    ...sessionOf(config),
    ...(pages && { pages }),
    turn,
    date: opening.date,
    ...(line !== undefined && tags !== undefined && { splice: { line: line.name, tags } }),
    stop: stops ? (answering ? protocol.answerStop : protocol.stop) : [],
    maxTokens: left.tokens,
    isOpen: (said) => leavesOpen(protocol.reader(before, { calls: !answering }), said),
    ...(answering && { calls: false }),
    signal: time.signal,
  };
  const messages = promptMessages(opening, before);
  const ask = (): AsyncIterable<ModelChunk> => model.continueText(messages, asked);
  const started = clock();
  let failure: RequestFailure | null = null;
  let facts: AgenticRagError["facts"] = {};
  try {
    if (heard) {
      const chatModel = new ProtocolChatModel({ described, request: asked, reading, ask });
      await chatModel.write(toMessages(messages), config);
    } else await time.unlessAborted(() => readReply(reading, ask, config.signal));
  } catch (error) {
    if (!isModelFailure(error)) throw error;
    failure = { code: error.code, message: withoutWrittenKeys(error.message) };
    ({ facts } = error);
  } finally {
    time.clear();
  }
  const {
    usage = {},
    end = "stop",
    tokenIds,
    logprobs,
    received,
    promptForm,
    rewritten = 0,
    continued = 0,
    messageId = "",
    prompt,
    stopReason,
    endTokenIds,
    endLogprobs,
  }: Partial<ModelReply> = reading.reply ?? {};
  const { generation } = reader;
  const { streamed } = reading;
  const { promptTokens, completionTokens } = usage;
  return {
    generation,
    end,
    kept: {
      ...(tokenIds !== undefined && { tokenIds }),
      ...(logprobs !== undefined && { logprobs }),
      ...(received !== undefined && { received }),
    },
    ended: {
      end: endOf(end, stopReason),
      ...(endTokenIds !== undefined && { endTokenIds }),
      ...(endLogprobs !== undefined && { endLogprobs }),
    },
    prompt,
    messageId,
    streamed,
    failure,
    rewritten,
    facts,
    inContext: continued > 0 ? 0 : (promptTokens ?? 0) && (promptTokens ?? 0) + (completionTokens ?? 0),
    usage: {
      ...requestUsage(promptText(opening, before), generation.text, usage),
      ...(continued > 0 && { continued, estimated: true, modelRequests: 1 + continued }),
      tokenPrompts: promptForm === "tokens" ? 1 : 0,
      milliseconds: clock() - started,
    },
  };
}

/** Reads a reply that nobody listens to. */
async function readReply(
  reading: ReplyReading,
  ask: () => AsyncIterable<ModelChunk>,
  signal: AbortSignal | undefined,
): Promise<void> {
  reading.begin(crypto.randomUUID());
  try {
    for await (const chunk of ask()) {
      for (const event of reading.read(chunk)) reading.tell(event);
      if (reading.isOver(chunk)) break;
    }
  } catch (error) {
    reading.broken(error, signal);
  }
  for (const event of reading.finish()) reading.tell(event);
  reading.conclude();
}
