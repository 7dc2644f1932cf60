import { resolve } from "node:path";
import { SingleBar } from "cli-progress";
import type { Trajectory } from "../../trajectory/trajectory.ts";
import { counted } from "../../view/amounts.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { chooseNow } from "../arguments/chosen-settings.ts";
import { readDataset } from "../data/dataset.ts";
import { createScore } from "../data/rewards.ts";
import { openRolloutFile } from "../data/rollout-file.ts";
import { runRollouts, type RolloutProgress } from "../data/rollouts.ts";
import { openAgent } from "../open-agent.ts";
import { EXIT_CODES } from "../terminal/exit-code.ts";
import { UsageError } from "../terminal/failure.ts";
import { interruptible } from "../terminal/interruption.ts";
import { rolloutWorker } from "./rollout-worker.ts";
import type { Surroundings, TextOutput } from "../terminal/surroundings.ts";

const DEFAULTS = { samples: 1, concurrency: 8, reward: "em" };

/** Asks every question of a data set, adds each run to a file as it ends, and gives the code to end with. */
export async function rollout(args: Arguments, surroundings: Surroundings): Promise<number> {
  const { stderr, folder } = surroundings;
  const [name, ...more] = args.words;
  if (name === undefined) return rolloutWorker(args, surroundings);
  const out = args.values.get("out");
  if (more.length > 0 || out === undefined) {
    throw new UsageError("rollout takes a data set and a file: agentic-rag rollout <dataset> --out <file>");
  }
  const samples = countOf(args, "samples", DEFAULTS.samples);
  const concurrency = countOf(args, "concurrency", DEFAULTS.concurrency);
  const score = await createScore(args.values.get("reward") ?? DEFAULTS.reward, folder);
  const questions = await readDataset(resolve(folder, name));
  return interruptible(
    surroundings,
    async (signal) => {
      const opened = await openAgent(args, surroundings, signal, () =>
        Promise.resolve({ durability: undefined }),
      );
      const file = await openRolloutFile(resolve(folder, out));
      const progress = createRolloutProgress(stderr);
      const { agent, settings, header } = opened;
      stderr.write(`${header}\n`);
      try {
        const told = new Intl.DateTimeFormat("sv-SE").format(chooseNow(args)());
        const date = args.values.has("date") ? told : (file.date ?? told);
        const plan = { agent, settings, score, date, seed: settings.sampling.seed ?? 0, signal };
        await runRollouts(plan, questions, file, { samples, concurrency, progress });
      } finally {
        progress.stop();
        await file.close();
        await opened.close();
      }
      stderr.write(progress.words());
      return EXIT_CODES.answered;
    },
    "Stopped. The same command goes on where it was.",
  );
}

function countOf({ values }: Arguments, name: string, byDefault: number): number {
  const given = values.get(name);
  if (given === undefined) return byDefault;
  if (/^[1-9]\d{0,5}$/.test(given)) return Number(given);
  throw new UsageError(`--${name} must be a whole number above 0: ${given}`);
}

/** A bar with rate and time left at a terminal, and what came of the runs at the end. */
function createRolloutProgress(output: TextOutput): RolloutProgress & { stop(): void; words(): string } {
  const bar =
    output.isTTY === true
      ? new SingleBar({
          format: "{bar} {value}/{total} · {rate} a second · {eta_formatted} left",
          stream: output,
          barCompleteChar: "#",
          barIncompleteChar: "-",
          barsize: 24,
          hideCursor: true,
          clearOnComplete: true,
          gracefulExit: false,
        })
      : undefined;
  const sums = new Map<string, { sum: number; count: number }>();
  let [runs, failed, there, begun] = [0, 0, 0, performance.now()];
  const rate = (): number => runs / Math.max(0.001, (performance.now() - begun) / 1000);
  return {
    begin(total, recorded) {
      begun = performance.now();
      there = recorded;
      bar?.start(total, recorded, { rate: "…" });
    },
    done(run: Trajectory) {
      runs += 1;
      if (run.failure !== null) failed += 1;
      for (const [name, value] of Object.entries({
        ...run.scores,
        ...(run.reward !== undefined && { reward: run.reward }),
      })) {
        const { sum, count } = sums.get(name) ?? { sum: 0, count: 0 };
        sums.set(name, { sum: sum + value, count: count + 1 });
      }
      bar?.update(there + runs, { rate: rate().toFixed(1) });
    },
    stop: () => bar?.stop(),
    words() {
      const means = [...sums].map(([name, { sum, count }]) => `${name} ${(sum / count).toFixed(3)}`);
      const before = there > 0 ? `, ${there} were there` : "";
      return `${counted(runs, "run")}${before}, ${failed} failed, ${rate().toFixed(1)} a second.${means.length > 0 ? ` Means: ${means.join(", ")}.` : ""}\n`;
    },
  };
}
