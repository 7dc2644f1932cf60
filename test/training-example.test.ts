import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { runProgram } from "../src/cli/program.ts";
import { bundlePrograms } from "./bundle.ts";
import { createStage } from "./cli/surroundings.ts";
import { MODEL, WHY_NO_WEIGHTS } from "./engine/real-questions.ts";
import { freePort } from "./servers/free-port.ts";

const run = promisify(execFile);
const EXAMPLE = new URL("../examples/training/", import.meta.url);
const TRAIN = fileURLToPath(new URL("train.py", EXAMPLE));
const [WORLD = "", TEACHER = ""] = await bundlePrograms(
  ["world.ts", "teacher.ts"].map((name) => new URL(name, EXAMPLE)),
);
const folder = mkdtempSync(join(tmpdir(), "agentic-rag-training-"));

const python = async (...args: readonly string[]): Promise<string> =>
  (await run("python3", args, { cwd: folder, env: { ...process.env, PYTHONPYCACHEPREFIX: folder } })).stdout;
const runs = async (code: string): Promise<boolean> =>
  python("-c", code).then(
    () => true,
    () => false,
  );
const whyNoPython = (await runs("")) ? undefined : "there is no python3";
const whyNoTorch =
  WHY_NO_WEIGHTS ?? ((await runs("import torch, gguf")) ? undefined : "python3 has no torch or no gguf");
const why = (missing: string | undefined): string => (missing === undefined ? "" : ` (${missing})`);

const hopSchema = z.object({ name: z.string(), noun: z.string(), value: z.string() });
const questionSchema = z.object({ id: z.string(), question: z.string(), hops: z.array(hopSchema) });
const rowSchema = z.object({
  response_ids: z.array(z.number()),
  response_mask: z.array(z.number()),
  reward: z.number(),
  group_id: z.string(),
});

function linesOf<Line>(file: string, schema: z.ZodType<Line>): readonly Line[] {
  const lines = readFileSync(join(folder, file), "utf8").trim().split("\n");
  return lines.map((line) => schema.parse(JSON.parse(line)));
}

/** The id of a character is its code point: rows can be read back, and counted by hand. */
const CHARACTERS = [...Array.from({ length: 127 }, (_, code) => String.fromCodePoint(code)), "…"];
const BY_CHARACTER = {
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: null,
  post_processor: null,
  decoder: null,
  model: { type: "BPE", vocab: Object.fromEntries(CHARACTERS.map((each, id) => [each, id])), merges: [] },
};

async function program(url: string, ...args: readonly string[]): Promise<string> {
  const environment = {
    AGENTIC_RAG_MODEL_URL: url,
    AGENTIC_RAG_MODEL: "teacher",
    AGENTIC_RAG_MODEL_FAMILY: "completions",
  };
  const stage = createStage({ environment, folder });
  const exitCode = await runProgram(args, stage.surroundings);
  expect({ exitCode, err: stage.err() }).toMatchObject({ exitCode: 0 });
  return stage.err();
}

let words = "";

beforeAll(async () => {
  await run(process.execPath, [WORLD, "data"], { cwd: folder });
  const taught = readFileSync(join(folder, "data/train.jsonl"), "utf8").split("\n").slice(0, 12).join("\n");
  writeFileSync(join(folder, "data/twelve.jsonl"), taught);
  writeFileSync(join(folder, "characters.json"), JSON.stringify(BY_CHARACTER));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/v1`;
  const teacher = spawn(process.execPath, [TEACHER, "data/train.jsonl", String(port)], { cwd: folder });
  try {
    await once(teacher.stdout, "data");
    await program(url, "index", "data/articles");
    const options = "--docs data/articles --max-results 2 --max-searches 3 --date 2024-03-12 --reward em";
    words = await program(url, "rollout", "data/twelve.jsonl", "--out", "runs.jsonl", ...options.split(" "));
    const rows = ["export", "--to", "tokens", "--out", "rows.jsonl", "--tokenizer", "characters.json"];
    words += await program(url, ...rows, "runs.jsonl");
  } finally {
    teacher.kill();
  }
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the world is always the same, and what is held out is about other things", () => {
  const [taught, heldOut] = ["train", "held-out"].map((name) =>
    linesOf(`data/${name}.jsonl`, questionSchema),
  );
  const names = (asked = taught): Set<string> =>
    new Set(asked?.flatMap(({ hops }) => hops.map(({ name }) => name)));
  expect([taught?.length, heldOut?.length]).toEqual([240, 60]);
  expect([...names(heldOut)].filter((name) => names().has(name))).toEqual([]);
});

test("the teacher's runs are right, and the mask covers what it said and nothing else", () => {
  const asked = new Map(linesOf("data/twelve.jsonl", questionSchema).map((each) => [each.id, each.hops]));
  const rows = linesOf("rows.jsonl", rowSchema);
  const counts = { said: 0, searches: 0 };
  for (const { response_ids, response_mask, reward, group_id } of rows) {
    const hops = asked.get(group_id) ?? [];
    const said = response_ids.map((id, at) => (response_mask[at] === 1 ? CHARACTERS[id] : "·")).join("");
    expect(reward).toBe(1);
    // numbers of sources are those of the search
    expect(said.replaceAll(/·+/g, "·").replaceAll(/(?<=Source |\[)\d+/g, "N")).toBe(lesson(hops));
    const spliced = response_ids.map((id, at) => (response_mask[at] === 0 ? CHARACTERS[id] : "·")).join("");
    const responses = spliced.split(/·+/).filter((text) => text !== "");
    for (const each of responses) expect(each).toMatch(/^\n<tool_response>\n[^]*\n<\/tool_response>\n$/);
    counts.said += said.replaceAll("·", "").length;
    counts.searches += responses.length;
  }
  expect({ rows: rows.length, ...counts }).toEqual({ rows: 12, said: 3784, searches: 18 });
  expect(words).toContain("12 runs, 0 failed");
});

/** All that the teacher says of a question, with a dot for what is spliced. */
function lesson(hops: readonly z.infer<typeof hopSchema>[]): string {
  const steps = hops.map(({ name, noun, value }) => {
    const call = { action: "web_search", action_input: { query: `${name} ${noun}` } };
    const written = JSON.stringify(call).replaceAll(/(?<=[:,])(?=["{])/g, " ");
    return `I need the ${noun} of ${name}.\n<tool_call>\n${written}\n</tool_call>·Source N tells the ${noun} of ${name}: ${value}.`;
  });
  return `${steps.join(" ")}\n</think>\n\n${hops.at(-1)?.value} [N].`;
}

test("each imports what the package exports, and nothing deeper", () => {
  for (const name of ["world.ts", "teacher.ts"]) {
    const own = [...readFileSync(new URL(name, EXAMPLE), "utf8").matchAll(/from "(\.[^"]+)"/g)];
    expect(own.map(([, target]) => target).filter((target) => target !== "../../src/index.ts")).toEqual([]);
  }
});

test.skipIf(whyNoPython !== undefined)(`the trainer compiles${why(whyNoPython)}`, async () => {
  expect(await python("-m", "py_compile", TRAIN)).toBe("");
});

test.skipIf(whyNoTorch !== undefined).each([
  ["masked", []],
  ["unmasked", ["--unmasked"]],
] as const)(
  `four steps on one run, %s: the loss falls${why(whyNoTorch)}`,
  async (name, options) => {
    const [one] = readFileSync(join(folder, "runs.jsonl"), "utf8").split("\n");
    writeFileSync(join(folder, "one.jsonl"), `${one}\n`);
    await python(TRAIN, "tokenizer", MODEL, "tokenizer.json");
    const rows = ["--out", "one-row.jsonl", "--tokenizer", "tokenizer.json", "one.jsonl"];
    await program("http://127.0.0.1:9/v1", "export", "--to", "tokens", ...rows);
    const adapter = `${name}.gguf`;
    const told = await python(TRAIN, "sft", MODEL, "one-row.jsonl", adapter, "--epochs", "4", ...options);
    const losses = [...told.matchAll(/loss of the model's tokens ([\d.]+)/g)].map(([, loss]) => Number(loss));
    expect(losses).toHaveLength(4);
    expect(losses).toEqual(losses.toSorted((left, right) => right - left));
    expect(new Set(losses).size).toBe(4);
    expect(readFileSync(join(folder, adapter)).subarray(0, 4).toString()).toBe("GGUF");
  },
  300_000,
);
