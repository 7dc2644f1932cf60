import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { makeHostileFolder } from "./hostile-folder.ts";

const PROGRAM = fileURLToPath(new URL("../../dist/cli/bin.cjs", import.meta.url));
const SAMPLES = fileURLToPath(new URL("../documents/folder", import.meta.url));
const MIXED = 5_000;
const HOSTILE = 200;
const SEED = 12;
const LOOK_MS = 20;
/** In what the kernel counts the time of a process, of a second. */
const TICKS = 100;

const reportSchema = z.object({
  added: z.number(),
  unchanged: z.number(),
  documents: z.number(),
  passages: z.number(),
  bytes: z.number(),
  problems: z.array(z.object({ path: z.string(), reason: z.string() })),
});
type Report = z.infer<typeof reportSchema>;

/** What one run of the program took. */
interface Run {
  readonly exitCode: number | null;
  readonly out: string;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

const print = (line: string): void => console.log(line);

/** Indexing by the built program, as a user starts it: `npm run build` comes first. Linux only: it reads /proc. */
async function main(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "bench-indexing-"));
  try {
    await measureMixed(join(scratch, "mixed"));
    await measureHostile(join(scratch, "hostile"));
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

async function measureMixed(folder: string): Promise<void> {
  const kinds = makeMixedFolder(folder);
  print(`${MIXED} mixed files: ${kinds}`);
  const first = await index(folder);
  print(`first run: ${said(first)}`);
  print(`second run: ${said(await index(folder))}`);
  rmSync(join(folder, ".agentic-rag"), { recursive: true });
  const killed = await run(["index", "--json", folder], first.seconds * 500);
  print(`killed (SIGKILL) after ${killed.seconds.toFixed(1)} s: exit code ${killed.exitCode}`);
  const asked = await run(["search", "--json", "--docs", folder, "the notice period"]);
  print(
    `a search in what it left: ${/"status": ?"found"/u.test(asked.out) ? "found" : asked.out.slice(0, 200)}`,
  );
  print(`the same command again: ${said(await index(folder))}`);
}

async function measureHostile(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const names = makeHostileFolder(folder, {
    count: HOSTILE,
    seed: SEED,
    samples: SAMPLES,
    sizes: { bomb: 400_000_000, depth: 100_000 },
  });
  writeFileSync(join(folder, "good.md"), "# Good\n\nThe password is tangerine.");
  const indexed = await index(folder);
  print(`${names.length} hostile files and a good one: ${said(indexed)}`);
  const { problems, documents } = indexed.report;
  const named = new Set(problems.map(({ path }) => path));
  const silent = names.length + 1 - documents - [...named].filter((path) => isUnread(path, problems)).length;
  print(`named: ${named.size}; neither read nor named: ${silent}`);
  const reasons = new Map<string, number>();
  for (const { reason } of problems) {
    const kind = reason.replaceAll(/\d+/gu, "N").slice(0, 70);
    reasons.set(kind, (reasons.get(kind) ?? 0) + 1);
  }
  for (const [reason, count] of [...reasons].sort((a, b) => b[1] - a[1])) print(`  ${count} × ${reason}`);
  const found = await run(["search", "--json", "--docs", folder, "password tangerine"]);
  print(`the good one is found: ${String(found.out.includes("The password is tangerine."))}`);
}

/** Some of a file may be read although there is a problem with it. */
function isUnread(path: string, problems: Report["problems"]): boolean {
  return problems.some((one) => one.path === path && !/indexed|not used/u.test(one.reason));
}

/** Copies of the samples, each text with its number in it. Says how many there are of each kind. */
function makeMixedFolder(folder: string): string {
  const samples = readdirSync(SAMPLES, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const kinds = new Map<string, number>();
  for (let number = 0; number < MIXED; number++) {
    const sample = samples[number % samples.length] ?? "";
    const kind = extname(sample);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const into = join(folder, String(Math.floor(number / samples.length)));
    mkdirSync(into, { recursive: true });
    const file = join(into, `${number}${kind}`);
    if ([".md", ".txt", ".html"].includes(kind)) {
      writeFileSync(file, Buffer.concat([readFileSync(sample), Buffer.from(`\n\nCopy ${number}.\n`)]));
    } else cpSync(sample, file);
  }
  return [...kinds]
    .sort((a, b) => b[1] - a[1])
    .map(([kind, count]) => `${count} ${kind}`)
    .join(", ");
}

async function index(folder: string): Promise<Run & { readonly report: Report }> {
  const ran = await run(["index", "--json", folder]);
  return { ...ran, report: reportSchema.parse(JSON.parse(ran.out)) };
}

function said({
  exitCode,
  seconds,
  cpuSeconds,
  peakBytes,
  report,
}: Run & { readonly report: Report }): string {
  const { added, unchanged, documents, passages, bytes, problems } = report;
  return (
    `${seconds.toFixed(1)} s, CPU ${cpuSeconds.toFixed(1)} s, peak memory ${mb(peakBytes)}, exit code ${exitCode}: ` +
    `${added} added, ${unchanged} unchanged, ${documents} documents, ${passages} passages, ${problems.length} problems, index ${mb(bytes)}`
  );
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

/** Runs the program, and kills it after some milliseconds where that is asked for. */
async function run(args: readonly string[], killAfterMs?: number): Promise<Run> {
  const begun = performance.now();
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: process.env["PATH"], HOME: tmpdir() },
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  let peakBytes = 0;
  let cpuSeconds = 0;
  const look = setInterval(() => {
    const usage = usageOf(child.pid);
    peakBytes = Math.max(peakBytes, usage.peakBytes);
    cpuSeconds = Math.max(cpuSeconds, usage.cpuSeconds);
  }, LOOK_MS);
  const killing =
    killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  clearInterval(look);
  clearTimeout(killing);
  const seconds = (performance.now() - begun) / 1_000;
  return { exitCode, out: Buffer.concat(chunks).toString(), seconds, cpuSeconds, peakBytes };
}

function usageOf(pid: number | undefined): { readonly peakBytes: number; readonly cpuSeconds: number } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    const peak = Number(/VmHWM:\s+(\d+)/u.exec(status)?.[1] ?? 0) * 1_024;
    return { peakBytes: peak, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS };
  } catch {
    return { peakBytes: 0, cpuSeconds: 0 };
  }
}

await main();
