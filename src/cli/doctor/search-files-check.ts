import { access, constants } from "node:fs/promises";
import { dirname } from "node:path";
import { AgenticRagError } from "../../errors.ts";
import type { SearchSettings } from "../../settings/search.ts";
import { createDiskCache } from "../../search/around/cache-disk.ts";
import { readCassette } from "../../search/around/cassette.ts";
import { counted } from "../../view/amounts.ts";
import type { Check } from "./check.ts";

/** The files that searches use, if any. */
export async function* checkSearchFiles({ cache, record, replay }: SearchSettings): AsyncGenerator<Check> {
  if (typeof cache === "object" && replay === undefined) yield checkCache(cache.file);
  if (record !== undefined) yield await checkRecording(record);
  if (replay !== undefined) yield checkReplay(replay);
}

/** Opened, read and written once, as searches do it; what they do about damage is done now. */
function checkCache(file: string): Check {
  const problems: string[] = [];
  const store = createDiskCache({ file, onProblem: (problem) => problems.push(problem) });
  const key = "agentic-rag doctor";
  store.get(key);
  const at = Date.now();
  store.put(key, { engine: "doctor", at, expires: at + 1, answer: { status: "nothing" } });
  const isWritten = store.get(key) !== undefined;
  store.close();
  const name = "search cache";
  const [problem] = problems;
  if (problem !== undefined) return { name, status: "warning", message: problem };
  if (isWritten) return { name, status: "ok", message: file };
  const message = `${file} is in use by another program for longer than a search waits for it. Choose another file.`;
  return { name, status: "warning", message };
}

async function checkRecording(file: string): Promise<Check> {
  const name = "recording";
  try {
    await access(await firstThere(file), constants.W_OK);
  } catch {
    const message = `${file} cannot be written. Check its permissions, or set AGENTIC_RAG_RECORD to another file.`;
    return { name, status: "warning", message };
  }
  return read(name, file, (searches) => `${file} has ${searches} so far`, true);
}

function checkReplay(file: string): Check {
  return read("replay", file, (searches) => `${file}: ${searches}, no engine is asked`, false);
}

/** One that is damaged is told with the settings too: nothing runs with it. */
function read(name: string, file: string, tell: (searches: string) => string, mayLack: boolean): Check {
  try {
    const searches = readCassette(file);
    return { name, status: "ok", message: tell(counted(searches.length, "search", "searches")) };
  } catch (error) {
    if (!AgenticRagError.isInstance(error)) throw error;
    if (mayLack && isAbsent(error)) return { name, status: "ok", message: `${file} will be begun` };
    return { name, status: "failed", message: error.message };
  }
}

function isAbsent({ cause }: AgenticRagError): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "ENOENT";
}

/** The file, or the nearest folder above it that is there. */
async function firstThere(path: string): Promise<string> {
  try {
    await access(path, constants.F_OK);
    return path;
  } catch (error) {
    const above = dirname(path);
    if (above === path) throw error;
    return firstThere(above);
  }
}
