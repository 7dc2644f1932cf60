import { isAbort, isModelFailure } from "../../errors.ts";
import { generateText } from "../../model/generate-text.ts";
import { deadlineAfter, type WorkTime } from "../../net/deadline.ts";
import { allowance } from "../budgets.ts";
import { requestOf } from "../context.ts";
import type { DigestReport } from "../events.ts";
import type { FreshReply } from "../replies.ts";
import type { Step } from "../step.ts";
import { addUsage, NO_USAGE, requestUsage, type Usage } from "../usage.ts";

export interface Digested {
  readonly fresh: ReadonlyMap<string, FreshReply>;
  /** Without the time: requests run side by side, and in the time of the step. */
  readonly usage: Usage;
}

/** A digest is a few lines; the rest is for the thoughts of a model that thinks first. */
const MAX_TOKENS = 4096;

/** With fewer it is not begun. */
const MIN_TOKENS = 256;

/**
 * Has the model condense what each search found, side by side, in prompts of their own. Where that fails, or comes to
 * nothing or to more than the results themselves, the results are shown whole: what was condensed before may have
 * left out what matters now.
 */
export async function condenseFound(
  found: ReadonlyMap<string, FreshReply>,
  step: Step,
  /** What the run has used so far, the searches of this step with it. */
  used: Usage,
  clock: () => number,
): Promise<Digested> {
  const count = [...found.values()].filter(({ results }) => results.length > 0).length;
  const left = allowance(step.limits, used, false);
  const maxTokens = Math.min(MAX_TOKENS, Math.floor(left.tokens / Math.max(count, 1)));
  const time = deadlineAfter(left.milliseconds, step.config.signal);
  try {
    const made = await Promise.all(
      [...found].map(async ([query, reply]) => {
        if (reply.results.length === 0) return { query, reply, usage: NO_USAGE };
        const started = clock();
        const { digest, failure, usage } = await condense(query, reply, step, maxTokens, time);
        const milliseconds = clock() - started;
        const digestReport: DigestReport =
          failure === undefined
            ? { status: "condensed", milliseconds }
            : { status: "failed", reason: failure, milliseconds };
        const shown = { ...reply, ...(digest !== undefined && { digest }), digestReport };
        return { query, usage, reply: shown };
      }),
    );
    return {
      fresh: new Map(made.map(({ query, reply }) => [query, reply])),
      usage: made.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE),
    };
  } finally {
    time.clear();
  }
}

interface Condensed {
  readonly digest?: string;
  readonly failure?: string;
  readonly usage: Usage;
}

async function condense(
  query: string,
  { results }: FreshReply,
  { protocol, model, state, opening, chosen, config: { signal } }: Step,
  maxTokens: number,
  time: WorkTime,
): Promise<Condensed> {
  if (maxTokens < MIN_TOKENS || time.isOver)
    return { failure: "Too little of the budgets is left for it.", usage: NO_USAGE };
  const { question, controlTokens } = opening;
  const messages = protocol.digestSide.ask(
    { question, turn: state.transcript, query, results },
    controlTokens,
  );
  const {
    text,
    cut,
    usage: counted,
    error,
  } = await generateText(model, messages, {
    ...requestOf(chosen),
    maxTokens,
    signal: time.signal,
  });
  const usage = requestUsage(messages.map(({ content }) => content).join(""), text, counted);
  if (error !== undefined) return { failure: failureOf(error, signal), usage };
  if (cut) return { failure: `It was cut off after ${maxTokens} tokens.`, usage };
  const digest = protocol.digestSide.read(text);
  if (digest === null) return { failure: "The model wrote no digest.", usage };
  const length = results.reduce((sum, result) => sum + result.text.length, 0);
  return digest.length < length
    ? { digest, usage }
    : { failure: "It came out longer than the results themselves.", usage };
}

/** Why there is no digest, where the run goes on without one. @throws what ends the run. */
function failureOf(error: unknown, signal: AbortSignal | undefined): string {
  if (signal?.aborted !== true) {
    if (isAbort(error)) return "The time for reasoning was over.";
    if (isModelFailure(error)) return error.message;
  }
  throw error;
}
