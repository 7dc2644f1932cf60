import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Bench } from "../bench.ts";
import { countOwn } from "../speed/others.ts";
import { median, table } from "../speed/statistics.ts";
import { openScratch } from "../scratch.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BIN = join(ROOT, "dist/cli/bin.cjs");
const QUESTION = "What is BM25?";
const LONGEST_MS = 60_000;
/** Linux alone tells what children that have ended took, in hundredths of a second. */
const STAT = "/proc/self/stat";
const TICK_MS = 10;

interface Start {
  readonly firstMs: number;
  readonly wallMs: number;
  readonly cpuMs: number;
}

type Command = readonly [name: string, program: string, ...args: string[]];

/** How long commands take until they say something, beside Node.js that does nothing. */
export async function benchStartup({ print, patience, turns }: Bench): Promise<string> {
  const { status } = spawnSync(process.execPath, [join(ROOT, "scripts/build.mjs")], { stdio: "inherit" });
  if (status !== 0) throw new Error("dist was not built");
  const npm = process.env["npm_execpath"];
  const start: Command =
    npm?.endsWith(".js") === true
      ? ["npm start -- --help", process.execPath, npm, "start", "--silent", "--", "--help"]
      : ["npm start -- --help", "npm", "start", "--silent", "--", "--help"];
  const commands: readonly Command[] = [
    ["node -e 0", process.execPath, "-e", "0"],
    ["agentic-rag --help", process.execPath, BIN, "--help"],
    ["agentic-rag ask, without a model", process.execPath, BIN, "ask", QUESTION],
    start,
    ...["@langchain/langgraph", "langgraph-agentic-rag"].map(importOf),
  ];
  using scratch = openScratch("startup");
  const home = scratch.path;
  const starts = commands.map((): Start[] => []);
  // what the first start of each leaves behind, such as compiled code, is there for all
  for (const command of commands) await take(command, home);
  for (let turn = 0; turn < turns; turn += 1) {
    print(`start-up: turn ${turn + 1} of ${turns} …`);
    const taken = await patience.take(async () => {
      const all: Start[] = [];
      for (const command of commands) all.push(await take(command, home));
      return all;
    });
    for (const [at, one] of taken.entries()) starts[at]?.push(one);
  }
  const told = existsSync(STAT) ? (ms: number): string => ms.toFixed(0) : (): string => "";
  const rows = commands.map(([name], at) => {
    const of = (value: keyof Start): number => median((starts[at] ?? []).map((one) => one[value]));
    return [`\`${name}\``, of("firstMs").toFixed(0), of("wallMs").toFixed(0), told(of("cpuMs"))];
  });
  const markdown = `${table(["", "first text ms", "wall ms", "CPU ms"], rows)}\n\nMedians of ${turns} turns. ${patience.tell()}`;
  print(markdown);
  return markdown;
}

/** A program that loads a package, and ends. */
function importOf(name: string): Command {
  const program = `import ${JSON.stringify(name)}`;
  return [program, process.execPath, "--input-type=module", "--eval", program];
}

/** Runs a command to its end. `firstMs` is when it first wrote anything, or ended. */
async function take([name, program, ...args]: Command, home: string): Promise<Start> {
  const [cpu, begun] = [endedMs(), performance.now()];
  const child = spawn(program, args, {
    cwd: name.startsWith("agentic-rag") ? home : ROOT,
    env: { PATH: process.env["PATH"], HOME: home, XDG_CACHE_HOME: home, AGENTIC_RAG_DISCOVER: "off" },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: LONGEST_MS,
    killSignal: "SIGKILL",
  });
  let firstMs = Number.NaN;
  const onData = (): void => {
    if (Number.isNaN(firstMs)) firstMs = performance.now() - begun;
  };
  child.stdout.on("data", onData);
  child.stderr.on("data", onData);
  await once(child, "close");
  const wallMs = performance.now() - begun;
  if (child.exitCode !== 0) throw new Error(`${name} ended with ${String(child.exitCode)}`);
  const cpuMs = endedMs() - cpu;
  countOwn(cpuMs);
  return { firstMs: Number.isNaN(firstMs) ? wallMs : firstMs, wallMs, cpuMs };
}

/** Processor time of all children that have ended. */
function endedMs(): number {
  if (!existsSync(STAT)) return 0;
  // behind the name of the program, which may hold blanks: state, then the fields from the fourth on
  const fields = readFileSync(STAT, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
}
