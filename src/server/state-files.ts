import { constants, copyFileSync, existsSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { AgenticRagError } from "../errors.ts";

const FOLDER = ".langgraph_api";
const FILES = [".langgraphjs_ops.json", ".langgraphjs_api.checkpointer.json", ".langgraphjs_api.store.json"];

/**
 * Throws `store-unusable` where a file in which `langgraphjs dev` keeps threads, checkpoints or the store is torn, as a
 * crash in the middle of writing leaves it, and puts a copy of it aside: the server itself takes it for an empty one
 * without a word, and writes over it within seconds. The image of LangGraph Server has no such files.
 *
 * @param folder the folder in which the server runs.
 */
export function refuseTornState(folder: string): void {
  for (const name of FILES) {
    const file = join(folder, FOLDER, name);
    if (!existsSync(file)) continue;
    try {
      JSON.parse(readFileSync(file, "utf8"));
    } catch (cause) {
      const copy = keepAside(file);
      throw new AgenticRagError(
        "store-unusable",
        `${join(FOLDER, name)} is damaged: it was not written to its end. It is kept as ${copy}. Put an older copy of the whole folder ${FOLDER} in its place, or move the folder away to begin without the threads in it.`,
        { cause },
      );
    }
  }
}

/** Copies the file under a name with the time of its last change, once. */
function keepAside(file: string): string {
  const copy = `${file}.damaged-${Math.trunc(statSync(file).mtimeMs)}`;
  if (!existsSync(copy)) copyFileSync(file, copy, constants.COPYFILE_EXCL);
  return join(FOLDER, basename(copy));
}
