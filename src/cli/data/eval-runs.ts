import { createReadStream } from "node:fs";
import { basename, extname } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { toCase, type Case } from "../../eval/case.ts";
import { parseJson } from "../../net/json.ts";
import type { Trajectory } from "../../trajectory/trajectory.ts";
import type { DatasetQuestion } from "./dataset.ts";
import { readTrajectories } from "./trajectory-file.ts";

const runSchema = z.looseObject({ format: z.literal("agentic-rag-trajectory") });

/** Whether a file is one of runs: by its first line. */
export async function isRunsFile(file: string): Promise<boolean> {
  const stream = createReadStream(file, "utf8");
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      if (line.trim() !== "") return runSchema.safeParse(parseJson(line)).success;
    }
    return false;
  } catch {
    // said better by whoever reads it whole
    return false;
  } finally {
    stream.destroy();
  }
}

/** Runs, scored, with what was asked. */
export interface ScoredRuns {
  readonly name: string;
  readonly file: string;
  readonly cases: readonly Case[];
}

/** The runs of a file, scored as they are read; of those that are there twice, the last one. `only`: those with these ids. */
export async function scoreFile(name: string, file: string, only?: ReadonlySet<string>): Promise<ScoredRuns> {
  const cases = new Map<string, Case>();
  for await (const run of readTrajectories(file)) {
    if (only === undefined || only.has(run.id)) cases.set(run.id, toCase(run));
  }
  return { name, file, cases: [...cases.values()] };
}

/** The questions of runs, to be asked again. */
export async function questionsOf(file: string): Promise<readonly DatasetQuestion[]> {
  const questions = new Map<string, DatasetQuestion>();
  for await (const run of readTrajectories(file)) {
    const group = run.group ?? run.id;
    if (!questions.has(group)) questions.set(group, questionOf(run, group, questions.size));
  }
  return [...questions.values()];
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
  const extension = extname(file);
  return `${file.slice(0, file.length - extension.length)}.${name}${extension || ".jsonl"}`;
}

/** What runs are called in a table, where no other has the same name. */
export function nameOf(file: string, taken: readonly string[]): string {
  const name = basename(file, extname(file));
  return taken.includes(name) ? file : name;
}
