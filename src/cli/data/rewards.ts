import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { AgenticRagError } from "../../errors.ts";
import { parseJson } from "../../net/json.ts";
import { goldenOf, MATCHES, scoresOf } from "../../eval/score.ts";
import type { Trajectory } from "../../trajectory/trajectory.ts";
import { UsageError } from "../terminal/failure.ts";

/** The run with its scores, and the reward that is made of them. */
export type Score = (run: Trajectory) => Promise<Trajectory>;

const SCORES: readonly string[] = [...MATCHES, "format", "searches"];
const ownSchema = z.union([z.number(), z.looseObject({ reward: z.number() })]);

/**
 * How runs are scored. A reward is a sum of scores, each with its weight (`em,format:0.2,searches:-0.05`), or what a module
 * (`./reward.mjs`, whose default export is given the run) or a command (`!python reward.py`, which reads the run as JSON
 * on stdin) gives: a number.
 *
 * @throws UsageError for a score that there is not
 */
export async function createScore(wanted: string, folder: string): Promise<Score> {
  const reward = await rewardOf(wanted, folder);
  return async (run) => {
    const scores = scoresOf(run, goldenOf(run.data));
    const scored = { ...run, scores };
    const value = await reward(scored);
    return value === undefined ? scored : { ...scored, reward: value };
  };
}

type Reward = (run: Trajectory) => Promise<number | undefined>;

async function rewardOf(wanted: string, folder: string): Promise<Reward> {
  if (wanted.startsWith("!")) return (run) => fromCommand(wanted.slice(1), run, folder);
  if (/\.[cm]?[jt]s$/.test(wanted)) return fromModule(wanted, folder);
  const weights = wanted.split(",").map((part) => {
    const [, name = "", weight = "1"] = /^\s*(\w+)(?::(-?\d*\.?\d+))?\s*$/.exec(part) ?? [];
    if (!SCORES.includes(name) || !Number.isFinite(Number(weight))) {
      throw new UsageError(
        `--reward has no score ${JSON.stringify(part)}. Name ${SCORES.join(", ")}, each with a weight where it is not 1 (format:0.2), a module (./reward.mjs), or a command (!python reward.py).`,
      );
    }
    return [name, Number(weight)] as const;
  });
  return ({ scores = {} }) => {
    const parts = weights.map(([name, weight]) => (scores[name] ?? Number.NaN) * weight);
    const sum = parts.reduce((total, part) => total + part, 0);
    return Promise.resolve(Number.isNaN(sum) ? undefined : sum);
  };
}

async function fromModule(file: string, folder: string): Promise<Reward> {
  const path = resolve(folder, file);
  const loaded: unknown = await import(pathToFileURL(path).href);
  const read = z
    .object({ default: z.custom<(run: Trajectory) => unknown>((one) => typeof one === "function") })
    .safeParse(loaded);
  if (!read.success)
    throw new UsageError(`${file} has no default export that is a function. Export one that is given a run.`);
  const { default: reward } = read.data;
  return async (run) => readReward(await reward(run), file);
}

function fromCommand(command: string, run: Trajectory, cwd: string): Promise<number> {
  return new Promise((done, failed) => {
    const child = spawn(command, { shell: true, cwd, stdio: ["pipe", "pipe", "inherit"] });
    let out = "";
    child.stdout.on("data", (data: Buffer) => (out += data.toString()));
    child.stdin.on("error", () => undefined);
    child.once("error", failed);
    child.once("close", (code) => {
      try {
        if (code !== 0) throw rewardFailed(command, `ended with ${code}`);
        done(readReward(parseJson(out), command));
      } catch (error) {
        failed(error instanceof Error ? error : new Error(String(error)));
      }
    });
    child.stdin.end(JSON.stringify(run));
  });
}

function readReward(value: unknown, from: string): number {
  const read = ownSchema.safeParse(value);
  if (!read.success) throw rewardFailed(from, "gave no number");
  return typeof read.data === "number" ? read.data : read.data.reward;
}

function rewardFailed(from: string, what: string): AgenticRagError {
  return new AgenticRagError(
    "settings-invalid",
    `The reward ${JSON.stringify(from)} ${what}. It is to give a number, or {"reward": number}, for each run.`,
  );
}
