import { createReadStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { parseJson } from "../../net/json.ts";
import type { Trajectory } from "../../trajectory/trajectory.ts";

const recordedSchema = z.looseObject({
  id: z.string(),
  opening: z.looseObject({ date: z.string() }).nullable(),
});

/** A file that runs are added to as they end. */
export interface RolloutFile {
  /** The runs that are there. */
  readonly recorded: ReadonlySet<string>;
  /** The day that they were told; undefined where there is none yet. */
  readonly date: string | undefined;
  /** Adds a run, as one write. */
  add(run: Trajectory): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a file to go on with it, and makes it, with its folder, where there is none. A line that a killed process left
 * unfinished is cut off.
 */
export async function openRolloutFile(file: string): Promise<RolloutFile> {
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, "a+");
  const whole = await endOfLines(handle);
  await handle.truncate(whole);
  const recorded = new Set<string>();
  let date: string | undefined;
  for await (const line of createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Infinity })) {
    const read = recordedSchema.safeParse(parseJson(line));
    if (!read.success) continue;
    recorded.add(read.data.id);
    date ??= read.data.opening?.date;
  }
  let last: Promise<unknown> = Promise.resolve();
  return {
    recorded,
    date,
    async add(run) {
      const line = `${JSON.stringify(run)}\n`;
      const writing = last.then(() => handle.appendFile(line));
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
async function endOfLines(handle: Awaited<ReturnType<typeof open>>): Promise<number> {
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
