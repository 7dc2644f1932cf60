import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import { isModelFailure, type AgenticRagError } from "../../errors.ts";
import type { ContinuationModel, ContinuationOptions } from "../../model/model.ts";
import { withoutWrittenKeys } from "../../net/written-keys.ts";
import type { Generation, Protocol, ProtocolEvent, Segment } from "../../protocol/protocol.ts";
import { allowance, deadlineAfter, emptyBudget, type Allowance } from "../budgets.ts";
import type { RunLimits } from "../context.ts";
import { lastGeneration, textOf } from "../route.ts";
import type { BudgetName, Opening, StateSegment } from "../state.ts";
import { addUsage, NO_USAGE, requestUsage, type Usage } from "../usage.ts";
import { bytesBeyond, bytesTooMany, isFull, roomFor, tokensWithout, type Room } from "./room.ts";
import { echoesPrompt } from "./runtime-echo.ts";
import { afterOmitting, omitOldest } from "./omitted-results.ts";
import { costOf, endOf, promptOf, type Generation as RequestRecord } from "./generations.ts";
import { leavesOpen, promptText, toMessages } from "./prompt.ts";
import type { QueryListener } from "./query-watch.ts";
import { ProtocolChatModel, type ModelReply } from "./protocol-chat-model.ts";
import { sessionOf } from "./session.ts";
import { shortenMore, shortenOldest } from "./shortening.ts";

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
  readonly onQueries: QueryListener;
  /** No token of an answer is streamed: it may still be mended. Default: false. */
  readonly holdAnswer?: boolean;
}

export interface Continuation {
  /** What was added to the turn. */
  readonly segments: readonly StateSegment[];
  /** The requests that were made. */
  readonly generations: readonly RequestRecord[];
  readonly usage: Usage;
  readonly spent: BudgetName | null;
  readonly failure: { code: string; message: string } | null;
  readonly messageId: string;
  readonly condensed: number;
  /** How many replies were kept for another endpoint or model, and written anew for this one. */
  readonly rewritten: number;
  readonly inContext: number;
  /** The last reply did not end by itself: tokens or time were spent in mid-text, or it repeated itself. */
  readonly cut: boolean;
}

/**
 * Lets the model write until it calls, answers, or fails. One request, as a rule. A model that stops in mid-reasoning
 * is asked to search or answer, then made to answer; when a budget ends it in mid-text, what is kept back of the budget
 * goes to the answer.
 */
export async function continueTurn(input: ContinuationInput): Promise<Continuation> {
  const { protocol, opening, limits, transcript, onEvent } = input;
  const segments: StateSegment[] = [];
  const generations: RequestRecord[] = [];
  let { spent } = input;
  let { condensed, inContext, usage } = afterOmitting(input);
  let window = opening.model.contextTokens;
  let messageId = "";
  let rewritten = 0;
  let nudged: "undecided" | "no-answer" | null = null;
  let mentions = 0;
  let [refused, isCut] = [false, false];
  let outcome: Generation["outcome"] = "nothing";

  const append = (segment: StateSegment): void => {
    if (segment.text !== "") segments.push(segment);
  };
  const shown = () => omitOldest(protocol, [...transcript, ...segments], limits.keepResults);
  const nudge = (cause: Parameters<Protocol["nudge"]>[1]): void =>
    append({ origin: "runtime", text: protocol.nudge(textOf([...transcript, ...segments]), cause) });
  const ended = (failure: Continuation["failure"] = null): Continuation => ({
    segments,
    generations,
    usage,
    spent,
    failure,
    messageId,
    condensed,
    inContext,
    rewritten,
    cut: isCut,
  });
  /** Leaves out more of the responses, by bytes where it is known how many have to go. */
  const cut = (bytes: number | undefined, room: Room): boolean => {
    const turn = shown();
    const more = shortenMore(turn, condensed, bytes);
    if (more === null) return false;
    const [before, after] = [condensed, more].map((units) =>
      Buffer.byteLength(textOf(shortenOldest(protocol, turn, units))),
    );
    const cutBytes = Math.max(1, (before ?? 0) - (after ?? 0));
    condensed = more;
    usage = addUsage(usage, { ...NO_USAGE, cutBytes });
    inContext = tokensWithout(inContext, room, cutBytes);
    return true;
  };

  append({ origin: "runtime", text: thoughtBehind(transcript, input) });
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
    let turn = shortenOldest(protocol, shown(), condensed);
    const room = roomFor(opening.messages, turn, { window, counted: inContext });
    // what was just cut by the server's own count is not cut by an estimate
    const beyond = inContext > 0 && !refused ? bytesBeyond(room) : 0;
    if (beyond > 0 && cut(beyond, room)) turn = shortenOldest(protocol, shown(), condensed);
    const reply = await request(input, turn, left, { answering, stops: mentions === 0 });
    usage = addUsage(usage, reply.usage);
    rewritten = Math.max(rewritten, reply.rewritten);
    if (reply.failure !== null) {
      if (reply.failure.code !== "model-context-overflow") return ended(reply.failure);
      window = reply.facts.contextTokens ?? window;
      const prompt = promptText(opening, textOf(turn));
      const counted = reply.facts.promptTokens;
      if (!cut(bytesTooMany(prompt, { window, used: room.used, counted }), room)) return ended(reply.failure);
      refused = true;
      continue;
    }
    refused = false;
    inContext = reply.inContext;
    ({ messageId } = reply);
    const { text, closing, mention = false } = reply.generation;
    // what stands before a mention counts where nothing follows it
    if (mentions === 0 || text !== "" || closing !== "") ({ outcome } = reply.generation);
    const isEmpty = reply.end === "loop" || echoesPrompt(text, [...transcript, ...segments], opening);
    if (isEmpty && outcome === "answer") onEvent({ type: "answer-withdrawn" });
    if (isEmpty) outcome = "nothing";
    const noAnswer = isEmpty || (answering && reply.generation.outcome === "nothing");
    const told = [...transcript, ...segments];
    generations.push({
      segment: text === "" ? null : told.length,
      ...reply.ended,
      ...promptOf(reply.prompt, [...input.generations, ...generations], told),
      usage: costOf(reply.usage),
    });
    append({ origin: "model", text, ...reply.kept, ...(noAnswer && { noAnswer }) });
    append({ origin: "runtime", text: closing });
    if (isFull(reply, left, window) && shortenMore(shown(), condensed, 1) !== null) continue;
    if (mention && text !== "" && CUT_BY[reply.end] === undefined && mentions < MAX_MENTIONS) {
      mentions += 1;
      continue;
    }
    isCut = CUT_BY[reply.end] !== undefined;
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

/** What opens the reasoning again behind a response, for a model that thinks anew in each of its turns. */
function thoughtBehind(
  transcript: readonly Segment[],
  { protocol, opening }: Pick<ContinuationInput, "protocol" | "opening">,
): string {
  const last = transcript.at(-1);
  if (opening.model.line?.rethinks !== true || last === undefined) return "";
  const { spliceTags, nativeSide } = protocol;
  const isResponse =
    spliceTags !== undefined && last.origin !== "model" && last.text.endsWith(spliceTags.close);
  return isResponse ? (nativeSide?.beginReasoning(textOf(transcript)) ?? "") : "";
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
  let failure: Continuation["failure"] = null;
  let facts: AgenticRagError["facts"] = {};
  try {
    const reading = (await chatModel.stream(toMessages(opening, before), config)).getReader();
    while (!(await reading.read()).done);
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
