import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parquetWriteFile } from "hyparquet-writer";
import { expect, test } from "vitest";
import { runProgram } from "../../../src/cli/program.ts";
import { readTrajectories } from "../../../src/cli/data/trajectory-file.ts";
import { readDataset } from "../../../src/cli/data/dataset.ts";
import type { ServerReply } from "../../servers/completions.ts";
import { json } from "../../servers/completions.ts";
import { startModelAndSearch } from "../model-and-search.ts";
import { createStage } from "../surroundings.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const ANSWER = "I know.\n</think>\n\nRome";
const ROWS = [
  { id: "one", question: "Capital of Italy?", golden_answers: ["Rome"], data_source: "nq" },
  { id: "two", question: "Capital of France?", golden_answers: ["Paris"] },
];

async function begin(replies: readonly ServerReply[], rows: readonly object[] = ROWS) {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "data.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const { server, environment } = await startModelAndSearch(replies);
  const rollout = async (...more: readonly string[]) => {
    const stage = createStage({ environment, folder });
    const args = ["rollout", "data.jsonl", "--out", "runs.jsonl", "--concurrency", "2", ...more];
    const exitCode = await runProgram(args, stage.surroundings);
    return { exitCode, out: stage.out(), err: stage.err() };
  };
  const runs = async () => {
    const found = [];
    for await (const run of readTrajectories(join(folder, "runs.jsonl"))) found.push(run);
    return found.sort((left, right) => (left.id < right.id ? -1 : 1));
  };
  return { folder, server, rollout, runs, file: join(folder, "runs.jsonl") };
}

test("each question is asked as often as wanted; the samples of one share their prompt and not their seed", async () => {
  const { rollout, runs, server } = await begin(Array.from({ length: 4 }, () => ANSWER));
  const { exitCode, err } = await rollout("--samples", "2", "--reward", "em, format:.5");
  expect(exitCode).toBe(0);
  expect(err).toMatch(
    /4 runs, 0 failed, [\d.]+ a second. Means: em 0.500, f1 0.500, cover_em 0.500, subem 0.500, em_unicode 0.500, f1_unicode 0.500, format 1.000, searches 0.000, reward 1.000.\n$/,
  );
  const done = await runs();
  expect(done.map(({ id, group, sample, reward }) => [id, group, sample, reward])).toEqual([
    ["one/0", "one", 0, 1.5],
    ["one/1", "one", 1, 1.5],
    ["two/0", "two", 0, 0.5],
    ["two/1", "two", 1, 0.5],
  ]);
  expect(done[0]?.data).toEqual({ source: "nq", index: 0, goldenAnswers: ["Rome"] });
  const [first, second, other] = done.map(({ generations }) => generations[0]?.promptText);
  expect(first).toBe(second);
  expect(first).not.toBe(other);
  expect(new Set(done.map(({ sampling }) => sampling["seed"])).size).toBe(4);
  expect(new Set(server.requests.map(({ body }) => (body as { seed?: number }).seed)).size).toBe(4);
});

test("a killed rollout goes on: what is whole is not asked again, half a line is cut off", async () => {
  const { rollout, runs, server, file } = await begin(Array.from({ length: 5 }, () => ANSWER));
  await rollout("--samples", "2");
  const [first = "", second = "", third = ""] = (await readFile(file, "utf8")).split("\n");
  await writeFile(file, `${first}\n${second}\n`);
  await appendFile(file, third.slice(0, -7));
  // the fifth reply is left
  const asked = server.requests.length;
  expect(asked).toBe(4);
  const again = await rollout("--samples", "2").catch(() => undefined);
  expect(again?.err).toContain("2 were there");
  const ids = (await runs()).map(({ id }) => id);
  expect(ids).toEqual(["one/0", "one/1", "two/0", "two/1"]);
  expect(server.requests.length - asked).toBe(2);
});

test.each([
  ["a data set", "data.jsonl", `${JSON.stringify(ROWS[0])}\n`, "Line 1 of "],
  ["a note of one line", "notes.txt", "my notes", "Line 1 of "],
  ["a line between runs", "mixed.jsonl", '{"format":"agentic-rag-trajectory"\n{"format"', "Line 1 of "],
])("what is no file of runs stays as it is: %s", async (_name, name, content, told) => {
  const { folder, rollout, server } = await begin([]);
  await writeFile(join(folder, name), content);
  const { exitCode, err } = await rollout("--out", name);
  expect({ exitCode, told: err.includes(`${told}${join(folder, name)} is no run`) }).toEqual({
    exitCode: 2,
    told: true,
  });
  expect(await readFile(join(folder, name), "utf8")).toBe(content);
  expect(server.requests).toEqual([]);
});

test("a place that cannot be written is told before anything is asked", async () => {
  const { folder, rollout, server } = await begin([]);
  expect(await rollout("--out", ".")).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining(`${folder} cannot be written (EISDIR).`),
  });
  expect(await rollout("--out", "data.jsonl/runs.jsonl")).toMatchObject({ exitCode: 2 });
  expect(server.requests).toEqual([]);
});

test("a run that fails is kept, and not asked again", async () => {
  const refused = { status: 400, ...json({ error: { message: "no such model" } }) };
  const { rollout, runs, server } = await begin([refused], ROWS.slice(0, 1));
  expect(await rollout()).toMatchObject({ exitCode: 0, err: expect.stringContaining("1 run, 1 failed") });
  expect(await runs()).toMatchObject([
    { id: "one/0", stopReason: "model-error", failure: { code: "model-rejected" } },
  ]);
  const asked = server.requests.length;
  await rollout();
  expect(server.requests).toHaveLength(asked);
});

test("a call that had to be repaired costs the score of the format", async () => {
  const { rollout, runs } = await begin(
    ["Let me look.\n<tool_call>\n{broken\n</tool_call>", ANSWER],
    ROWS.slice(0, 1),
  );
  await rollout("--reward", "format");
  expect(await runs()).toMatchObject([
    { rawAnswer: "Rome", repairs: 1, scores: { em: 1, format: 0 }, reward: 0 },
  ]);
});

test("the folder of the file is made", async () => {
  const { folder, rollout } = await begin([ANSWER, ANSWER]);
  expect(await rollout("--out", "new/folder/runs.jsonl")).toMatchObject({ exitCode: 0 });
  expect((await readFile(join(folder, "new/folder/runs.jsonl"), "utf8")).match(/\n/g)).toHaveLength(2);
});

test("a reward of a module, and of a command", async () => {
  const { rollout, runs, folder } = await begin([ANSWER, ANSWER], ROWS.slice(0, 1));
  await writeFile(join(folder, "reward.mjs"), "export default (run) => run.rawAnswer.length;\n");
  await rollout("--reward", "./reward.mjs");
  expect((await runs())[0]?.reward).toBe(4);
  const script =
    'let s="";process.stdin.on("data",(d)=>s+=d).on("end",()=>console.log(JSON.stringify({reward:JSON.parse(s).searches-1})))';
  await writeFile(join(folder, "reward.cjs.txt"), script);
  await rollout("--samples", "2", "--reward", `!"${process.execPath}" -e "$(cat reward.cjs.txt)"`);
  expect((await runs())[1]?.reward).toBe(-1);
});

test.each(["em:Infinity", "em:1e999", "em:", "em:0.5:3", "em:0x10", "em,,f1", "em:NaN"])(
  "a weight that is no number is told: %s",
  async (reward) => {
    const { rollout } = await begin([]);
    const { exitCode, err } = await rollout("--reward", reward);
    expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining("--reward has no score") });
  },
);

test("what is no score is told before anything is asked", async () => {
  const { rollout, server } = await begin([]);
  const { exitCode, err } = await rollout("--reward", "bleu");
  expect({ exitCode, asked: server.requests.length }).toEqual({ exitCode: 2, asked: 0 });
  expect(err).toContain('--reward has no score "bleu"');
});

test("data sets are read in all their forms", async () => {
  const folder = await temporaryFolder();
  const wanted = [
    { group: "x", question: "Q?", index: 0, goldenAnswers: ["a", "b"] },
    { group: "1", question: "R?", index: 1, goldenAnswers: ["c, d"] },
  ];
  await writeFile(
    join(folder, "a.jsonl"),
    '{"id":"x","question":"Q?","golden_answers":["a","b"]}\n{"question":"R?","answer":"c, d"}\n',
  );
  await writeFile(join(folder, "a.csv"), 'id,question,golden_answers\nx,Q?,"[""a"",""b""]"\n1,R?,"c, d"\n');
  parquetWriteFile({
    filename: join(folder, "a.parquet"),
    columnData: [
      { name: "id", data: ["x", "1"] },
      {
        name: "prompt",
        data: [[{ role: "user", content: "Q?" }], [{ role: "user", content: "R?" }]],
        type: "JSON",
      },
      {
        name: "reward_model",
        data: [{ ground_truth: { target: ["a", "b"] } }, { ground_truth: { target: ["c, d"] } }],
        type: "JSON",
      },
    ],
  });
  for (const name of ["a.jsonl", "a.csv", "a.parquet"])
    expect(await readDataset(join(folder, name))).toEqual(wanted);
  await writeFile(join(folder, "b.jsonl"), '{"text":"x"}\n');
  await expect(readDataset(join(folder, "b.jsonl"))).rejects.toThrow("is no data set that is known");
});

test.each([
  ["CSV with a byte order mark", '\uFEFFid,question,answer\n7,"Q, one?",a\n'],
  [
    "CSV with semicolons, as spreadsheets of many countries write it",
    "id;question;answer\r\n7;Q, one?;a\r\n",
  ],
  ["CSV with semicolons and a byte order mark", "\uFEFFid;question;answer\n7;Q, one?;a\n"],
  ["TSV", "id\tquestion\tanswer\n7\tQ, one?\ta\n"],
  ["UTF-16", Buffer.from('\uFEFFid,question,answer\n7,"Q, one?",a\n', "utf16le")],
  ["one object", '{\n  "id": 7,\n  "question": "Q, one?",\n  "answer": "a"\n}'],
])("%s", async (_name, content) => {
  const file = join(await temporaryFolder(), "data.csv");
  await writeFile(file, content);
  expect(await readDataset(file)).toEqual([
    { group: "7", question: "Q, one?", index: 0, goldenAnswers: ["a"] },
  ]);
});

test("rows have names of their own, whatever ids they bring; an empty cell is no answer", async () => {
  const file = join(await temporaryFolder(), "data.jsonl");
  const rows = [
    { id: "a", question: "法国的首都是哪里？", answer: "巴黎" },
    { id: "a#2", question: "Q?", answer: [] },
    { id: "a", question: "Q?", answer: "" },
    { id: 1, question: "Q?", answer: ["", "x"] },
    { question: "Q?" },
  ];
  await writeFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join("\n"));
  const read = await readDataset(file);
  expect(read.map(({ group, goldenAnswers }) => [group, goldenAnswers])).toEqual([
    ["a", ["巴黎"]],
    ["a#2", []],
    ["a#2#2", undefined],
    ["1", ["x"]],
    ["4", undefined],
  ]);
});

test("a line that is cut off is named", async () => {
  const file = join(await temporaryFolder(), "data.jsonl");
  await writeFile(file, '{"question":"Q?"}\n\n{"question":"R?","ans\n');
  await expect(readDataset(file)).rejects.toThrow(`Line 3 of ${file} is no JSON`);
});
