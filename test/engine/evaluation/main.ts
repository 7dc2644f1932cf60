import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { evaluateWith, GREEDY_OPTIONS, writeWorld } from "./small-model.ts";
import { inventWorld } from "./invented-world.ts";
import { startLlamaServer, WHY_NO_LLAMA_SERVER } from "../llama-server.ts";
import { ADAPTER, MODEL, WHY_NO_WEIGHTS } from "../real-questions.ts";

/**
 * Sets a small trained model beside its base and the offline reader, over questions about a world that it was never taught,
 * through a real llama-server. Runs are kept in the folder, so that the same command goes on where it was ended.
 */
const { values } = parseArgs({
  options: {
    questions: { type: "string", default: "100" },
    seed: { type: "string", default: "20261128" },
    out: { type: "string", default: join(".engine", "small-model-evaluation") },
    /** What the base may write of a question: it never ends by itself. */
    "base-tokens": { type: "string", default: "60" },
    /** Asks the base alone, and with one search, too. */
    baselines: { type: "boolean", default: false },
  },
});

const missing = WHY_NO_WEIGHTS ?? WHY_NO_LLAMA_SERVER;
if (missing !== undefined) {
  console.error(missing);
  process.exit(1);
}

const folder = resolve(values.out);
mkdirSync(folder, { recursive: true });
const { articles, questions } = inventWorld(Number(values.seed), Number(values.questions));
await writeWorld(folder, articles, questions);
const data = "questions.jsonl";

async function run(args: readonly string[], modelUrl?: string): Promise<string> {
  const { exitCode, out, err } = await evaluateWith(folder, args, modelUrl);
  console.error(err.trim());
  if (exitCode !== 0) process.exit(exitCode);
  return out;
}

async function trained(): Promise<void> {
  await using server = await startLlamaServer({ model: MODEL, lora: ADAPTER });
  await run([data, "--out", "trained.jsonl", "--baseline", "offline", ...GREEDY_OPTIONS], server.url);
}

async function base(): Promise<void> {
  await using server = await startLlamaServer({ model: MODEL });
  const limited = [...GREEDY_OPTIONS, "--max-tokens", values["base-tokens"]];
  const baselines = values.baselines ? ["--baseline", "direct,one-shot"] : [];
  await run([data, "--out", "base.jsonl", ...baselines, ...limited], server.url);
}

// each of them takes one core
await Promise.all([trained(), base()]);
const beside = [
  "base.jsonl",
  "trained.offline.jsonl",
  ...(values.baselines ? ["base.direct.jsonl", "base.one-shot.jsonl"] : []),
];
const table = await run([
  "trained.jsonl",
  ...beside.flatMap((file) => ["--against", file]),
  "--html",
  "page.html",
]);
console.log(table);
