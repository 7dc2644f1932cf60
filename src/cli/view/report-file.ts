import { createHash } from "node:crypto";
import type { PageRun } from "../../page/run.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { explain } from "../terminal/failure.ts";
import type { Surroundings } from "../terminal/surroundings.ts";
import { givenFile } from "./given-file.ts";
import { pageRun } from "./page-run.ts";
import type { Presentation } from "./presentation.ts";
import type { RunRecord } from "./run-record.ts";

/**
 * What writes runs to the file of `--report` as a page; undefined where none is given.
 *
 * @throws UsageError where the file could not be written
 */
export async function reportFile(
  { values }: Pick<Arguments, "values">,
  { folder }: Pick<Surroundings, "folder">,
): Promise<((runs: readonly PageRun[]) => void) | undefined> {
  const given = values.get("report");
  if (given === undefined) return undefined;
  const file = givenFile("--report", given, folder);
  // what only pages need is loaded for them alone
  const { reportPage } = await import("../../page/report.js");
  return (runs) => file.write(reportPage(runs, sha256));
}

/** The SHA-256 of a text in UTF-8, as base64: what a page's policy names its style by. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}

/**
 * The presentation, which also writes the run to the file of `--report`, however it ended once it had begun.
 *
 * @throws UsageError where the file could not be written, before anything is asked
 */
export async function withReportFile(
  shown: Presentation,
  args: Pick<Arguments, "values">,
  surroundings: Pick<Surroundings, "folder" | "environment">,
  question: () => string,
): Promise<Presentation> {
  const write = await reportFile(args, surroundings);
  if (write === undefined) return shown;
  let [begun, ended] = [false, false];
  const report = (record: RunRecord, failure: RunRecord["failure"] = record.failure): void => {
    ended = true;
    const about = { question: question(), finishedAt: new Date().toISOString() };
    write([pageRun({ ...record, failure }, about)]);
  };
  return {
    ...shown,
    begin(header) {
      begun = true;
      shown.begin(header);
    },
    end(record) {
      shown.end(record);
      report(record);
    },
    stop(record, line) {
      shown.stop(record, line);
      report(record);
    },
    abandon(record, error) {
      if (ended) return;
      shown.abandon(record, error);
      if (!begun) return;
      const { code, message } = explain(error, surroundings.environment);
      report(record, { code, message });
    },
  };
}
