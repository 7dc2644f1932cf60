import { untilAborted } from "../../net/abort.ts";
import type { GgufEvaluation, GgufMeter, GgufSequence } from "./library.ts";
import type { SequenceQueue } from "./sequence.ts";
import type { Sampling } from "../sampling.ts";

/** Penalties look back on as many tokens, those of the prompt included: llama.cpp's own default. */
const PENALISED = 64;

export interface EvaluationRequest {
  readonly queue: SequenceQueue;
  readonly prompt: number[];
  readonly sampling: Sampling;
  /** What the tokens are held to. */
  readonly grammar?: object | undefined;
  /** Tokens of the prompt that are evaluated at once: an abort is heeded in between. */
  readonly batchSize: number;
  readonly signal: AbortSignal | undefined;
  /** Told once, before the first token: how many tokens of the prompt were evaluated. */
  readonly onPrompt: (evaluated: number) => void;
}

/**
 * The tokens that follow a prompt, without end: the caller stops at the end-of-turn token, which is among them, and
 * before the context is full. The sequence is free again when this returns; after an abort, as soon as the token in
 * work is done.
 */
export async function* evaluatePrompt(request: EvaluationRequest): AsyncGenerator<number, void, void> {
  const { queue, prompt, batchSize, signal } = request;
  const lease = await queue.take(signal);
  const { sequence } = lease;
  let work: Promise<unknown> = Promise.resolve();
  let tokens: AsyncGenerator<number, void, void> | undefined;
  function run<Value>(started: Promise<Value>): Promise<Value> {
    work = started;
    return untilAborted(started, signal);
  }
  try {
    const before = sequence.tokenMeter.getState();
    await run(align(sequence, prompt));
    let at = sequence.nextTokenIndex;
    for (; prompt.length - at > batchSize; at += batchSize) {
      await run(sequence.evaluateWithoutGeneratingNewTokens(prompt.slice(at, at + batchSize)));
    }
    const recent = prompt.slice(-PENALISED);
    tokens = sequence.evaluate(prompt.slice(at), evaluationOf(request, recent));
    for (let first = true; ; first = false) {
      const { done, value } = await run(tokens.next());
      if (done === true) return;
      if (first) request.onPrompt(evaluated(sequence.tokenMeter.getState()) - evaluated(before));
      recent.push(value);
      if (recent.length > PENALISED) recent.shift();
      yield value;
    }
  } finally {
    // a generator's return comes after the step that it is in
    lease.release(Promise.all([work, tokens?.return()]));
  }
}

/** Leaves exactly a beginning of the prompt in the sequence, and at least its last token to evaluate. */
async function align(sequence: GgufSequence, prompt: number[]): Promise<void> {
  await sequence.adaptStateToTokens(prompt, false);
  const end = sequence.nextTokenIndex;
  if (end >= prompt.length) await sequence.eraseContextTokenRanges([{ start: prompt.length - 1, end }]);
}

function evaluated({ usedInputTokens, usedOutputTokens }: GgufMeter): number {
  return usedInputTokens + usedOutputTokens;
}

/** What is `null` is left to the library, but for the seed: it takes the current second, so that parallel requests would draw alike. */
function evaluationOf({ sampling, grammar }: EvaluationRequest, recent: number[]): GgufEvaluation {
  const { temperature, topP, topK, minP, seed } = sampling;
  const { repetitionPenalty, frequencyPenalty, presencePenalty } = sampling;
  const penalised = repetitionPenalty !== null || frequencyPenalty !== null || presencePenalty !== null;
  return {
    ...(temperature !== null && { temperature }),
    ...(topP !== null && { topP }),
    ...(topK !== null && { topK: Math.max(0, topK) }),
    ...(minP !== null && { minP }),
    seed: seed ?? Math.floor(Math.random() * 2 ** 32),
    ...(penalised && {
      repeatPenalty: {
        punishTokens: () => recent,
        penalty: repetitionPenalty ?? 1,
        frequencyPenalty: frequencyPenalty ?? 0,
        presencePenalty: presencePenalty ?? 0,
      },
    }),
    ...(grammar !== undefined && { grammarEvaluationState: grammar }),
    yieldEogToken: true,
  };
}
