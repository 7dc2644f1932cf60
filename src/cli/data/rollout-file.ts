import { createReadStream } from "node:fs";
import { mkdir, open, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { AgenticRagError } from "../../errors.ts";
import { parseJson } from "../../net/json.ts";
import type { Trajectory } from "../../trajectory/trajectory.ts";
import { BEGINNING } from "./trajectory-file.ts";
import { writingTo } from "./writing.ts";

const recordedSchema = z.looseObject({
  format: z.literal("agentic-rag-trajectory"),
  id: z.string(),
  question: z.string(),
  opening: z.looseObject({ date: z.string() }).nullable(),
});

/** A file that runs are added to as they end. */
export interface RolloutFile {
  /** The runs that are there, by their ids, and what each was asked. */
  readonly recorded: ReadonlyMap<string, string>;
  /** The day that they were told; undefined where there is none yet. */
  readonly date: string | undefined;
  /** Adds a run, as one write. */
  add(run: Trajectory): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a file to go on with it, and makes it, with its folder, where there is none. A line that a killed process left
 * unfinished is cut off.
 *
 * @throws AgenticRagError `settings-invalid` where it cannot be written, or is a file of something else, which stays as it is
 */
export async function openRolloutFile(file: string): Promise<RolloutFile> {
  const handle = await writingTo(file, async () => {
    await mkdir(dirname(file), { recursive: true });
    return open(file, "a+");
  });
  try {
    const { recorded, date } = await readRecorded(file);
    await handle.truncate(await endOfLines(handle));
    return { recorded, date, ...adding(file, handle) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readRecorded(file: string): Promise<Pick<RolloutFile, "recorded" | "date">> {
  const recorded = new Map<string, string>();
  let date: string | undefined;
  let [at, unread] = [0, 0];
  for await (const line of createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Infinity })) {
    at += 1;
    // only the last line may be half of one
    if (unread > 0) throw noRun(file, unread);
    const read = recordedSchema.safeParse(parseJson(line));
    if (read.success) {
      recorded.set(read.data.id, read.data.question);
      date ??= read.data.opening?.date;
    } else if (line.startsWith(BEGINNING) || BEGINNING.startsWith(line)) unread = line === "" ? 0 : at;
    else throw noRun(file, at);
  }
  return { recorded, date };
}

function noRun(file: string, line: number): AgenticRagError {
  return new AgenticRagError(
    "settings-invalid",
    `Line ${line} of ${file} is no run, so that nothing is added to it. Remove that line, or name another --out.`,
  );
}

function adding(file: string, handle: FileHandle): Pick<RolloutFile, "add" | "close"> {
  let last: Promise<unknown> = Promise.resolve();
  return {
    async add(run) {
      const line = `${JSON.stringify(run)}\n`;
      const writing = last.then(() => writingTo(file, () => handle.appendFile(line)));
      last = writing.catch(() => undefined);
      await writing;
    },
    async close() {
      await last;
      await handle.close();
    },
  };
}

/** Where the last whole line ends. */
async function endOfLines(handle: FileHandle): Promise<number> {
  const { size } = await handle.stat();
  const block = Buffer.alloc(65_536);
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - block.length);
    const { bytesRead } = await handle.read(block, 0, end - start, start);
    const at = block.subarray(0, bytesRead).lastIndexOf(10);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
}
