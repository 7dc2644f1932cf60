import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { load } from "@langchain/core/load";
import { AgenticRagError } from "../../errors.ts";

const FOLDER = ".langgraph_api";
const FILES = [".langgraphjs_ops.json", ".langgraphjs_api.checkpointer.json", ".langgraphjs_api.store.json"];

/**
 * Throws `store-unusable` where a file in which `langgraphjs dev` keeps threads, checkpoints or the store cannot be read
 * as that server reads it: torn, as a crash in the middle of writing leaves it, or with an object in it that cannot be
 * revived. A copy is put aside: the server itself takes such a file for an empty one without a word, and writes over it
 * within seconds. The image of LangGraph Server has no such files.
 *
 * @param folder the folder in which the server runs.
 */
export async function refuseTornState(folder: string): Promise<void> {
  // all are read before the first is judged: the server may write over them meanwhile
  const files = FILES.map((name) => join(folder, FOLDER, name))
    .filter((file) => existsSync(file))
    .map((file) => ({ file, bytes: readFileSync(file), changed: Math.trunc(statSync(file).mtimeMs) }));
  for (const { file, bytes, changed } of files) {
    const problem = await problemOf(bytes.toString("utf8"));
    if (problem === null) continue;
    const copy = `${file}.damaged-${changed}`;
    if (!existsSync(copy)) writeFileSync(copy, bytes, { flag: "wx", mode: 0o600 });
    throw new AgenticRagError(
      "store-unusable",
      `${join(FOLDER, basename(file))} is damaged: ${problem.words}. It is kept as ${join(FOLDER, basename(copy))}. Put an older copy of the whole folder ${FOLDER} in its place, or move the folder away to begin without the threads in it.`,
      { cause: problem.cause },
    );
  }
}

/**
 * The same for a process of LangGraph Server, which ends at once where a file cannot be read: going on, or merely failing, it
 * would write an empty state over it.
 */
export async function endOnTornState(
  { exit, stderr }: Pick<NodeJS.Process, "exit" | "stderr">,
  folder: string,
): Promise<void> {
  try {
    await refuseTornState(folder);
  } catch (error) {
    if (!AgenticRagError.isInstance(error)) throw error;
    stderr.write(`${error.message}\n`);
    exit(1);
  }
}

async function problemOf(text: string): Promise<{ readonly words: string; readonly cause: unknown } | null> {
  try {
    JSON.parse(text);
  } catch (cause) {
    return { words: "it was not written to its end", cause };
  }
  try {
    await load(text);
    return null;
  } catch (cause) {
    return { words: "there is a value in it that the server cannot read back", cause };
  }
}
