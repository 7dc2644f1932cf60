import { SingleBar } from "cli-progress";
import type { Trajectory } from "../../trajectory/trajectory.ts";
import { counted } from "../../view/amounts.ts";
import type { TextOutput } from "../terminal/surroundings.ts";
import type { RolloutProgress } from "./rollouts.ts";

/** A bar with rate and time left at a terminal, and what came of the runs at the end. */
export function createRolloutProgress(
  output: TextOutput,
): RolloutProgress & { stop(): void; words(): string } {
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
    begin(total) {
      begun = performance.now();
      bar?.start(total, 0, { rate: "…" });
    },
    there() {
      there += 1;
      bar?.update(there + runs, { rate: rate().toFixed(1) });
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
