import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "../../../src/cli/program.ts";
import { createStage } from "../../cli/surroundings.ts";
import type { Article } from "./invented-world.ts";

/** As the small model was taught: two results a search, and the likeliest token. */
export const GREEDY_OPTIONS: readonly string[] =
  "--docs docs --max-results 2 --max-searches 3 --max-tokens 400 --date 2024-03-12 --concurrency 1 --temperature 0".split(
    " ",
  );

async function program(folder: string, args: readonly string[], environment: Record<string, string> = {}) {
  const stage = createStage({ environment, folder });
  const exitCode = await runProgram(args, stage.surroundings);
  return { exitCode, out: stage.out(), err: stage.err() };
}

/** Writes articles and questions into a folder, and indexes them. */
export async function writeWorld(
  folder: string,
  articles: readonly Article[],
  questions: readonly object[],
): Promise<void> {
  const docs = join(folder, "docs");
  await mkdir(docs, { recursive: true });
  for (const { title, text } of articles) await writeFile(join(docs, `${title}.txt`), text);
  await writeFile(
    join(folder, "questions.jsonl"),
    questions.map((question) => `${JSON.stringify(question)}\n`).join(""),
  );
  const { exitCode, err } = await program(folder, ["index", "docs"]);
  if (exitCode !== 0) throw new Error(err);
}

/** The command `eval` in that folder, with the model of a server where one is named. */
export async function evaluateWith(folder: string, args: readonly string[], modelUrl?: string) {
  return program(folder, ["eval", ...args], {
    ...(modelUrl !== undefined && { AGENTIC_RAG_MODEL_URL: modelUrl, AGENTIC_RAG_MODEL: "small" }),
  });
}
