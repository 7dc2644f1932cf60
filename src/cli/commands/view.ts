import type { PageRun } from "../../page/run.ts";
import { maskOf } from "../../trajectory/spans.ts";
import type { Trajectory } from "../../trajectory/trajectory.ts";
import { counted } from "../../view/amounts.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { openKeptRuns } from "../data/kept-runs.ts";
import { EXIT_CODES } from "../terminal/exit-code.ts";
import { UsageError } from "../terminal/failure.ts";
import { createPaint, type Paint } from "../terminal/paint.ts";
import { printable, printableLine } from "../terminal/printable.ts";
import type { Surroundings } from "../terminal/surroundings.ts";
import { pageRun } from "../view/page-run.ts";
import { reportFile } from "../view/report-file.ts";

/**
 * Shows kept runs by their mask, or that of `--run`, and gives the code to end with. With `--report` they are written as a
 * page instead.
 */
export async function view(args: Arguments, surroundings: Surroundings): Promise<number> {
  const { stdout, stderr, environment } = surroundings;
  const paint = createPaint(stdout, { environment, noColor: args.switches.has("no-color") });
  const wanted = args.values.get("run");
  if (wanted !== undefined && !/^[1-9]\d*$/.test(wanted)) {
    throw new UsageError("--run takes the number of a run, from 1: agentic-rag view runs.jsonl --run 3");
  }
  const report = await reportFile(args, surroundings);
  const pages: PageRun[] = [];
  let [at, shown] = [0, 0];
  const runs = await openKeptRuns(args, surroundings);
  try {
    for await (const run of runs.each()) {
      at += 1;
      if (wanted !== undefined && at !== Number(wanted)) continue;
      shown += 1;
      if (report === undefined) stdout.write(`${headOf(run, paint)}\n${turnOf(run, paint)}\n\n`);
      else pages.push(pageOf(run));
    }
  } finally {
    await runs.close();
  }
  if (at === 0) {
    stderr.write("There are no runs there.\n");
    return EXIT_CODES.failed;
  }
  if (wanted !== undefined && shown === 0)
    throw new UsageError(
      `There ${at === 1 ? "is" : "are"} ${counted(at, "run")}, and none with the number ${wanted}.`,
    );
  report?.(pages);
  if (report !== undefined)
    stderr.write(`${counted(shown, "run")} written to ${args.values.get("report")}\n`);
  return EXIT_CODES.answered;
}

function pageOf(run: Trajectory): PageRun {
  const { id, question, finishedAt, reward } = run;
  return pageRun({ ...run, transcript: run.segments }, { id, question, finishedAt, reward });
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
