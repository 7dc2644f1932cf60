import type { Comparison } from "./compare.ts";
import { MATCHES } from "./score.ts";
import type { Estimate } from "./statistics.ts";
import type { Share, Summary } from "./summary.ts";

/** Runs of one kind, summed up. */
export interface Entry {
  readonly name: string;
  readonly summary: Summary;
}

/** `76.2 [69.2, 83.1]`, in percent. */
function percent({ mean, low, high }: Estimate): string {
  return `${points(mean)} [${points(low)}, ${points(high)}]`;
}

function points(value: number): string {
  return (100 * value).toFixed(1);
}

function part({ count, of, share }: Share): string {
  return of === 0 ? "-" : `${points(share)} (${count} of ${of})`;
}

function counts(counted: Readonly<Record<string, number>>): string {
  return Object.entries(counted)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
}

/** `1: 4, 2: 1`, which of them how often. */
function searchCounts(counted: Readonly<Record<string, number>>): string {
  return Object.entries(counted)
    .map(([searches, count]) => `${searches}: ${count}`)
    .join(", ");
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(2);
}

/** What is told of runs, a line each; a line that nothing is known of is left out. */
function figuresOf({ summary }: Entry): readonly (readonly [name: string, value: string])[] {
  const { scores, refusals, citations, evidence, judge, milliseconds, completionTokens, promptTokens } =
    summary;
  const lines: (readonly [string, string | undefined])[] = [
    [
      "protocol, model, engine",
      Object.keys(summary.setups).length > 1 ? counts(summary.setups) : Object.keys(summary.setups)[0],
    ],
    ["questions", `${summary.questions}, ${summary.scored} scored`],
    ["runs", `${summary.runs}, ${summary.failed} failed`],
    ...MATCHES.map((name) => [name, maybe(scores[name], percent)] as const),
    ["judged correct", maybe(judge?.correct, percent)],
    ["correct given attempted", maybe(judge?.correctGivenAttempted, points)],
    ["F1 of these two", maybe(judge?.f1, points)],
    ["not attempted", maybe(judge?.counts.notAttempted, String)],
    ["no grade", maybe(judge?.counts.unreadable, String)],
    ["calibration error", maybe(judge?.calibration?.error, points)],
    ["refused, has an answer", part(refusals.false)],
    ["refused, has none", part(refusals.honest)],
    [
      "evidence found",
      maybe(evidence, ({ recall, all, of }) => `${points(recall)} (all of it ${all} of ${of})`),
    ],
    ["citation precision", part(citations.precision)],
    ["with partly supported", part(citations.partly)],
    ["citation recall", part(citations.recall)],
    ["searches", `${summary.searches.mean.toFixed(2)} (${searchCounts(summary.searches.counts)})`],
    ["stop reasons", counts(summary.stopReasons)],
    ["seconds: median, p95", `${seconds(milliseconds.median)}, ${seconds(milliseconds.p95)}`],
    ["tokens: prompt, written", `${Math.round(promptTokens.mean)}, ${Math.round(completionTokens.mean)}`],
    ...Object.entries(summary.sources).map(
      ([source, { questions, em, f1 }]) =>
        [`em, f1 of ${source || "others"}`, `${points(em)}, ${points(f1)} (${questions})`] as const,
    ),
  ];
  return lines.flatMap(([name, value]) =>
    value === undefined || value === "-" ? [] : [[name, value] as const],
  );
}

function maybe<Value>(value: Value | undefined, write: (value: Value) => string): string | undefined {
  return value === undefined ? undefined : write(value);
}

/** Rows of the figures of several entries; a figure that one of them has not is a dash there. */
export function figureRows(entries: readonly Entry[]): readonly (readonly string[])[] {
  const columns = entries.map((entry) => new Map(figuresOf(entry)));
  // in the order of the fullest
  const names = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  return [
    ["", ...entries.map(({ name }) => name)],
    ...names.map((name) => [name, ...columns.map((column) => column.get(name) ?? "-")]),
  ];
}

/** `em: runs less direct 12.3 points [5.0, 19.9]; 23 better, 5 worse of 143; p 0.0009 (McNemar's exact test).` */
export function comparisonWords(name: string, other: string, comparison: Comparison): string {
  const { score, pairs, wins, losses, difference, p, test, onlyFirst, onlySecond } = comparison;
  if (pairs === 0) return `${score}: ${name} and ${other} have no question in common.`;
  const tested = test === "mcnemar" ? "McNemar's exact test" : "paired permutation test";
  const alone =
    onlyFirst + onlySecond === 0
      ? ""
      : ` Not compared: ${onlyFirst} questions of ${name} alone, ${onlySecond} of ${other} alone.`;
  return `${score}: ${name} less ${other} ${percent(difference)} points; ${wins} better, ${losses} worse of ${pairs}; p ${pValue(p)} (${tested}).${alone}`;
}

function pValue(p: number): string {
  return p < 0.0001 ? "< 0.0001" : p.toFixed(4);
}

/** Rows in columns as wide as what is in them; `widthOf`: the columns that a text takes at a terminal. */
export function alignedRows(rows: readonly (readonly string[])[], widthOf: (text: string) => number): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => widthOf(row[at] ?? ""))));
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell + " ".repeat(Math.max(0, (widths[at] ?? 0) - widthOf(cell))))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
