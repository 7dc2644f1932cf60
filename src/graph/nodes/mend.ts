import { checkingAnswer } from "../../citation/check.ts";
import type { SourceReader } from "../../citation/support/read-source.ts";
import { AgenticRagError } from "../../errors.ts";
import { unsupportedSentences, type UnsupportedSentence } from "../../citation/support/note.ts";
import type { MendSide, Protocol } from "../../protocol/protocol.ts";
import { allowance, emptyBudget } from "../budgets.ts";
import { continueTurn, type Continuation } from "../continuation/continuation.ts";
import type { ContinuationInput } from "../continuation/request.ts";
import type { RunEvent } from "../events.ts";
import { createHeldAnswer } from "../held-answer.ts";
import { lastGeneration, textOf } from "../route.ts";
import type { RunState, StateSegment } from "../state.ts";
import { addUsage } from "../usage.ts";
import { inTurns } from "./in-turns.ts";

export interface MendableInput extends ContinuationInput {
  /** Reads a source that the answer cites. */
  readonly read: SourceReader;
}

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
  input: MendableInput,
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

/** @throws AgenticRagError `settings-invalid` where a run asks for what its protocol cannot do */
export function requireMending({ name, mendSide }: Protocol): void {
  if (mendSide !== undefined) return;
  throw new AgenticRagError(
    "settings-invalid",
    `\`mendAnswer\` is set, but an answer of the protocol ${name} has an end of its own and cannot be written again. Choose the protocol qwq, or leave \`mendAnswer\` out.`,
  );
}

/** The same, with what is written as an answer held back until it is shown. */
function heldBack(input: MendableInput): { readonly input: MendableInput; show(): void } {
  const held = createHeldAnswer({ whole: true });
  const tell = (type: "answer-delta" | "reasoning-delta", text: string): void => {
    if (text !== "") input.onEvent({ type, text });
  };
  return {
    input: {
      ...input,
      holdAnswer: true,
      onEvent(event) {
        if (event.type === "answer-withdrawn") tell("reasoning-delta", held.withdraw());
        else if (event.type === "answer-delta") held.add(event.text);
        else input.onEvent(event);
      },
    },
    show: () => tell("answer-delta", held.release()),
  };
}

async function mend(
  input: MendableInput,
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
  const before = await openSentences(protocol, written, state, input.read);
  const used = addUsage(input.used, added.usage);
  if (before === null || before.unsupported.length === 0) return asIs;
  if (emptyBudget(allowance(limits, used, true)) !== null) return asIs;
  const told = tell(
    before.unsupported.map(({ sentence, why }) => ({ sentence, why })),
    opening.controlTokens,
  );
  const first = added.segments.map((segment) =>
    segment.origin === "model" ? { ...segment, noAnswer: true as const } : segment,
  );
  const between: StateSegment[] = [...first, { origin: "runtime", text: told }];
  const again = await continueTurn({
    ...input,
    transcript: [...input.transcript, ...between],
    generations: [...input.generations, ...added.generations],
    used,
    // it may only answer now
    spent: "repair",
    condensed: added.condensed,
    inContext: added.inContext,
  });
  const whole = [...input.transcript, ...between, ...again.segments].map((segment) =>
    "noAnswer" in segment && segment.noAnswer === true ? { ...segment, origin: "runtime" as const } : segment,
  );
  // half an answer is no better, however little of it is unsupported
  const isWhole = again.failure === null && !again.cut;
  const after = isWhole ? await openSentences(protocol, whole, state, input.read) : null;
  const isBetter = after !== null && isFewer(after, before);
  emit({
    type: "answer-mended",
    unsupported: before.unsupported.length,
    left: after?.unsupported.length ?? null,
    kept: isBetter,
  });
  const usage = addUsage(added.usage, again.usage);
  if (!isBetter) {
    return { added: { ...added, usage, streamed: [...added.streamed, ...again.streamed] }, mends: 1 };
  }
  return {
    added: {
      ...again,
      segments: [...between, ...again.segments],
      generations: [...added.generations, ...again.generations],
      streamed: [...added.streamed, ...again.streamed],
      usage,
      spent: null,
      rewritten: Math.max(added.rewritten, again.rewritten),
    },
    mends: 1,
  };
}

/** The sentences of an answer that nothing stands behind. */
interface OpenSentences {
  readonly unsupported: readonly UnsupportedSentence[];
  readonly uncited: number;
}

async function openSentences(
  protocol: Protocol,
  turn: readonly StateSegment[],
  { sources, question }: Pick<RunState, "sources" | "question">,
  read: SourceReader,
): Promise<OpenSentences | null> {
  const answer = protocol.answer(turn);
  if (answer === null) return null;
  const { citations, uncited } = await inTurns(checkingAnswer(answer, sources, question, read));
  return { unsupported: unsupportedSentences(citations), uncited: uncited.length };
}

/** Whether fewer are unsupported, and not only because their marks were left out. */
function isFewer(after: OpenSentences, before: OpenSentences): boolean {
  const [left, had] = [after, before].map(({ unsupported, uncited }) => unsupported.length + uncited);
  return after.unsupported.length < before.unsupported.length && (left ?? 0) < (had ?? 0);
}
