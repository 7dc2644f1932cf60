import { maskOf } from "../../trajectory/spans.ts";
import type { Trajectory } from "../../trajectory/trajectory.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { openKeptRuns } from "../data/kept-runs.ts";
import { EXIT_CODES } from "../terminal/exit-code.ts";
import { createPaint, type Paint } from "../terminal/paint.ts";
import { printable, printableLine } from "../terminal/printable.ts";
import type { Surroundings } from "../terminal/surroundings.ts";

/** Shows kept runs by their mask, and gives the code to end with. */
export async function view(args: Arguments, surroundings: Surroundings): Promise<number> {
  const { stdout, environment } = surroundings;
  const paint = createPaint(stdout, { environment, noColor: args.switches.has("no-color") });
  const runs = await openKeptRuns(args, surroundings);
  try {
    for await (const run of runs.each()) stdout.write(`${headOf(run, paint)}\n${turnOf(run, paint)}\n\n`);
  } finally {
    await runs.close();
  }
  return EXIT_CODES.answered;
}

function headOf({ id, question, stopReason, reward, usage }: Trajectory, paint: Paint): string {
  const told = [
    stopReason ?? "failed",
    `${usage.completionTokens} tokens`,
    reward !== undefined && `reward ${reward}`,
  ];
  return `${paint.bold(printableLine(question))}\n${paint.dim(`${printableLine(id)}: ${told.filter((one) => one !== false).join(", ")}`)}\n`;
}

function turnOf({ segments, failure }: Trajectory, paint: Paint): string {
  const turn = segments.map(({ origin, text }) => {
    const shown = printable(text);
    if (maskOf(origin) === 1) return paint.green(shown);
    return paint.isColorSupported ? paint.dim(shown) : `⟪${shown}⟫`;
  });
  return turn.join("") + (failure === null ? "" : `\n${paint.red(printable(failure.message))}`);
}
