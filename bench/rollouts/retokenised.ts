import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { readTrajectories } from "../../src/cli/data/trajectory-file.ts";
import { stretchesOf } from "../../src/trajectory/stretches.ts";
import { tokenSequences } from "../../src/trajectory/tokens.ts";
import { startProgram } from "../../test/cli/process.ts";
import { startLlamaServer, WHY_NO_LLAMA_SERVER } from "../../test/engine/llama-server.ts";
import { ADAPTER, ARTICLES, MODEL, QUESTIONS, WHY_NO_WEIGHTS } from "../../test/engine/real-questions.ts";

const { values: given } = parseArgs({ options: { samples: { type: "string", default: "20" } } });
const print = (line: string): void => console.log(line);
const repliedSchema = z.object({ tokens: z.array(z.number()) });

/**
 * Rollouts of a small trained model on a real llama-server: whether the ids with the mask 1 are as many as the server counted,
 * and of how many runs a tokenizer makes other ids when it is given their text.
 */
async function main(): Promise<void> {
  const missing = WHY_NO_WEIGHTS ?? WHY_NO_LLAMA_SERVER;
  if (missing !== undefined) throw new Error(missing);
  const folder = await mkdtemp(join(tmpdir(), "measure-tokens-"));
  await using server = await startLlamaServer({ model: MODEL, lora: ADAPTER });
  try {
    await mkdir(join(folder, "articles"));
    for (const [at, { title, text }] of ARTICLES.entries())
      await writeFile(join(folder, "articles", `${at}.md`), `# ${title}\n\n${text}\n`);
    const rows = QUESTIONS.map(({ question, answer }) => JSON.stringify({ question, answer }));
    await writeFile(join(folder, "data.jsonl"), rows.join("\n"));
    const environment = { AGENTIC_RAG_MODEL_URL: server.url, AGENTIC_RAG_MODEL: "small" };
    const start = (...args: readonly string[]) => startProgram(args, { environment, folder });
    await start("index", "articles").ended;
    const begun = performance.now();
    const words = `rollout data.jsonl --out runs.jsonl --samples ${given.samples} --concurrency 2 --docs articles --max-searches 3 --max-results 2 --max-tokens 400 --date 2024-03-12 --temperature 1`;
    const rollout = start(...words.split(" "));
    const { exitCode } = await rollout.ended;
    const load = (loadavg()[0] ?? 0).toFixed(1);
    print(
      `ended with ${String(exitCode)} after ${((performance.now() - begun) / 1000).toFixed(0)} s, load ${load}`,
    );
    print(rollout.err().trimEnd());
    print(await compare(join(folder, "runs.jsonl"), server.url.replace(/\/v1$/, "")));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function compare(file: string, root: string): Promise<string> {
  const spell = async (content: string): Promise<readonly number[]> => {
    const body = JSON.stringify({ content, add_special: false, parse_special: true });
    const reply = await fetch(`${root}/tokenize`, { method: "POST", body });
    return repliedSchema.parse(await reply.json()).tokens;
  };
  let [runs, counted, segments, redrawn, runsRedrawn, runsOther] = [0, 0, 0, 0, 0, 0];
  for await (const run of readTrajectories(file)) {
    const [sequence, ...more] = tokenSequences(run) ?? [];
    if (sequence === undefined || more.length > 0) continue;
    runs += 1;
    const drawn = sequence.responseMask.filter((mask) => mask === 1).length;
    if (drawn === run.usage.completionTokens && !run.usage.estimated) counted += 1;
    let other = 0;
    for (const { origin, text, tokenIds = [] } of run.segments) {
      if (origin !== "model") continue;
      segments += 1;
      if (!same(await spell(text), tokenIds)) other += 1;
    }
    redrawn += other;
    if (other > 0) runsRedrawn += 1;
    const [prompt, ...response] = stretchesOf(run)[0] ?? [];
    const end = run.generations.at(-1)?.endTokenIds ?? [];
    const whole = await spell(response.map(({ text }) => text).join(""));
    if (prompt !== undefined && !same([...whole, ...end], sequence.responseIds)) runsOther += 1;
  }
  return [
    `${runs} runs of one sequence: in ${counted} the ids with the mask 1 are as many as the server counted`,
    `${redrawn} of ${segments} drawn segments, in ${runsRedrawn} runs, are other ids when their text is tokenised`,
    `${runsOther} runs are other ids when their response is tokenised in one`,
  ].join("\n");
}

function same(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((id, at) => id === right[at]);
}

await main();
