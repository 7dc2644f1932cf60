import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { runProgram } from "../../../src/cli/program.ts";
import { readTrajectories } from "../../../src/cli/data/trajectory-file.ts";
import type { Trajectory } from "../../../src/trajectory/trajectory.ts";
import { startEngineServer } from "../../servers/completions-engine.ts";
import { world } from "../../servers/world.ts";
import { call } from "../scripts.ts";
import { createStage } from "../surroundings.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const [, BODY = ""] = /<tool_call>([^]*)<\/tool_call>/.exec(call("a")) ?? [];
const REPLIES = [
  ["Let me look é.\n", "<tool_call>", BODY, "</tool_call>"],
  ["I know.\n", "</think>", "\n\nAll about a [1].", "<|im_end|>"],
];

async function run(
  args: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string>> = {},
) {
  const stage = createStage({
    environment: { ...environment, AGENTIC_RAG_DATABASE: "threads.sqlite" },
    folder,
  });
  const exitCode = await runProgram(args, stage.surroundings);
  return { exitCode, out: stage.out(), err: stage.err() };
}

/** A file with one run of a server that tells ids. */
async function saved(...more: readonly string[]) {
  const folder = await temporaryFolder();
  const server = await startEngineServer({ dialect: "vllm", replies: REPLIES });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const { environment } = await world([]);
  const named = { ...environment, AGENTIC_RAG_MODEL_URL: server.url };
  const asked = await run(["ask", "-q", "--save", "runs.jsonl", ...more, "Q?"], folder, named);
  expect(asked).toEqual({ exitCode: 0, out: "All about a [[1]](https://example.org/a).\n", err: "" });
  const runs: Trajectory[] = [];
  for await (const each of readTrajectories(join(folder, "runs.jsonl"))) runs.push(each);
  return { folder, server, runs, one: runs[0]! };
}

const rowsIn = (lines: string): Record<string, unknown>[] =>
  lines
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test("--save keeps the whole run, with ids of all that was read and drawn", async () => {
  const { one, server } = await saved();
  expect(one).toMatchObject({
    format: "agentic-rag-trajectory",
    version: 1,
    question: "Q?",
    rawAnswer: "All about a [1].",
  });
  expect(one.generations.map(({ end, promptIds }) => [end, promptIds !== undefined])).toEqual([
    ["stop-string", true],
    ["end-of-turn", true],
  ]);
  expect(one.generations[1]).toMatchObject({ endTokenIds: [server.idOf("<|im_end|>")] });
  expect(JSON.stringify(one)).not.toContain("canary");
});

test("token rows have the ids of the server, the mask and the log-probabilities; Parquet has the same", async () => {
  const { folder, one, server } = await saved();
  const { exitCode, out, err } = await run(["export", "--to", "tokens", "runs.jsonl"], folder);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: "1 run, 1 row.\n" });
  const [row] = rowsIn(out);
  const drawn = REPLIES.flat();
  const between = one.segments.slice(2, -1).map(({ text }) => text);
  const spliced = between.flatMap((text) => server.spell(text));
  expect(row).toMatchObject({
    prompt_ids: server.spell(one.generations[0]!.promptText!),
    response_ids: [...drawn.slice(0, 4).map(server.idOf), ...spliced, ...drawn.slice(4).map(server.idOf)],
    response_mask: [...Array(4).fill(1), ...spliced.map(() => 0), ...Array(4).fill(1)],
    rollout_id: one.id,
    stop_reason: "answered",
  });
  expect(
    (await run(["export", "--to", "tokens", "--out", "rows.parquet", "runs.jsonl"], folder)).exitCode,
  ).toBe(0);
  const file = await asyncBufferFromFile(join(folder, "rows.parquet"));
  expect(await parquetReadObjects({ file })).toEqual([row]);
});

test("other forms are renames", async () => {
  const { folder } = await saved();
  const keysOf = async (form: string) =>
    Object.keys(rowsIn((await run(["export", "--to", form, "runs.jsonl"], folder)).out)[0] ?? {}).slice(0, 4);
  expect(await keysOf("trl-rollout")).toEqual(["prompt_ids", "completion_ids", "logprobs", "env_mask"]);
  expect(await keysOf("verl")).toEqual(["prompt_ids", "response_ids", "response_mask", "response_logprobs"]);
});

test("a conversation has calls and tool messages, and no tag", async () => {
  const { folder } = await saved();
  const [row] = rowsIn((await run(["export", "--to", "trl", "runs.jsonl"], folder)).out);
  expect(row?.["completion"]).toEqual([
    {
      role: "assistant",
      content: "",
      reasoning_content: "Let me look é.\n",
      tool_calls: [{ type: "function", function: { name: "web_search", arguments: { query: "a" } } }],
    },
    { role: "tool", name: "web_search", content: expect.stringContaining("All about a.") },
    { role: "assistant", content: "All about a [1].", reasoning_content: "I know.\n" },
  ]);
});

test("the data set of verl and Search-R1 comes back from Parquet", async () => {
  const { folder, one } = await saved();
  const data = { source: "nq", split: "test", index: 3, goldenAnswers: ["a", "b"] };
  const samples = [0, 1].map((sample) => ({ ...one, id: `g/${sample}`, group: "g", sample, data }));
  await writeFile(join(folder, "runs.jsonl"), samples.map((each) => `${JSON.stringify(each)}\n`).join(""));
  await run(["export", "--to", "verl-parquet", "--out", "set.parquet", "runs.jsonl"], folder);
  const file = await asyncBufferFromFile(join(folder, "set.parquet"));
  expect(await parquetReadObjects({ file })).toEqual([
    {
      id: "g",
      question: "Q?",
      golden_answers: ["a", "b"],
      data_source: "nq",
      prompt: one.opening!.messages,
      ability: "fact-reasoning",
      reward_model: { style: "rule", ground_truth: { target: ["a", "b"] } },
      extra_info: { split: "test", index: 3 },
    },
  ]);
});

test("text has the spans of who wrote it", async () => {
  const { folder, one } = await saved();
  const [row] = rowsIn((await run(["export", "--to", "text", "runs.jsonl"], folder)).out);
  expect(row?.["text"]).toBe(one.segments.map(({ text }) => text).join(""));
  expect(row?.["spans"]).toMatchObject(
    one.segments.map(({ origin }) => ({ origin, mask: origin === "model" ? 1 : 0 })),
  );
});

test("the last run of a thread is exported and viewed, too; so is that of each", async () => {
  const { folder, one } = await saved("--thread", "t");
  const { exitCode, out } = await run(["export", "--to", "text", "--thread", "t"], folder);
  expect({ exitCode, id: rowsIn(out)[0]?.["id"] }).toEqual({ exitCode: 0, id: "t" });
  const unknown = await run(["export", "--to", "text", "--thread", "none"], folder);
  expect(unknown.exitCode).not.toBe(0);
  const all = await run(["export", "--to", "runs", "--all"], folder);
  expect(rowsIn(all.out)).toMatchObject([{ ...one, id: "t", finishedAt: expect.any(String), sampling: {} }]);
  expect((await run(["view", "--thread", "t"], folder)).out).toContain(`Let me look é.\n${call("a")}⟪`);
});

test("without ids a tokenizer makes them", async () => {
  const { folder, one } = await saved();
  const bare = {
    ...one,
    segments: one.segments.map(({ origin, text }) => ({ origin, text })),
    generations: one.generations.map((each) => ({ ...each, promptIds: undefined })),
  };
  await writeFile(join(folder, "runs.jsonl"), `${JSON.stringify(bare)}\n`);
  const none = await run(["export", "--to", "tokens", "runs.jsonl"], folder);
  expect(none).toMatchObject({ exitCode: 1, err: expect.stringContaining("1 lack ids") });
  const texts = one.generations[0]!.promptText! + one.segments.map(({ text }) => text).join("");
  const vocab = Object.fromEntries([...new Set(texts)].map((letter, id) => [letter, id]));
  const tokenizer = {
    version: "1.0",
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    model: { type: "BPE", vocab, merges: [], unk_token: null },
  };
  await writeFile(join(folder, "tokenizer.json"), JSON.stringify(tokenizer));
  const made = await run(["export", "--to", "tokens", "--tokenizer", "tokenizer.json", "runs.jsonl"], folder);
  expect(made.err).toContain("parts were tokenised here; 0 tokens at their edges would move in one text.");
  const prompt = Array.from(one.generations[0]!.promptText!, (letter) => vocab[letter]);
  expect(rowsIn(made.out)[0]?.["prompt_ids"]).toEqual(prompt);

  // the end of the turn, which the server did not tell either
  const bareEnd = bare.generations.map((each) => ({ ...each, endTokenIds: undefined, end: "stop" }));
  await writeFile(join(folder, "runs.jsonl"), `${JSON.stringify({ ...bare, generations: bareEnd })}\n`);
  const open = await run(["export", "--to", "tokens", "--tokenizer", "tokenizer.json", "runs.jsonl"], folder);
  expect(open.err).toContain("1 turn without the token that ends it: put tokenizer_config.json");
  for (const eos_token of ["e", { content: "e" }]) {
    await writeFile(join(folder, "tokenizer_config.json"), JSON.stringify({ eos_token }));
    const ended = await run(
      ["export", "--to", "verl", "--tokenizer", "tokenizer.json", "runs.jsonl"],
      folder,
    );
    expect(ended.err).toContain('1 turn ended by "e", which tokenizer_config.json names as eos_token.');
    const [row] = rowsIn(ended.out);
    expect(row).toMatchObject({
      response_ids: [...idsSchema.parse(rowsIn(open.out)[0]?.["response_ids"]), vocab["e"]],
      response_mask: [...idsSchema.parse(rowsIn(open.out)[0]?.["response_mask"]), 1],
    });
  }
});

const idsSchema = z.array(z.number());

test("what cannot be exported is told", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "other.jsonl"), "{}\n");
  expect((await run(["export", "--to", "trl", "other.jsonl"], folder)).err).toContain("Line 1 of ");
  expect((await run(["export", "--to", "trl", "none.jsonl"], folder)).err).toContain("cannot be read");
  for (const named of [
    [],
    ["a.jsonl", "b.jsonl"],
    ["a.jsonl", "--all"],
    ["--thread", "t", "--queue", "q"],
    ["--server", "http://127.0.0.1:9"],
  ]) {
    expect(await run(["view", ...named], folder)).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining("view takes one file"),
    });
  }
  expect((await run(["export", "--to", "sft", "other.jsonl"], folder)).err).toContain("export needs a form");
  expect((await run(["export", "--to", "trl", "--out", "a.parquet", "other.jsonl"], folder)).err).toContain(
    "JSON lines",
  );
});

test("view shows what counts apart from what does not", async () => {
  const { folder, one } = await saved();
  const { out } = await run(["view", "runs.jsonl"], folder);
  expect(out).toContain(`Let me look é.\n${call("a")}⟪`);
  expect(out).toContain(one.segments[2]!.text.trimEnd().slice(-20));
});

test("the schema is told", async () => {
  const { out } = await run(["export", "--to", "schema"], await temporaryFolder());
  const published = await readFile(new URL("../../../docs/trajectory.schema.json", import.meta.url), "utf8");
  expect(JSON.parse(out)).toEqual(JSON.parse(published));
});
