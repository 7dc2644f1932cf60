import type { Generation, Protocol, Segment } from "../../protocol/protocol.ts";
import { allowance, emptyBudget } from "../budgets.ts";
import { textOf } from "../route.ts";
import type { BudgetName, StateSegment } from "../state.ts";
import type { StreamedReply } from "../step-messages/streamed-reply.ts";
import { addUsage, NO_USAGE, type Usage } from "../usage.ts";
import { bytesBeyond, bytesTooMany, isFull, roomFor, tokensWithout, type Room } from "./room.ts";
import { echoesPrompt } from "./runtime-echo.ts";
import { afterOmitting, omitOldest } from "./omitted-results.ts";
import { costOf, promptOf, type Generation as RequestRecord } from "./generations.ts";
import { promptText } from "./prompt.ts";
import type { ModelReply } from "./reply-reading.ts";
import { request, type ContinuationInput, type RequestFailure } from "./request.ts";
import { shortenMore, shortenOldest } from "./shortening.ts";

export interface Continuation {
  /** What was added to the turn. */
  readonly segments: readonly StateSegment[];
  /** The requests that were made. */
  readonly generations: readonly RequestRecord[];
  readonly usage: Usage;
  readonly spent: BudgetName | null;
  readonly failure: RequestFailure | null;
  readonly messageId: string;
  /** What chat clients were sent of each request, where it was anything. */
  readonly streamed: readonly StreamedReply[];
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
  const streamed: StreamedReply[] = [];
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
  const ended = (failure: RequestFailure | null = null): Continuation => ({
    segments,
    generations,
    usage,
    spent,
    failure,
    messageId,
    streamed,
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
    if (reply.streamed !== null) streamed.push(reply.streamed);
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
