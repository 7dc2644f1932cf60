import { resolve } from "node:path";
import type { Durability } from "../../durability/durability.ts";
import { counted } from "../../view/amounts.ts";
import { countOf, type Arguments } from "../arguments/arguments.ts";
import { chooseNow, chooseSettings, withoutModel } from "../arguments/chosen-settings.ts";
import { readDataset, type DatasetQuestion } from "../data/dataset.ts";
import { createScore, type Score } from "../data/rewards.ts";
import { openRolloutFile, type RolloutFile } from "../data/rollout-file.ts";
import { createRolloutProgress } from "../data/rollout-progress.ts";
import { checkRecorded, idOf, runRollouts, samplesOf, statesOf, type Sample } from "../data/rollouts.ts";
import { bookOf } from "../data/sample-book.ts";
import { digestOf, forgetQueue, openSampleQueue, type SampleQueue } from "../data/sample-queue.ts";
import { openAgent } from "../open-agent.ts";
import { EXIT_CODES } from "../terminal/exit-code.ts";
import { UsageError } from "../terminal/failure.ts";
import { interruptible } from "../terminal/interruption.ts";
import type { Surroundings } from "../terminal/surroundings.ts";
import { openThreads } from "../thread-database.ts";
import { rolloutWorker } from "./rollout-worker.ts";

const DEFAULTS = { samples: 1, concurrency: 8, reward: "em" };

/** Asks every question of a data set, keeps each run as it ends, and gives the code to end with. */
export async function rollout(args: Arguments, surroundings: Surroundings): Promise<number> {
  const { folder } = surroundings;
  const [name, ...more] = args.words;
  const [out, queue] = [args.values.get("out"), args.values.get("queue")];
  if (args.switches.has("forget")) return forget(args, surroundings);
  if (name === undefined) return rolloutWorker(args, surroundings);
  if (more.length > 0 || (out === undefined && queue === undefined)) {
    throw new UsageError("rollout takes a data set and a file: agentic-rag rollout <dataset> --out <file>");
  }
  const samples = countOf(args, "samples", DEFAULTS.samples);
  const concurrency = countOf(args, "concurrency", DEFAULTS.concurrency);
  const reward = args.values.get("reward") ?? DEFAULTS.reward;
  const score = await createScore(reward, folder);
  const questions = await readDataset(resolve(folder, name));
  return interruptible(
    surroundings,
    (signal) =>
      work(args, surroundings, { out, queue, samples, concurrency, reward, score, questions, signal }),
    "Stopped. The same command goes on where it was.",
  );
}

interface Wanted {
  readonly out: string | undefined;
  readonly queue: string | undefined;
  readonly samples: number;
  readonly concurrency: number;
  readonly reward: string;
  readonly score: Score;
  readonly questions: readonly DatasetQuestion[];
  readonly signal: AbortSignal;
}

async function work(args: Arguments, surroundings: Surroundings, wanted: Wanted): Promise<number> {
  const { stderr, folder } = surroundings;
  const { out, queue: name, samples, concurrency, reward, score, questions, signal } = wanted;
  const opened = await openAgent(args, surroundings, signal, () =>
    Promise.resolve({ durability: undefined }),
  );
  const { agent, settings, header } = opened;
  const seed = settings.sampling.seed ?? 0;
  const progress = createRolloutProgress(stderr);
  let [file, durability]: [RolloutFile | undefined, Durability | undefined] = [undefined, undefined];
  try {
    if (out !== undefined) {
      file = await openRolloutFile(resolve(folder, out));
      checkRecorded(file.recorded, out, samplesOf(questions, samples));
    }
    const told = new Intl.DateTimeFormat("sv-SE").format(chooseNow(args)());
    const date = args.values.has("date") ? told : (file?.date ?? told);
    let queue: SampleQueue | undefined;
    if (name !== undefined) {
      durability = await openThreads(settings);
      const leaseMs = settings.leaseSeconds * 1000;
      const mine = { digest: digestOf(questions, seed, reward), date };
      queue = await openSampleQueue(name, mine, { durability, leaseMs, signal });
    }
    stderr.write(`${header}\n`);
    const plan = { states: statesOf(agent), settings, score, date: queue?.plan.date ?? date, seed, signal };
    const book = queue ?? (file === undefined ? undefined : bookOf(file));
    if (book !== undefined) await runRollouts(plan, questions, book, { samples, concurrency, progress });
    if (queue !== undefined && file !== undefined) await gather(queue, file, samplesOf(questions, samples));
  } finally {
    progress.stop();
    await file?.close();
    await durability?.close();
    await opened.close();
  }
  stderr.write(progress.words());
  return EXIT_CODES.answered;
}

/** Adds what a queue has kept to a file that does not have it. */
async function gather(queue: SampleQueue, file: RolloutFile, samples: Iterable<Sample>): Promise<void> {
  for (const sampled of samples) {
    const id = idOf(sampled);
    const run = file.recorded.has(id) ? undefined : await queue.find(id);
    if (run !== undefined) await file.add(run);
  }
}

async function forget(args: Arguments, surroundings: Surroundings): Promise<number> {
  const name = args.values.get("queue");
  if (name === undefined || args.words.length > 0) {
    throw new UsageError("--forget takes a queue alone: agentic-rag rollout --queue <name> --forget");
  }
  const durability = await openThreads(chooseSettings(args, withoutModel(surroundings)));
  try {
    surroundings.stderr.write(`Removed ${counted(await forgetQueue(name, durability), "run")}.\n`);
    return EXIT_CODES.answered;
  } finally {
    await durability.close();
  }
}
