import { fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Bench } from "../bench.ts";
import { countOwn } from "../speed/others.ts";
import { table } from "../speed/statistics.ts";
import { STORES, type Store } from "./stores-at-scale.ts";
import { openScratch } from "../scratch.ts";

const CHILD = fileURLToPath(new URL("scale-child.ts", import.meta.url));

const builtSchema = z.object({ ms: z.number(), cpuMs: z.number(), peakBytes: z.number() });
const askedSchema = z.object({
  openMs: z.number(),
  openBytes: z.number(),
  p50: z.number(),
  p99: z.number(),
  cpuP50: z.number(),
  cpuP99: z.number(),
  unanswered: z.number(),
});

/** The index of documents, the full-text search below it, and a library, on the same seeded passages. */
export async function benchScale({ print, patience, passages }: Bench): Promise<string> {
  const parts: string[] = [];
  for (const count of passages) {
    const built: string[][] = [];
    const asked: string[][] = [];
    let floor: { readonly ms: number; readonly cpuMs: number } | undefined;
    const stores: readonly (readonly [string, Store])[] = Object.entries(STORES);
    for (const [name, store] of stores.filter(([, { most = count }]) => most >= count)) {
      using scratch = openScratch("scale");
      const folder = scratch.path;
      print(`${figure(count)} passages: ${store.name} …`);
      const build = await patience.take(async () => {
        for (const file of readdirSync(folder)) rmSync(join(folder, file));
        return run(builtSchema, "build", name, count, folder);
      });
      floor ??= build;
      built.push([
        store.name,
        (build.ms / 1_000).toFixed(1),
        figure(count / (build.ms / 1_000)),
        (build.ms / floor.ms).toFixed(2),
        (build.cpuMs / 1_000).toFixed(1),
        (build.cpuMs / floor.cpuMs).toFixed(2),
        megabytes(build.peakBytes),
        megabytes(readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)),
      ]);
      const ask = await patience.take(() => run(askedSchema, "ask", name, count, folder));
      if (ask.unanswered > 0) throw new Error(`${store.name} found nothing for ${ask.unanswered} questions.`);
      asked.push([
        store.name,
        ask.openMs.toFixed(0),
        megabytes(ask.openBytes),
        ask.p50.toFixed(1),
        ask.p99.toFixed(1),
        ask.cpuP50.toFixed(1),
        ask.cpuP99.toFixed(1),
      ]);
    }
    const title = `${figure(count)} passages`;
    const part = [
      table(
        [`${title}, built`, "s", "passages a s", "× FTS5", "CPU s", "× FTS5", "peak MB", "on disk MB"],
        built,
      ),
      table([`${title}, asked`, "open ms", "open MB", "p50 ms", "p99 ms", "CPU p50 ms", "CPU p99 ms"], asked),
      patience.tell(),
    ].join("\n\n");
    print(`${part}\n`);
    parts.push(part);
  }
  return parts.join("\n\n");
}

async function run<Took>(
  schema: z.ZodType<Took>,
  action: "build" | "ask",
  store: string,
  passages: number,
  folder: string,
): Promise<Took> {
  const child = fork(CHILD, [action, store, String(passages), folder], { execArgv: ["--import", "tsx"] });
  const end = (): boolean => child.kill("SIGKILL");
  // before the folder goes that it writes to
  process.prependOnceListener("exit", end);
  const messages: unknown[] = [];
  child.on("message", (message) => messages.push(message));
  const [exitCode] = await once(child, "close");
  process.off("exit", end);
  if (exitCode !== 0) throw new Error(`${store}: the process that was to ${action} ended with ${exitCode}.`);
  const { processMs } = z.object({ processMs: z.number() }).parse(messages[0]);
  countOwn(processMs);
  return schema.parse(messages[0]);
}

function figure(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

function megabytes(bytes: number): string {
  return Math.round(bytes / 1e6).toLocaleString("en-US");
}
