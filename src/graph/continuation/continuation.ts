import { AIMessage, HumanMessage, SystemMessage, type BaseMessage } from "@langchain/core/messages";
import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import { isModelFailure } from "../../errors.ts";
import type { ContinuationModel, ContinuationOptions } from "../../model/model.ts";
import { withoutWrittenKeys } from "../../net/written-keys.ts";
import type { Generation, Protocol, ProtocolEvent, Segment } from "../../protocol/protocol.ts";
import { allowance, deadlineAfter, emptyBudget, type Allowance } from "../budgets.ts";
import type { RunLimits } from "../context.ts";
import { textOf } from "../route.ts";
import type { BudgetName, Opening, StateSegment } from "../state.ts";
import { addUsage, NO_USAGE, requestUsage, type Usage } from "../usage.ts";
import { repeatsRuntime } from "./runtime-echo.ts";
import { ProtocolChatModel, type ModelReply } from "./protocol-chat-model.ts";
import { shortenMore, shortenOldest } from "./shortening.ts";

export interface ContinuationInput {
  readonly protocol: Protocol;
  readonly model: ContinuationModel;
  readonly opening: Opening;
  /** The assistant's turn so far. */
  readonly transcript: readonly Segment[];
  readonly limits: RunLimits;
  readonly used: Usage;
  /** The budget that was spent before; the model may only answer then. */
  readonly spent: BudgetName | null;
  /** How many of the oldest search responses are shown cut short. */
  readonly condensed: number;
  readonly request: Pick<ContinuationOptions, "sampling" | "modelName">;
  readonly clock: () => number;
  readonly config: LangGraphRunnableConfig;
  readonly onEvent: (event: ProtocolEvent) => void;
}

export interface Continuation {
  /** What was added to the turn. */
  readonly segments: readonly StateSegment[];
  readonly usage: Usage;
  readonly spent: BudgetName | null;
  readonly failure: { code: string; message: string } | null;
  readonly messageId: string;
  readonly condensed: number;
}

/**
 * Lets the model write until it calls, answers, or fails. One request, as a rule. A model that stops in mid-reasoning
 * is asked to search or answer, then made to answer; when a budget ends it in mid-text, what is kept back of the budget
 * goes to the answer.
 */
export async function continueTurn(input: ContinuationInput): Promise<Continuation> {
  const { protocol, limits, transcript, onEvent } = input;
  const segments: StateSegment[] = [];
  let { spent, condensed } = input;
  let usage = NO_USAGE;
  let messageId = "";
  let nudged: "undecided" | "no-answer" | null = null;
  let mentions = 0;
  let outcome: Generation["outcome"] = "nothing";

  const append = (segment: StateSegment): void => {
    if (segment.text !== "") segments.push(segment);
  };
  const nudge = (cause: Parameters<Protocol["nudge"]>[1]): void =>
    append({ origin: "runtime", text: protocol.nudge(textOf([...transcript, ...segments]), cause) });
  const ended = (failure: Continuation["failure"] = null): Continuation => {
    return { segments, usage, spent, failure, messageId, condensed };
  };

  for (;;) {
    const answering = spent !== null || nudged === "no-answer";
    const left = allowance(limits, addUsage(input.used, usage), answering);
    const empty = emptyBudget(left);
    if (empty !== null) {
      if (answering) return ended();
      spent = empty;
      nudge(empty);
      continue;
    }
    const turn = shortenOldest(protocol, [...transcript, ...segments], condensed);
    const reply = await request(input, turn, left, { answering, stops: mentions === 0 });
    usage = addUsage(usage, reply.usage);
    if (reply.failure !== null) {
      const isFull = reply.failure.code === "model-context-overflow";
      const more = isFull ? shortenMore(transcript, condensed) : null;
      if (more === null) return ended(reply.failure);
      condensed = more;
      continue;
    }
    ({ messageId } = reply);
    const { text, closing, mention = false } = reply.generation;
    // what stands before a mention counts where nothing follows it
    if (mentions === 0 || text !== "" || closing !== "") ({ outcome } = reply.generation);
    const isEmpty = reply.end === "loop" || repeatsRuntime(text, [...transcript, ...segments]);
    if (isEmpty && outcome === "answer") onEvent({ type: "answer-withdrawn" });
    if (isEmpty) outcome = "nothing";
    const noAnswer = isEmpty || (answering && reply.generation.outcome === "nothing");
    append({ origin: "model", text, ...reply.tokens, ...(noAnswer && { noAnswer }) });
    append({ origin: "runtime", text: closing });
    if (mention && text !== "" && CUT_BY[reply.end] === undefined && mentions < MAX_MENTIONS) {
      mentions += 1;
      continue;
    }
    const cutBy = answering ? undefined : CUT_BY[reply.end];
    spent ??= cutBy ?? null;
    if (cutBy !== undefined && outcome !== "call") nudge(cutBy);
    else if (outcome !== "nothing" || nudged === "no-answer") return ended();
    else if (nudged !== null || answering) {
      nudged = "no-answer";
      nudge(spent ?? "no-answer");
    } else {
      nudged = "undecided";
      nudge("undecided");
    }
  }
}

/** So often a turn goes on behind a stop string that it may only have mentioned. */
const MAX_MENTIONS = 3;

/** What is spent when a generation does not end by itself. */
const CUT_BY: Partial<Record<ModelReply["end"], BudgetName>> = {
  length: "token",
  deadline: "time",
  loop: "repetition",
};

async function request(
  { protocol, model, opening, request: overrides, clock, config, onEvent }: ContinuationInput,
  turn: readonly Segment[],
  left: Allowance,
  { answering, stops }: { readonly answering: boolean; readonly stops: boolean },
) {
  const before = textOf(turn);
  const reader = protocol.reader(before, { calls: !answering });
  const deadline = deadlineAfter(left.milliseconds);
  const { pages = false } = opening;
  const chatModel = new ProtocolChatModel({
    model,
    protocol,
    reader,
    deadline: deadline.signal,
    onEvent,
    pages,
    request: {
      ...overrides,
      ...(pages && { pages }),
      turn,
      stop: stops ? (answering ? protocol.answerStop : protocol.stop) : [],
      maxTokens: left.tokens,
      ...(answering && { calls: false }),
    },
  });
  const started = clock();
  let failure: Continuation["failure"] = null;
  try {
    const stream = await chatModel.stream(toMessages(opening, before), config);
    const reading = stream.getReader();
    while (!(await reading.read()).done);
  } catch (error) {
    if (!isModelFailure(error)) throw error;
    failure = { code: error.code, message: withoutWrittenKeys(error.message) };
  } finally {
    deadline.clear();
  }
  const {
    usage = {},
    end = "stop",
    tokenIds,
    logprobs,
    promptForm,
    messageId = "",
  }: Partial<ModelReply> = chatModel.reply ?? {};
  const { generation } = reader;
  const prompt = opening.messages.map(({ content }) => content).join("") + before;
  return {
    generation,
    end,
    tokens: { ...(tokenIds !== undefined && { tokenIds }), ...(logprobs !== undefined && { logprobs }) },
    messageId,
    failure,
    usage: {
      ...requestUsage(prompt, generation.text, usage),
      tokenPrompts: promptForm === "tokens" ? 1 : 0,
      milliseconds: clock() - started,
    },
  };
}

function toMessages(opening: Opening, before: string): BaseMessage[] {
  const messages: BaseMessage[] = opening.messages.map(({ role, content }) => {
    if (role === "system") return new SystemMessage(content);
    return role === "user" ? new HumanMessage(content) : new AIMessage(content);
  });
  return before === "" ? messages : [...messages, new AIMessage(before)];
}
