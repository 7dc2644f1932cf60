import type { IndexReport } from "../../search/local/index-builder.ts";
import type { NotRead } from "../../search/local/not-read.ts";
import type { VectorReport } from "../../search/local/vectors/build-vectors.ts";
import { size } from "../../text/size.ts";
import { counted, duration } from "../../view/amounts.ts";
import type { GroupedOutput } from "../terminal/grouped-output.ts";
import type { Paint } from "../terminal/paint.ts";
import { printableLine } from "../terminal/printable.ts";

const MOST_KINDS = 6;

/** `7 files not read: 4 .zip, 3 .png`; undefined where there are none. */
function leftOutLine({ leftOut }: Pick<NotRead, "leftOut">): string | undefined {
  if (leftOut.length === 0) return undefined;
  const total = leftOut.reduce((sum, { files }) => sum + files, 0);
  const kinds = leftOut.slice(0, MOST_KINDS).map(({ kind, files }) => `${files} ${printableLine(kind)}`);
  const others = leftOut.slice(MOST_KINDS).reduce((sum, { files }) => sum + files, 0);
  const rest = others === 0 ? "" : `, ${others} of other kinds`;
  return `${counted(total, "file")} not read: ${kinds.join(", ")}${rest}`;
}

/** What an index lacks of its folder, in one line; undefined where it lacks nothing. */
export function notReadLine({ leftOut, problems }: NotRead): string | undefined {
  const [first] = problems;
  const others = problems.length === 1 ? "" : `, and ${problems.length - 1} more`;
  const said =
    first === undefined
      ? undefined
      : `${counted(problems.length, "problem")}: ${printableLine(`${first.path}: ${first.reason}`)}${others}`;
  const parts = [leftOutLine({ leftOut }), said].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join("; ");
}

/** What a build did to the vectors of the index of one folder. */
export function showVectorReport(
  groups: GroupedOutput,
  paint: Paint,
  folder: string,
  report: VectorReport,
): void {
  const { model, dimensions, passages, vectors, embedded, reused, failed, renewed, problem, ms } = report;
  const group = `vectors of ${folder}`;
  if (renewed !== undefined) {
    groups.line(group, `All vectors were made anew: ${printableLine(renewed)}.`, paint.dim);
  }
  if (model !== undefined) {
    const kept = reused === 0 ? "" : `, ${reused} kept from before`;
    groups.line(
      group,
      `Vectors of ${printableLine(model)} (${dimensions} dimensions): ${embedded} made${kept}; ${vectors} of ${counted(passages, "passage")} have one, ${duration(ms)}.`,
      paint.dim,
    );
  }
  if (failed > 0) {
    groups.line(group, `${counted(failed, "passage")} could not be embedded.`, paint.yellow);
  }
  if (problem === undefined) return;
  const lacking = passages - vectors - failed;
  const advice =
    lacking > 0
      ? ` ${counted(lacking, "passage")} ${lacking === 1 ? "has" : "have"} no vector yet; the same command goes on from there.`
      : "";
  groups.line(group, `Not embedded: ${printableLine(problem)}${advice}`, paint.yellow);
}

/** What a build did to the index of one folder. */
export function showIndexReport(
  groups: GroupedOutput,
  paint: Paint,
  folder: string,
  report: IndexReport,
): void {
  const { added, updated, removed, unchanged, documents, passages, bytes, ms, problems } = report;
  const [group, problemGroup] = [`report of ${folder}`, `problems of ${folder}`];
  groups.line(
    group,
    `${printableLine(folder)}: ${added} added, ${updated} updated, ${removed} removed, ${unchanged} unchanged`,
  );
  groups.line(
    group,
    `The index holds ${counted(documents, "document")} in ${counted(passages, "passage")}: ${size(bytes)}, ${duration(ms)}.`,
    paint.dim,
  );
  const leftOut = leftOutLine(report);
  if (leftOut !== undefined) groups.line(group, `${leftOut}.`, paint.dim);
  if (problems.length > 0) {
    groups.line(problemGroup, `${counted(problems.length, "problem")}:`, paint.yellow);
    for (const { path, reason } of problems) {
      groups.line(problemGroup, `  ${printableLine(path)}: ${printableLine(reason)}`);
    }
  }
}
