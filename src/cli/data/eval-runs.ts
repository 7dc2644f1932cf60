import { extname } from "node:path";
import { toCase, type Case } from "../../eval/case.ts";
import { counted } from "../../view/amounts.ts";
import { parseJson } from "../../net/json.ts";
import type { Trajectory } from "../../trajectory/trajectory.ts";
import { runSchema, type DatasetQuestion } from "./dataset.ts";
import { halfRun, linesOf, readTrajectories } from "./trajectory-file.ts";

/** Whether a file is one of runs: by its first line. */
export async function isRunsFile(file: string): Promise<boolean> {
  try {
    for await (const line of linesOf(file)) {
      if (line.trim() !== "") return runSchema.safeParse(parseJson(line)).success;
    }
  } catch {
    // said better by whoever reads it whole
  }
  return false;
}

/** Runs, scored, with what was asked. */
export interface ScoredRuns {
  readonly name: string;
  readonly file: string;
  readonly cases: readonly Case[];
}

/** Told what a file has that is not scored, as a sentence. */
type OnNotice = (notice: string) => void;

/** A run of a file as it is to be scored; undefined where it is not meant. @default all as they are */
export type Meant = (run: Trajectory) => Trajectory | undefined;

/** The runs of a file, scored as they are read; of those that are there twice, the last one. */
export async function scoreFile(
  name: string,
  file: string,
  {
    meant = (run) => run,
    onNotice = () => undefined,
  }: { readonly meant?: Meant; readonly onNotice?: OnNotice } = {},
): Promise<ScoredRuns> {
  const cases = new Map<string, Case>();
  let twice = 0;
  for await (const run of readTrajectories(file, (line) => onNotice(halfRun(file, line)))) {
    const scored = meant(run);
    if (scored === undefined) continue;
    if (cases.has(run.id)) twice += 1;
    cases.set(run.id, toCase(scored));
  }
  if (twice > 0) {
    onNotice(
      twice === 1
        ? `A run of ${file} has the id of a later one, which alone is scored.\n`
        : `${counted(twice, "run")} of ${file} have the ids of later ones, which alone are scored.\n`,
    );
  }
  return { name, file, cases: [...cases.values()] };
}

/** The questions of runs, in the order of their data set, to be asked again. */
export async function questionsOf(file: string): Promise<readonly DatasetQuestion[]> {
  const questions = new Map<string, DatasetQuestion>();
  for await (const run of readTrajectories(file)) {
    const group = run.group ?? run.id;
    if (!questions.has(group)) questions.set(group, questionOf(run, group, questions.size));
  }
  return [...questions.values()].sort((left, right) => left.index - right.index);
}

function questionOf({ question, data = {} }: Trajectory, group: string, index: number): DatasetQuestion {
  const { goldenAnswers, answerable, evidence, source, split } = data;
  return {
    group,
    question,
    index: data.index ?? index,
    ...(goldenAnswers !== undefined && { goldenAnswers }),
    ...(answerable !== undefined && { answerable }),
    ...(evidence !== undefined && { evidence }),
    ...(source !== undefined && { source }),
    ...(split !== undefined && { split }),
  };
}

/** `runs.jsonl` with `direct` is `runs.direct.jsonl`, in the same folder. */
export function fileBeside(file: string, name: string): string {
  const plain = file.replace(/\.gz$/i, "");
  const extension = extname(plain);
  return `${plain.slice(0, plain.length - extension.length)}.${name}${extension || ".jsonl"}`;
}

/** What runs are called in a table: as their file, with as much of its folders as tells them from others. */
export function nameOf(file: string, taken: readonly string[]): string {
  const plain = file.replace(/\.gz$/i, "");
  const parts = plain.slice(0, plain.length - extname(plain).length).split(/[\\/]/);
  const names = parts.map((_, at) => parts.slice(-1 - at).join("/"));
  return names.find((name) => !taken.includes(name)) ?? file;
}
