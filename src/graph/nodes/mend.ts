import { checkingAnswer } from "../../citation/check.ts";
import { unsupportedSentences, type UnsupportedSentence } from "../../citation/support/note.ts";
import type { MendSide, Protocol, ProtocolEvent } from "../../protocol/protocol.ts";
import { allowance, emptyBudget } from "../budgets.ts";
import { continueTurn, type Continuation, type ContinuationInput } from "../continuation/continuation.ts";
import type { RunEvent } from "../events.ts";
import { lastGeneration, textOf } from "../route.ts";
import type { RunState, Source, StateSegment } from "../state.ts";
import { addUsage } from "../usage.ts";
import { inTurns } from "./in-turns.ts";

export interface Mended {
  readonly added: Continuation;
  /** How often the model was asked: once or not at all. */
  readonly mends: 0 | 1;
}

/**
 * Continues the turn; then tells the model which sentences of its answer no source supports, and lets it write the answer
 * again, once, within what is left of the budgets. What it writes then counts where fewer are left; else the first answer
 * stands. No answer is shown before that is settled.
 */
export async function continueAndMend(
  input: ContinuationInput,
  state: Pick<RunState, "sources" | "question" | "mends">,
  emit: (event: RunEvent) => void,
): Promise<Mended> {
  const { protocol, limits } = input;
  if (limits.mendAnswer !== true || state.mends > 0 || protocol.mendSide === undefined)
    return { added: await continueTurn(input), mends: 0 };
  const first = heldBack(input);
  const added = await continueTurn(first.input);
  const again = heldBack(input);
  const mended = await mend(again.input, protocol.mendSide, added, state, emit);
  (mended.added === added || mended.added.segments === added.segments ? first : again).show();
  return mended;
}

/** The same, with what is written as an answer held back until it is shown. */
function heldBack(input: ContinuationInput): { readonly input: ContinuationInput; show(): void } {
  let held: ProtocolEvent[] = [];
  return {
    input: {
      ...input,
      onEvent(event) {
        if (event.type === "answer-withdrawn") held = [];
        else if (event.type === "answer-delta") held.push(event);
        else input.onEvent(event);
      },
    },
    show() {
      for (const event of held) input.onEvent(event);
    },
  };
}

async function mend(
  input: ContinuationInput,
  { tell }: MendSide,
  added: Continuation,
  state: Pick<RunState, "sources" | "question">,
  emit: (event: RunEvent) => void,
): Promise<Mended> {
  const { protocol, limits, opening } = input;
  const asIs: Mended = { added, mends: 0 };
  const written = [...input.transcript, ...added.segments];
  if (added.failure !== null || added.spent !== null) return asIs;
  if (protocol.callPattern.test(textOf(lastGeneration(written)))) return asIs;
  const unsupported = await unsupportedIn(protocol, written, state);
  const used = addUsage(input.used, added.usage);
  if (unsupported === null || unsupported.length === 0) return asIs;
  if (emptyBudget(allowance(limits, used, true)) !== null) return asIs;
  const told = tell(
    unsupported.map(({ sentence, why }) => ({ sentence, why })),
    opening.controlTokens,
  );
  const first = added.segments.map((segment) =>
    segment.origin === "model" ? { ...segment, noAnswer: true as const } : segment,
  );
  const between: StateSegment[] = [...first, { origin: "runtime", text: told }];
  const again = await continueTurn({
    ...input,
    transcript: [...input.transcript, ...between],
    used,
    // it may only answer now
    spent: "repair",
    condensed: added.condensed,
    inContext: added.inContext,
  });
  const whole = [...input.transcript, ...between, ...again.segments].map((segment) =>
    "noAnswer" in segment && segment.noAnswer === true ? { ...segment, origin: "runtime" as const } : segment,
  );
  const left = again.failure === null ? await unsupportedIn(protocol, whole, state) : null;
  const isBetter = left !== null && left.length < unsupported.length;
  emit({
    type: "answer-mended",
    unsupported: unsupported.length,
    left: left?.length ?? null,
    kept: isBetter,
  });
  const usage = addUsage(added.usage, again.usage);
  if (!isBetter) return { added: { ...added, usage }, mends: 1 };
  return {
    added: {
      ...again,
      segments: [...between, ...again.segments],
      usage,
      spent: null,
      rewritten: Math.max(added.rewritten, again.rewritten),
    },
    mends: 1,
  };
}

async function unsupportedIn(
  protocol: Protocol,
  turn: readonly StateSegment[],
  { sources, question }: { readonly sources: readonly Source[]; readonly question: string },
): Promise<readonly UnsupportedSentence[] | null> {
  const answer = protocol.answer(turn);
  if (answer === null) return null;
  return unsupportedSentences((await inTurns(checkingAnswer(answer, sources, question))).citations);
}
