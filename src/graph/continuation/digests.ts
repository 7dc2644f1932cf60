import { AgenticRagError, isAbort } from "../../errors.ts";
import type { ContinuationModel, ContinuationOptions, ModelUsage } from "../../model/model.ts";
import type { Protocol } from "../../protocol/protocol.ts";
import { allowance, deadlineAfter } from "../budgets.ts";
import type { RunLimits } from "../context.ts";
import type { DigestReport } from "../events.ts";
import type { FreshReply } from "../replies.ts";
import { addUsage, NO_USAGE, required, type RunState, type Usage } from "../state.ts";
import { estimateTokens } from "./token-estimate.ts";

export interface DigestInput {
  readonly protocol: Protocol;
  readonly model: ContinuationModel;
  readonly state: Pick<RunState, "opening" | "transcript">;
  readonly limits: RunLimits;
  /** What the run has used so far, the searches of this step with it. */
  readonly used: Usage;
  readonly request: Pick<ContinuationOptions, "sampling" | "modelName">;
  readonly clock: () => number;
  readonly signal: AbortSignal | undefined;
}

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
  input: DigestInput,
): Promise<Digested> {
  const count = [...found.values()].filter(({ results }) => results.length > 0).length;
  const left = allowance(input.limits, input.used, false);
  const maxTokens = Math.min(MAX_TOKENS, Math.floor(left.tokens / Math.max(count, 1)));
  const deadline = deadlineAfter(left.milliseconds);
  try {
    const made = await Promise.all(
      [...found].map(async ([query, reply]) => {
        if (reply.results.length === 0) return { query, reply, usage: NO_USAGE };
        const started = input.clock();
        const { digest, failure, usage } = await condense(query, reply, input, maxTokens, deadline.signal);
        const milliseconds = input.clock() - started;
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
    deadline.clear();
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
  { protocol, model, state, request, signal }: DigestInput,
  maxTokens: number,
  deadline: AbortSignal,
): Promise<Condensed> {
  if (maxTokens < MIN_TOKENS || deadline.aborted)
    return { failure: "Too little of the budgets is left for it.", usage: NO_USAGE };
  const { question } = required(state.opening, "an opened question");
  const messages = protocol.digestSide.ask({ question, turn: state.transcript, query, results });
  let text = "";
  let cut = false;
  let counted: ModelUsage = {};
  const used = (): Usage => usageOf(messages.map(({ content }) => content).join(""), text, counted);
  try {
    const chunks = model.continueText(messages, {
      ...request,
      maxTokens,
      calls: false,
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    });
    for await (const chunk of chunks) {
      if (chunk.type === "text") text += chunk.text;
      else {
        cut = chunk.finishReason === "length";
        counted = chunk.usage;
      }
    }
  } catch (error) {
    const failure = failureOf(error, signal);
    if (failure === undefined) throw error;
    return { failure, usage: used() };
  }
  if (cut) return { failure: `It was cut off after ${maxTokens} tokens.`, usage: used() };
  const digest = protocol.digestSide.read(text);
  if (digest === null) return { failure: "The model wrote no digest.", usage: used() };
  const length = results.reduce((sum, result) => sum + result.text.length, 0);
  return digest.length < length
    ? { digest, usage: used() }
    : { failure: "It came out longer than the results themselves.", usage: used() };
}

/** What failed, where the run goes on without a digest; `undefined` for what ends the run. */
function failureOf(error: unknown, signal: AbortSignal | undefined): string | undefined {
  if (signal?.aborted === true) return undefined;
  if (isAbort(error)) return "The time for reasoning was over.";
  return AgenticRagError.isInstance(error) && error.code.startsWith("model-") ? error.message : undefined;
}

function usageOf(prompt: string, text: string, { promptTokens, completionTokens, cachedTokens }: ModelUsage) {
  return {
    ...NO_USAGE,
    modelRequests: 1,
    promptTokens: promptTokens ?? estimateTokens(prompt),
    completionTokens: completionTokens ?? estimateTokens(text),
    cachedTokens: cachedTokens ?? 0,
    estimated: promptTokens === undefined || completionTokens === undefined,
  };
}
