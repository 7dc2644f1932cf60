import { resolve } from "node:path";
import { maskOf } from "../../trajectory/spans.ts";
import type { Trajectory } from "../../trajectory/trajectory.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { readTrajectories } from "../data/trajectory-file.ts";
import { EXIT_CODES } from "../terminal/exit-code.ts";
import { createPaint, type Paint } from "../terminal/paint.ts";
import { printable, printableLine } from "../terminal/printable.ts";
import type { Surroundings } from "../terminal/surroundings.ts";

/** Shows the runs of a file by their mask, and gives the code to end with. */
export async function view(args: Arguments, { stdout, environment, folder }: Surroundings): Promise<number> {
  const paint = createPaint(stdout, { environment, noColor: args.switches.has("no-color") });
  for await (const run of readTrajectories(resolve(folder, args.words[0] ?? ""))) {
    stdout.write(`${headOf(run, paint)}\n${turnOf(run, paint)}\n\n`);
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
