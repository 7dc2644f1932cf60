import { createHash } from "node:crypto";
import { setMaxListeners } from "node:events";
import { AgenticRagError, isAbort, messageOf } from "../../errors.ts";
import type { AgenticRag } from "../../graph/graph.ts";
import { waitFor } from "../../net/wait.ts";
import type { Settings } from "../../settings/settings.ts";
import type { Trajectory } from "../../trajectory/trajectory.ts";
import { NOTHING_YET, readRecord } from "../view/run-record.ts";
import type { DatasetQuestion } from "./dataset.ts";
import type { Score } from "./rewards.ts";
import type { SampleBook } from "./sample-book.ts";
import { savedRun } from "./saved-run.ts";

/** The states of the run of a question: the last one is what it came to, or how far it got. */
export type RunStates = (
  question: string,
  context: { readonly date: string; readonly boundary: string; readonly seed: number },
  signal: AbortSignal,
) => AsyncIterable<unknown>;

/** Runs of an agent. */
export function statesOf(agent: AgenticRag): RunStates {
  return async function* (question, context, signal) {
    const stream = await agent.stream({ question }, { context, signal, streamMode: ["values"] });
    for await (const [, state] of stream) yield state;
  };
}

export interface RolloutPlan {
  readonly states: RunStates;
  readonly settings: Pick<Settings, "sampling">;
  readonly score: Score;
  /** The day that every run is told, so that all samples of a question share their prompt. */
  readonly date: string;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** One sample of one question. */
export interface Sample {
  readonly asked: DatasetQuestion;
  readonly sample: number;
}

/** The name of a sample, under which it is kept once. */
export function idOf({ asked, sample }: Sample): string {
  return `${asked.group}/${sample}`;
}

/** Asks one sample. A run that fails is one, too; only an abort is thrown. */
export async function runSample(plan: RolloutPlan, sampled: Sample): Promise<Trajectory> {
  const { states, settings, score, date, seed, signal } = plan;
  const { asked, sample } = sampled;
  const { group, question } = asked;
  const about = { id: idOf(sampled), group, sample, question, settings, data: dataOf(asked) };
  let state: unknown;
  try {
    const context = { date, boundary: boundaryOf(group, seed), seed: seedOf(sampled, seed) };
    // what a run did before it failed is kept, too
    for await (const reached of states(question, context, signal)) state = reached;
  } catch (error) {
    if (signal.aborted || isAbort(error)) throw error;
    const code = AgenticRagError.isInstance(error) ? error.code : "run-failed";
    const failure = { code, message: messageOf(error) };
    return savedRun({ ...readRecord(state ?? NOTHING_YET), failure }, about);
  }
  return score(savedRun(readRecord(state), about));
}

/** What a data set says of a question, as its runs keep it. */
export function dataOf({
  goldenAnswers,
  answerable,
  evidence,
  source,
  split,
  index,
}: DatasetQuestion): NonNullable<Trajectory["data"]> {
  return {
    index,
    ...(source !== undefined && { source }),
    ...(split !== undefined && { split }),
    ...(goldenAnswers !== undefined && { goldenAnswers: [...goldenAnswers] }),
    ...(answerable !== undefined && { answerable }),
    ...(evidence !== undefined && { evidence: [...evidence] }),
  };
}

/** What the heads of sources carry in all samples of a question. */
function boundaryOf(group: string, seed: number): string {
  return createHash("sha256").update(`${seed} ${group}`).digest("hex").slice(0, 6);
}

/** Another seed for each sample, the same one each time. */
function seedOf(sampled: Sample, seed: number): number {
  return (
    createHash("sha256")
      .update(`${seed} ${idOf(sampled)}`)
      .digest()
      .readUInt32BE() >>> 1
  );
}

export interface RolloutProgress {
  /** Told once, before the first run. */
  begin(total: number): void;
  /** The run of a sample is there already. */
  there(): void;
  done(run: Trajectory): void;
}

/** How long it is waited until samples are looked at again that other processes are at. */
const OTHERS_MS = 1000;

/**
 * Runs all samples whose runs are not kept, so many at a time, and keeps each as it ends. Samples that other processes are at are
 * waited for, and run where these are gone.
 */
export async function runRollouts(
  plan: RolloutPlan,
  questions: readonly DatasetQuestion[],
  book: SampleBook,
  {
    samples,
    concurrency,
    progress,
  }: { readonly samples: number; readonly concurrency: number; readonly progress: RolloutProgress },
): Promise<void> {
  // each run at once listens to it
  setMaxListeners(0, plan.signal);
  progress.begin(questions.length * samples);
  let failure: { readonly error: unknown } | undefined;
  async function work(left: Iterable<Sample>, elsewhere: Sample[]): Promise<void> {
    for (const sampled of left) {
      if (failure !== undefined) return;
      try {
        const ended = await workAt(plan, sampled, book);
        if (ended === "kept") progress.there();
        else if (ended === "busy") elsewhere.push(sampled);
        else progress.done(ended);
      } catch (error) {
        failure ??= { error };
      }
    }
  }
  for (let left: Iterable<Sample> = samplesOf(questions, samples); ;) {
    const elsewhere: Sample[] = [];
    const shared = left[Symbol.iterator]();
    const each = { [Symbol.iterator]: () => ({ next: () => shared.next() }) };
    await Promise.all(Array.from({ length: concurrency }, () => work(each, elsewhere)));
    if (failure !== undefined) throw failure.error;
    if (elsewhere.length === 0) return;
    await waitFor(OTHERS_MS, plan.signal);
    left = elsewhere;
  }
}

async function workAt(
  plan: RolloutPlan,
  sampled: Sample,
  book: SampleBook,
): Promise<Trajectory | "kept" | "busy"> {
  const held = await book.take(idOf(sampled));
  if (held === "kept" || held === "busy") return held;
  const { lost } = held;
  const signal = lost === undefined ? plan.signal : AbortSignal.any([plan.signal, lost]);
  try {
    const run = await runSample({ ...plan, signal }, sampled);
    return (await held.keep(run)) ? run : "busy";
  } catch (error) {
    await held.leave();
    if (lost?.aborted === true && !plan.signal.aborted) return "busy";
    throw error;
  }
}

/**
 * Makes sure that what a file has kept is of these questions.
 *
 * @throws AgenticRagError `settings-invalid` where it is of another data set, whose samples have the same names
 */
export function checkRecorded(
  recorded: ReadonlyMap<string, string>,
  file: string,
  samples: Iterable<Sample>,
): void {
  for (const sampled of samples) {
    const asked = recorded.get(idOf(sampled));
    if (asked === undefined || asked === sampled.asked.question) continue;
    throw new AgenticRagError(
      "settings-invalid",
      `${file} holds runs of another data set: its ${idOf(sampled)} was asked ${JSON.stringify(asked)}, and not ${JSON.stringify(sampled.asked.question)}. Name another --out.`,
    );
  }
}

export function* samplesOf(
  questions: readonly DatasetQuestion[],
  samples: number,
): Generator<Sample, void, undefined> {
  for (const asked of questions) {
    for (let sample = 0; sample < samples; sample += 1) yield { asked, sample };
  }
}
