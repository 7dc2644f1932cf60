import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import { isModelFailure, type AgenticRagError } from "../../errors.ts";
import type { ContinuationModel, ContinuationOptions } from "../../model/model.ts";
import { withoutWrittenKeys } from "../../net/written-keys.ts";
import type { Protocol, ProtocolEvent, Segment } from "../../protocol/protocol.ts";
import { deadlineAfter, type Allowance } from "../budgets.ts";
import type { RunLimits } from "../context.ts";
import { lastGeneration, textOf } from "../route.ts";
import type { BudgetName, Opening } from "../state.ts";
import { requestUsage, type Usage } from "../usage.ts";
import { endOf, type Generation as RequestRecord } from "./generations.ts";
import { leavesOpen, promptText, toMessages } from "./prompt.ts";
import { ProtocolChatModel, type ModelReply } from "./protocol-chat-model.ts";
import type { QueryListener } from "./query-watch.ts";
import { sessionOf } from "./session.ts";

export interface ContinuationInput {
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
  /** Whether a source of this run is or names an address: a link to it may be streamed. */
  readonly isKnown: (address: string) => boolean;
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
  const { protocol, opening, request: overrides, clock, config } = input;
  const before = textOf(turn);
  const reader = protocol.reader(before, { calls: !answering });
  const deadline = deadlineAfter(left.milliseconds);
  const { pages = false, model: described } = opening;
  const { line } = described;
  const { spliceTags: tags } = protocol;
  const chatModel = new ProtocolChatModel({
    ...input,
    described,
    reader,
    deadline: deadline.signal,
    holdAnswer: input.holdAnswer ?? false,
    written: textOf(lastGeneration(turn)),
    pages,
    request: {
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
    },
  });
  const started = clock();
  let failure: RequestFailure | null = null;
  let facts: AgenticRagError["facts"] = {};
  try {
    await chatModel.write(toMessages(opening, before), config);
  } catch (error) {
    if (!isModelFailure(error)) throw error;
    failure = { code: error.code, message: withoutWrittenKeys(error.message) };
    ({ facts } = error);
  } finally {
    deadline.clear();
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
  }: Partial<ModelReply> = chatModel.reply ?? {};
  const { generation } = reader;
  const { streamed } = chatModel;
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
