import { spawn } from "node:child_process";
import { once } from "node:events";
import type { KilledRun } from "./run.ts";

/** A run in a process of its own. */
export interface RunProcess {
  /** The signal that ended it; `null` when it came to its own end. */
  readonly ended: Promise<NodeJS.Signals | null>;
  kill(): void;
}

/** Starts a bundled run. */
export function startRun(file: string, run: KilledRun): RunProcess {
  const child = spawn(process.execPath, [file, JSON.stringify(run)], {
    env: { PATH: process.env["PATH"] },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = once(child, "close").then(([exitCode, signal]: unknown[]) => {
    if (exitCode !== null && exitCode !== 0) throw new Error(`The process failed: ${said}`);
    return signal as NodeJS.Signals | null;
  });
  return { ended, kill: () => child.kill("SIGKILL") };
}

/** Works on all of them, at most two at a time. */
export async function twoAtATime<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [at, item] of waiting) results[at] = await work(item);
  };
  await Promise.all([worker(), worker()]);
  return results;
}
