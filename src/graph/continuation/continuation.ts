import { AIMessage, HumanMessage, SystemMessage, type BaseMessage } from "@langchain/core/messages";
import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import { AgenticRagError } from "../../errors.ts";
import type { ContinuationModel, ContinuationOptions } from "../../model/model.ts";
import type { Protocol, ProtocolEvent, Segment } from "../../protocol/protocol.ts";
import { allowance, deadlineAfter, emptyBudget, type Allowance } from "../budgets.ts";
import type { RunLimits } from "../context.ts";
import { condenseMore, condenseOldest } from "./condensing.ts";
import { Speaker, type Utterance } from "./speaker.ts";
import { addUsage, NO_USAGE, type BudgetName, type Opening, type Usage } from "../state.ts";
import { estimateTokens } from "./token-estimate.ts";
import { textOf } from "../transcript.ts";

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
  readonly segments: readonly Segment[];
  readonly usage: Usage;
  readonly spent: BudgetName | null;
  readonly failure: { code: string; message: string } | null;
  readonly messageId: string;
  readonly condensed: number;
}

/**
 * Lets the model go on until it calls, answers, or cannot. One request, as a rule. A model that stops in mid-reasoning
 * is asked to search or answer, then made to answer; when a budget ends it in mid-text, what is kept back of the budget
 * goes to the answer.
 */
export async function continueTurn(input: ContinuationInput): Promise<Continuation> {
  const { protocol, limits } = input;
  const segments: Segment[] = [];
  let usage = NO_USAGE;
  let { spent } = input;
  let messageId = "";
  let answering = spent !== null;
  let asked = false;
  let lastTry = false;
  let { condensed } = input;

  const before = (): string => textOf([...input.transcript, ...segments]);
  const append = (origin: Segment["origin"], text: string, tokens: Pick<Segment, Tokens> = {}): void => {
    if (text !== "") segments.push({ origin, text, ...tokens });
  };
  const spend = (budget: BudgetName): void => {
    spent = budget;
    answering = true;
    append("runtime", protocol.nudge(before(), budget));
  };

  for (;;) {
    const left = allowance(limits, addUsage(input.used, usage), answering);
    const empty = emptyBudget(left);
    if (empty !== null) {
      if (answering) break;
      spend(empty);
      continue;
    }
    const turn = condenseOldest(protocol, [...input.transcript, ...segments], condensed);
    const said = await request(input, turn, left, answering);
    usage = addUsage(usage, said.usage);
    if (said.failure !== null) {
      const more =
        said.failure.code === "model-context-overflow" ? condenseMore(input.transcript, condensed) : null;
      if (more === null) return { segments, usage, spent, failure: said.failure, messageId, condensed };
      condensed = more;
      continue;
    }
    messageId = said.messageId;
    const { text, closing, outcome } = said.generation;
    append("model", text, said.tokens);
    append("runtime", closing);
    const cutBy = CUT_BY[said.end] ?? null;
    if (cutBy !== null && !answering) {
      if (outcome !== "call") {
        spend(cutBy);
        continue;
      }
      spent = cutBy;
    }
    if (outcome !== "nothing" || lastTry) break;
    if (asked || answering) {
      answering = true;
      lastTry = true;
      append("runtime", protocol.nudge(before(), spent ?? "no-answer"));
    } else {
      asked = true;
      append("runtime", protocol.nudge(before(), "undecided"));
    }
  }
  return { segments, usage, spent, failure: null, messageId, condensed };
}

type Tokens = "tokenIds" | "logprobs";

/** What is spent when a generation does not end by itself. */
const CUT_BY: Partial<Record<Utterance["end"], BudgetName>> = {
  length: "token",
  deadline: "time",
  loop: "repetition",
};

async function request(
  { protocol, model, opening, request: overrides, clock, config, onEvent }: ContinuationInput,
  turn: readonly Segment[],
  left: Allowance,
  answering: boolean,
) {
  const before = textOf(turn);
  const reader = protocol.reader(before, { calls: !answering });
  const deadline = deadlineAfter(left.milliseconds);
  const { pages = false } = opening;
  const speaker = new Speaker({
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
      stop: answering ? protocol.answerStop : protocol.stop,
      maxTokens: left.tokens,
      ...(answering && { calls: false }),
    },
  });
  const started = clock();
  let failure: Continuation["failure"] = null;
  try {
    const stream = await speaker.stream(toMessages(opening, before), config);
    const reading = stream.getReader();
    while (!(await reading.read()).done);
  } catch (error) {
    if (!AgenticRagError.isInstance(error) || !error.code.startsWith("model-")) throw error;
    failure = { code: error.code, message: error.message };
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
  }: Partial<Utterance> = speaker.utterance ?? {};
  const { generation } = reader;
  return {
    generation,
    end,
    tokens: { ...(tokenIds !== undefined && { tokenIds }), ...(logprobs !== undefined && { logprobs }) },
    messageId,
    failure,
    usage: {
      modelRequests: 1,
      tokenPrompts: promptForm === "tokens" ? 1 : 0,
      promptTokens:
        usage.promptTokens ??
        estimateTokens(opening.messages.map(({ content }) => content).join("") + before),
      completionTokens: usage.completionTokens ?? estimateTokens(generation.text),
      cachedTokens: usage.cachedTokens ?? 0,
      estimated: usage.promptTokens === undefined || usage.completionTokens === undefined,
      milliseconds: clock() - started,
    } satisfies Usage,
  };
}

function toMessages(opening: Opening, before: string): BaseMessage[] {
  const messages: BaseMessage[] = opening.messages.map(({ role, content }) => {
    if (role === "system") return new SystemMessage(content);
    return role === "user" ? new HumanMessage(content) : new AIMessage(content);
  });
  return before === "" ? messages : [...messages, new AIMessage(before)];
}
