import { createHash } from "node:crypto";
import { setMaxListeners } from "node:events";
import { AgenticRagError, isAbort } from "../../errors.ts";
import type { AgenticRag } from "../../graph/graph.ts";
import type { Settings } from "../../settings/settings.ts";
import type { Trajectory } from "../../trajectory/trajectory.ts";
import { messageOf } from "../../errors.ts";
import { NOTHING_YET, readRecord } from "../view/run-record.ts";
import type { DatasetQuestion } from "./dataset.ts";
import type { Score } from "./rewards.ts";
import type { RolloutFile } from "./rollout-file.ts";
import { savedRun } from "./saved-run.ts";

export interface RolloutPlan {
  readonly agent: AgenticRag;
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

/** The name of a sample, under which it is recorded once. */
function idOf({ asked, sample }: Sample): string {
  return `${asked.group}/${sample}`;
}

/** Asks one sample. A run that fails is one, too; only an abort is thrown. */
export async function runSample(plan: RolloutPlan, sampled: Sample): Promise<Trajectory> {
  const { agent, settings, score, date, seed, signal } = plan;
  const { asked, sample } = sampled;
  const { group, question, goldenAnswers, source, split, index } = asked;
  const about = {
    id: idOf(sampled),
    group,
    sample,
    question,
    settings,
    data: {
      index,
      ...(source !== undefined && { source }),
      ...(split !== undefined && { split }),
      ...(goldenAnswers !== undefined && { goldenAnswers: [...goldenAnswers] }),
    },
  };
  let state: unknown;
  try {
    const context = { date, boundary: boundaryOf(group, seed), seed: seedOf(sampled, seed) };
    // what a run did before it failed is kept, too
    const stream = await agent.stream({ question }, { context, signal, streamMode: ["values"] });
    for await (const [, data] of stream) state = data;
  } catch (error) {
    if (signal.aborted || isAbort(error)) throw error;
    const code = AgenticRagError.isInstance(error) ? error.code : "run-failed";
    const failure = { code, message: messageOf(error) };
    return savedRun({ ...readRecord(state ?? NOTHING_YET), failure }, about);
  }
  return score(savedRun(readRecord(state), about));
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
  begin(total: number, recorded: number): void;
  done(run: Trajectory): void;
}

/** Runs all samples that a file does not have, so many at a time, and adds each as it ends. */
export async function runRollouts(
  plan: RolloutPlan,
  questions: readonly DatasetQuestion[],
  file: RolloutFile,
  {
    samples,
    concurrency,
    progress,
  }: { readonly samples: number; readonly concurrency: number; readonly progress: RolloutProgress },
): Promise<void> {
  // each run at once listens to it
  setMaxListeners(0, plan.signal);
  const left = samplesOf(questions, samples, file.recorded);
  progress.begin(questions.length * samples, file.recorded.size);
  let failure: { readonly error: unknown } | undefined;
  async function work(): Promise<void> {
    for (const sampled of left) {
      if (failure !== undefined) return;
      try {
        const run = await runSample(plan, sampled);
        await file.add(run);
        progress.done(run);
      } catch (error) {
        failure ??= { error };
      }
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work));
  if (failure !== undefined) throw failure.error;
}

function* samplesOf(
  questions: readonly DatasetQuestion[],
  samples: number,
  recorded: ReadonlySet<string>,
): Generator<Sample, void, undefined> {
  for (const asked of questions) {
    for (let sample = 0; sample < samples; sample += 1) {
      const sampled = { asked, sample };
      if (!recorded.has(idOf(sampled))) yield sampled;
    }
  }
}
