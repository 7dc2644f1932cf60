import { join } from "node:path";
import Database from "libsql";
import { z } from "zod";
import { openSqliteDurability } from "../../src/durability/sqlite/sqlite.ts";
import { isRunEvent } from "../../src/graph/events.ts";
import { createSeededAgent } from "../seeded-agent.ts";
import { createRandom, createZipf } from "../seeded-text.ts";
import { median } from "../speed/statistics.ts";
import { openScratch } from "../scratch.ts";

/** So that 96 searches, of the 100 that a run may have, make 131,072 tokens of four characters. */
export const STEP_TOKENS = 131_072 / 96;
const RUNS = 3;
/** A figure of one step is a median of so many before it. */
const WINDOW = 6;

const pragmaSchema = z.array(z.object({ bytes: z.number() }));

/** What happened up to a search. */
interface Mark {
  readonly cpuMs: number;
  readonly bytes: number;
}

export interface Step {
  /** Of one step, with its search and its checkpoints. */
  readonly cpuMs: number;
  readonly bytes: number;
  /** From the question to here. */
  readonly allCpuMs: number;
  readonly allBytes: number;
}

/** Runs on a SQLite file, and what their steps cost where so many are behind them. */
export async function stepsOf(numbers: readonly number[]): Promise<readonly Step[]> {
  await runOnce(30);
  const runs: (readonly Mark[])[] = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await runOnce(Math.max(...numbers)));
  const of = (number: number, value: keyof Mark): number =>
    median(runs.map((marks) => marks[number]?.[value] ?? Number.NaN));
  return numbers.map((number) => {
    const window = runs.flatMap((marks) => {
      const from = Math.max(1, number - WINDOW + 1);
      return Array.from({ length: number - from + 1 }, (_, at) => since(marks, from + at));
    });
    return {
      cpuMs: median(window.map(({ cpuMs }) => cpuMs)),
      // pages of a file come several at a time
      bytes: window.reduce((sum, { bytes }) => sum + bytes, 0) / window.length,
      allCpuMs: of(number, "cpuMs") - of(0, "cpuMs"),
      allBytes: of(number, "bytes") - of(0, "bytes"),
    };
  });
}

function since(marks: readonly Mark[], number: number): Mark {
  const [before, now] = [marks[number - 1], marks[number]];
  return {
    cpuMs: (now?.cpuMs ?? Number.NaN) - (before?.cpuMs ?? 0),
    bytes: (now?.bytes ?? Number.NaN) - (before?.bytes ?? 0),
  };
}

/** A run of so many searches; what there was before the first, and after each. */
async function runOnce(searches: number): Promise<readonly Mark[]> {
  using folder = openScratch("growth");
  const file = join(folder.path, "threads.sqlite");
  const durability = openSqliteDurability(file);
  const watching = new Database(file);
  try {
    const size = watching.prepare(
      "select page_count * page_size as bytes from pragma_page_count(), pragma_page_size()",
    );
    const mark = (): Mark => {
      const { user, system } = process.cpuUsage();
      return { cpuMs: (user + system) / 1000, bytes: pragmaSchema.parse(size.all())[0]?.bytes ?? 0 };
    };
    const marks = [mark()];
    const agent = createSeededAgent(searches, createZipf(50_000, createRandom(1)), durability.checkpointer);
    const config = { configurable: { thread_id: "thread" }, durability: "sync" as const };
    for await (const event of await agent.stream(
      { question: "What is there?" },
      { ...config, streamMode: "custom" },
    )) {
      if (isRunEvent(event) && event.type === "search-end") marks.push(mark());
    }
    if (marks.length !== searches + 1)
      throw new Error(`${marks.length - 1} of ${searches} searches were run`);
    return marks;
  } finally {
    watching.close();
    await durability.close();
  }
}
