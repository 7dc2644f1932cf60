import { createReadStream } from "node:fs";
import { appendFile, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
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

/**
 * The runs of a file, one after the other.
 *
 * @throws AgenticRagError `settings-invalid` for a file that cannot be read, or a line that is no run
 */
export async function* readTrajectories(file: string): AsyncGenerator<Trajectory> {
  let at = 0;
  for await (const line of linesOf(file)) {
    at += 1;
    if (line.trim() === "") continue;
    const read = trajectorySchema.safeParse(parseJson(line));
    if (!read.success) {
      const [issue] = read.error.issues;
      throw new AgenticRagError(
        "settings-invalid",
        `Line ${at} of ${file} is no run of this version${issue === undefined ? "" : `: ${[...issue.path, issue.message].join(" ")}`}. Give a file that ask --save or rollout has written.`,
      );
    }
    yield read.data;
  }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const stream = createReadStream(file, "utf8");
  try {
    yield* createInterface({ input: stream, crlfDelay: Infinity });
  } catch (cause) {
    throw new AgenticRagError(
      "settings-invalid",
      `${file} cannot be read. Give the path of a file with runs.`,
      { cause },
    );
  } finally {
    stream.destroy();
  }
}
