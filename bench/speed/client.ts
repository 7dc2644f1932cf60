import { monitorEventLoopDelay } from "node:perf_hooks";
import { z } from "zod";
import { answerParent } from "./parent.ts";
import { answerOf, questionOf, runsIn, wordOf } from "./script.ts";

const RESOLUTION_MS = 5;

/** Asks one question; `onAnswer` hears of the first text of the answer. Gives the whole answer. */
export type Ask = (question: string, onAnswer: () => void) => Promise<string>;

const messageSchema = z.object({
  /** The number of the first run, and how many there are. */
  from: z.number(),
  count: z.number(),
  /** How many are asked at once. */
  atOnce: z.number(),
  /** Whether to tell the memory in use when all are done. It collects garbage first where it may. */
  memory: z.boolean(),
});
export type Runs = z.infer<typeof messageSchema>;

const sampleSchema = z.object({ wallMs: z.number(), firstMs: z.number(), cpuMs: z.number() });
export type Sample = z.infer<typeof sampleSchema>;

export const ranSchema = z.object({
  /** Processor time of a sample is of the whole process: it says something where one run is asked at once. */
  samples: z.array(sampleSchema),
  /** Why runs failed. */
  errors: z.array(z.string()),
  /** Runs whose answer tells of another one, or not of theirs. */
  mixed: z.number(),
  /** How much later than they should timers came, in milliseconds. */
  lateMs: z.object({ p50: z.number(), p99: z.number(), max: z.number() }),
  /** Processor time of all of them together. */
  cpuMs: z.number(),
  memory: z.object({ heapMb: z.number(), residentMb: z.number() }).optional(),
});
type Ran = z.infer<typeof ranSchema>;

/** In the process of a contender: runs what the parent wants. The address of the servers is the first argument. */
export function serveRuns(create: (url: string) => Ask): void {
  const ask = create(process.argv[2] ?? "");
  answerParent({ loadedMs: performance.now() }, async (message) => {
    const runs = messageSchema.parse(message);
    const ran = await runAll(ask, runs);
    return runs.memory ? { ...ran, memory: memoryNow() } : ran;
  });
}

async function runAll(ask: Ask, { from, count, atOnce }: Runs): Promise<Ran> {
  const samples: Sample[] = [];
  const errors: string[] = [];
  let [next, mixed] = [from, 0];
  const cpu = process.cpuUsage();
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  await Promise.all(
    Array.from({ length: Math.min(atOnce, count) }, async () => {
      while (next < from + count) {
        const run = next;
        next += 1;
        try {
          const { answer, ...sample } = await time(ask, run);
          samples.push(sample);
          if (!answer.includes(wordOf(run)) || runsIn(answer).some((told) => told !== run)) mixed += 1;
        } catch (error) {
          errors.push(`${String(error)} (instead of ${answerOf(run)})`);
        }
      }
    }),
  );
  delay.disable();
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
  const lateMs = { p50: late(delay.percentile(50)), p99: late(delay.percentile(99)), max: late(delay.max) };
  return { samples, errors, mixed, lateMs, cpuMs: cpuSince(cpu) };
}

async function time(ask: Ask, run: number): Promise<Sample & { readonly answer: string }> {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  let firstMs = 0;
  const answer = await ask(questionOf(run), () => {
    firstMs = performance.now() - begun;
  });
  const wallMs = performance.now() - begun;
  return { answer, wallMs, firstMs, cpuMs: cpuSince(cpu) };
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function memoryNow() {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return { heapMb: heapUsed / 1e6, residentMb: rss / 1e6 };
}
