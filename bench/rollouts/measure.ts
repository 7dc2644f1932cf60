import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { z } from "zod";
import { bundleProgram } from "../../test/bundle.ts";
import { startProgram, type Program } from "../../test/cli/process.ts";
import { NO_POSTGRES, startPostgres } from "../../test/servers/postgres.ts";
import { startEndpoint, type Endpoint } from "./endpoint.ts";

const { values: given } = parseArgs({
  options: {
    questions: { type: "string", default: "1000" },
    samples: { type: "string", default: "8" },
    concurrency: { type: "string", default: "32" },
  },
});
const QUESTIONS = Number(given.questions);
const RUNS = QUESTIONS * Number(given.samples);
const MANY = ["--samples", given.samples, "--concurrency", given.concurrency];
const KILLS = 5;
const WORKERS = 4;
const LOOK_MS = 100;

const runSchema = z.object({ id: z.string(), answered: z.boolean(), failure: z.null() });

const print = (line: string): void => console.log(line);

/** A model and an engine that answer at once, and a folder with a data set. */
interface Place {
  readonly folder: string;
  readonly endpoint: Endpoint;
  start(args: readonly string[], environment?: Readonly<Record<string, string>>): Program;
  lines(file: string): Promise<readonly string[]>;
}

/**
 * Rollouts against an endpoint that answers at once: how many a second, beside a bare loop of the same requests; how much
 * memory; what a kill costs; and how workers share a queue of which one is killed. Linux only: it reads /proc.
 */
async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "measure-rollouts-"));
  const endpoint = await startEndpoint();
  const rows = Array.from({ length: QUESTIONS }, (_, at) => ({
    id: `q${at}`,
    question: `What is the capital of country ${at}?`,
    golden_answers: ["Rome"],
  }));
  await writeFile(join(folder, "data.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const environment = {
    AGENTIC_RAG_MODEL_URL: `${endpoint.url}/v1`,
    AGENTIC_RAG_MODEL: "scripted",
    AGENTIC_RAG_MODEL_FAMILY: "completions",
    AGENTIC_RAG_MODEL_DIALECT: "generic",
    AGENTIC_RAG_MODEL_CONTEXT: "32768",
    AGENTIC_RAG_ENGINE: "tavily",
    TAVILY_API_KEY: "tvly-none",
    TAVILY_BASE_URL: endpoint.url,
    AGENTIC_RAG_LEASE_SECONDS: "5",
  };
  const place: Place = {
    folder,
    endpoint,
    start: (args, more = {}) =>
      startProgram(["rollout", "data.jsonl", ...args], {
        environment: { ...environment, ...more },
        folder,
      }),
    lines: async (file) =>
      (await readFile(join(folder, file), "utf8").catch(() => "")).split("\n").slice(0, -1),
  };
  print(
    `${QUESTIONS} questions, ${given.samples} samples each, ${given.concurrency} at once; ${cpus().length} CPUs`,
  );
  try {
    await measureRate(place);
    await measureKills(place);
    await measureQueue(place, "SQLite", join(folder, "queue.sqlite"));
    if (NO_POSTGRES === "") {
      await using server = await startPostgres();
      await measureQueue(place, "PostgreSQL", server.url);
    } else print(`PostgreSQL is left out: ${NO_POSTGRES}`);
  } finally {
    endpoint.close();
    await rm(folder, { recursive: true });
  }
}

async function measureRate(place: Place): Promise<void> {
  const program = place.start(["--out", "rate.jsonl", ...MANY]);
  const memory = watchMemory(program.child.pid ?? 0);
  const load = loadNow();
  const { exitCode } = await program.ended;
  const seen = memory.stop();
  print(`rollout, load ${load}: ${program.err().trimEnd().split("\n").at(-1) ?? ""}`);
  print(`rollout: ended with ${String(exitCode)}, ${await countOf(place, "rate.jsonl", RUNS)}`);
  const quarters = [1, 2, 3, 4].map((quarter) =>
    megabytes(seen[Math.floor((seen.length * quarter) / 4) - 1] ?? 0),
  );
  print(
    `rollout: resident after each quarter ${quarters.join(", ")} MB, at most ${megabytes(Math.max(...seen))} MB`,
  );

  const { bodies } = place.endpoint;
  const job = join(place.folder, "job.json");
  const out = join(place.folder, "bare.jsonl");
  const concurrency = Number(given.concurrency);
  await writeFile(job, JSON.stringify({ ...bodies, url: place.endpoint.url, runs: RUNS, concurrency, out }));
  const bare = await bundleProgram(new URL("bare-loop.ts", import.meta.url));
  const loadOfBare = loadNow();
  const begun = performance.now();
  await once(spawn(process.execPath, [bare, job], { stdio: "inherit" }), "close");
  const seconds = (performance.now() - begun) / 1000;
  print(
    `bare loop of the same requests, load ${loadOfBare}: ${RUNS} runs, ${(RUNS / seconds).toFixed(1)} a second`,
  );
}

async function measureKills(place: Place): Promise<void> {
  place.endpoint.forget();
  const args = ["--out", "killed.jsonl", ...MANY];
  const at: number[] = [];
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const program = place.start(args);
    await untilAnswered(place, Math.floor((RUNS * kill) / (KILLS + 1)), program);
    program.child.kill("SIGKILL");
    await program.ended;
    at.push((await place.lines("killed.jsonl")).length);
  }
  const { exitCode } = await place.start(args).ended;
  print(
    `killed with ${at.join(", ")} runs kept: the last ended with ${String(exitCode)}, ${await countOf(place, "killed.jsonl", RUNS)}, ${askedAgain(place)}`,
  );
}

async function measureQueue(place: Place, name: string, database: string): Promise<void> {
  place.endpoint.forget();
  const begun = performance.now();
  const load = loadNow();
  const workers = Array.from({ length: WORKERS }, (_, at) =>
    place.start(["--queue", "shared", "--concurrency", "8", "--out", `${name}-${at}.jsonl`], {
      AGENTIC_RAG_DATABASE: database,
    }),
  );
  const [first, ...others] = workers;
  if (first === undefined) return;
  await untilAnswered(place, Math.floor(QUESTIONS / 3), first);
  first.child.kill("SIGKILL");
  const codes = await Promise.all(others.map(async ({ ended }) => (await ended).exitCode));
  const seconds = (performance.now() - begun) / 1000;
  const files = await Promise.all(others.map((_, at) => place.lines(`${name}-${at + 1}.jsonl`)));
  const same = files.every((lines) => lines.join("\n") === files[0]?.join("\n"));
  print(
    `${WORKERS} workers over ${name}, one killed, load ${load}: ended with ${codes.join(", ")}, ${await countOf(place, `${name}-1.jsonl`, QUESTIONS)}, ${same ? "all files alike" : "FILES DIFFER"}, ${askedAgain(place)}, ${(QUESTIONS / seconds).toFixed(1)} a second`,
  );
}

/** Whether each sample is in a file, once. */
async function countOf(place: Place, file: string, wanted: number): Promise<string> {
  const runs = (await place.lines(file)).map((line) => runSchema.parse(JSON.parse(line)));
  const distinct = new Set(runs.map(({ id }) => id)).size;
  const answered = runs.filter(({ answered: has }) => has).length;
  return `${runs.length} lines, ${distinct} samples of ${wanted}, ${answered} answered`;
}

function askedAgain({ endpoint: { answered } }: Place): string {
  return `${[...answered.values()].filter((times) => times > 1).length} answered more than once`;
}

async function untilAnswered({ endpoint }: Place, count: number, program: Program): Promise<void> {
  while (endpoint.answered.size < count && program.child.exitCode === null) await sleep(5);
}

/** The resident memory of a process from now on, in bytes. */
function watchMemory(pid: number): { stop(): readonly number[] } {
  const seen: number[] = [];
  const timer = setInterval(() => {
    readFile(`/proc/${pid}/status`, "utf8").then(
      (status) => seen.push(1024 * Number(/VmRSS:\s*(\d+)/.exec(status)?.[1] ?? 0)),
      () => undefined,
    );
  }, LOOK_MS);
  return {
    stop() {
      clearInterval(timer);
      return seen.filter((bytes) => bytes > 0);
    },
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

function loadNow(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

await main();
