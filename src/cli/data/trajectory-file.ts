import { appendFile, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { AgenticRagError } from "../../errors.ts";
import { parseJson } from "../../net/json.ts";
import { trajectorySchema, type Trajectory } from "../../trajectory/trajectory.ts";
import { writingTo } from "./writing.ts";

/**
 * Adds a run to a file, which is made where it is not there.
 *
 * @throws AgenticRagError `settings-invalid` where it cannot be written
 */
export async function appendTrajectory(file: string, trajectory: Trajectory): Promise<void> {
  await writingTo(file, async () => {
    await mkdir(dirname(file), { recursive: true });
    await appendFile(file, lineOf(trajectory));
  });
}

function lineOf(trajectory: Trajectory): string {
  return `${JSON.stringify(trajectory)}\n`;
}

/** How a line begins, by which half of one is known. */
export const BEGINNING = '{"format":"agentic-rag-trajectory"';

/**
 * The runs of a file, one after the other; it may be gzipped. A last line that is half a run, as one has it that is being written
 * or whose process was killed, is none: `onHalf` is told its number.
 *
 * @throws AgenticRagError `settings-invalid` for a file that cannot be read, or a line that is no run
 */
export async function* readTrajectories(
  file: string,
  onHalf: (line: number) => void = () => undefined,
): AsyncGenerator<Trajectory> {
  let [at, half] = [0, 0];
  for await (const line of linesOf(file)) {
    at += 1;
    if (line.trim() === "") continue;
    if (half > 0) throw noRun(file, half, "It is cut off.");
    const told = parseJson(line);
    if (told === undefined && line.startsWith(BEGINNING)) {
      half = at;
      continue;
    }
    const read = trajectorySchema.safeParse(told);
    if (!read.success) {
      const [issue] = read.error.issues;
      throw noRun(file, at, issue === undefined ? "" : `${[...issue.path, issue.message].join(" ")}.`);
    }
    yield read.data;
  }
  if (half > 0) onHalf(half);
}

/** What is told of a line that is half a run. */
export function halfRun(file: string, line: number): string {
  return `Line ${line} of ${file} is half a run, which is left out.\n`;
}

function noRun(file: string, line: number, why: string): AgenticRagError {
  return new AgenticRagError(
    "settings-invalid",
    `Line ${line} of ${file} is no run of this version. ${why} Give a file that ask --save or rollout has written.`,
  );
}

/**
 * The lines of a file that may be gzipped, without a byte order mark.
 *
 * @throws AgenticRagError `settings-invalid` for a file that cannot be read
 */
export async function* linesOf(file: string): AsyncGenerator<string> {
  const opened: Readable[] = [];
  try {
    const handle = await open(file);
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    const stream = handle.createReadStream({ start: 0 });
    opened.push(stream);
    const input = buffer[0] === 0x1f && buffer[1] === 0x8b ? stream.pipe(createGunzip()) : stream;
    opened.push(input);
    let isFirst = true;
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      yield isFirst ? line.replace(/^\uFEFF/, "") : line;
      isFirst = false;
    }
  } catch (cause) {
    throw new AgenticRagError(
      "settings-invalid",
      `${file} cannot be read. Give the path of a file with runs.`,
      { cause },
    );
  } finally {
    for (const stream of opened) stream.destroy();
  }
}
