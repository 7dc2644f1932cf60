import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { readDataset } from "../../../src/cli/data/dataset.ts";
import { lines, read } from "./rows.ts";

async function goldenOf(content: string): Promise<unknown> {
  const [first] = z
    .array(z.looseObject({ goldenAnswers: z.unknown().optional() }))
    .parse(await read(content));
  return first?.goldenAnswers;
}

describe("answers are all right, however a row has them", () => {
  test.each<[name: string, answers: unknown, golden: readonly string[] | undefined]>([
    ["a text", "Rome", ["Rome"]],
    ["a number", 1912, ["1912"]],
    ["a yes", true, ["yes", "true"]],
    ["a no", false, ["no", "false"]],
    ["a list with what is none", ["Rome", null, 1912], ["Rome", "1912"]],
    ["lists of the names of one", [["NYC", "New York"], ["Gotham"]], ["NYC", "New York", "Gotham"]],
    [
      "an object with aliases",
      { value: "Rome", aliases: ["Roma"], normalized_aliases: ["rome"] },
      ["Rome", "Roma", "rome"],
    ],
    ["TriviaQA's names", { Value: "Rome", Aliases: ["Roma"], Type: "x" }, ["Rome", "Roma"]],
    ["SQuAD's columns", { text: ["Rome", "Roma"], answer_start: [1, 2] }, ["Rome", "Roma"]],
    [
      "a list of objects",
      [{ text: "Rome", answer_start: 1 }, { text: "Roma" }, { provenance: [] }],
      ["Rome", "Roma"],
    ],
    ["null", null, undefined],
    ["a blank", " ", undefined],
    ["an empty list", [], []],
  ])("%s", async (_, answers, golden) => {
    expect(await goldenOf(lines({ question: "Q?", answers }))).toEqual(golden);
  });

  test.each([
    ["JSON", `["a", 1]`, ["a", "1"]],
    ["Python", `['O\\'Brien', "a b", None, 3]`, ["O'Brien", "a b", "3"]],
    [
      "Python with escapes",
      `['caf\\xe9', 'na\\u00efve', '\\U0001F600', 'a\\tb\\\\']`,
      ["café", "naïve", "😀", "a\tb\\"],
    ],
    [
      "NumPy, which writes no commas",
      `['Paris' 'City of Light'\n 'it''s']`,
      ["Paris", "City of Light", "it", "s"],
    ],
    ["names, as an object of JSON", `{"value": "a", "aliases": ["b"]}`, ["a", "b"]],
    ["what is no answers of JSON", `{"a": 1}`, [`{"a": 1}`]],
    ["a text in braces", "{x | x > 0}", ["{x | x > 0}"]],
    ["a text in brackets", "[3 August 1914]", ["[3 August 1914]"]],
  ])("a cell with a list of %s", async (_, cell, golden) => {
    expect(await goldenOf(`question,golden_answers\nQ?,"${cell.replaceAll('"', '""')}"\n`)).toEqual(golden);
  });

  test("aliases beside the answer, and none at all where nothing answers it", async () => {
    const rows = lines(
      { question: "Q?", answer: "Rome", aliases: ["Roma"] },
      { question: "R?", answers: [], answerable: false },
      { question: "S?", answers: { text: [], answer_start: [] }, is_impossible: true },
      { question: "T?", answer: "Rome", answerable: true },
    );
    expect(await read(rows)).toEqual([
      { group: "0", index: 0, question: "Q?", goldenAnswers: ["Rome", "Roma"] },
      { group: "1", index: 1, question: "R?", goldenAnswers: [], answerable: false },
      { group: "2", index: 2, question: "S?", goldenAnswers: [], answerable: false },
      { group: "3", index: 3, question: "T?", goldenAnswers: ["Rome"] },
    ]);
    const cells = await read("question,answer,answerable\nQ?,,False\nR?,Rome,True\n");
    expect(cells).toEqual([
      { group: "0", index: 0, question: "Q?", answerable: false },
      { group: "1", index: 1, question: "R?", goldenAnswers: ["Rome"] },
    ]);
  });

  test("what holds none is told", async () => {
    await expect(read(lines({ question: "Q?", answer: { score: 1 } }))).rejects.toThrow(
      "no data set that is known",
    );
  });
});

const TWO = [
  { group: "0", index: 0, question: "A?", goldenAnswers: ["x"] },
  { group: "1", index: 1, question: "B?", goldenAnswers: ["y"] },
];
const ROWS = [
  { question: "A?", answer: "x" },
  { question: "B?", answer: "y" },
];
const JSONL = lines(...ROWS);

test.each<[name: string, content: string | Uint8Array]>([
  ["with a byte order mark and CRLF", `\uFEFF${JSONL.replaceAll("\n", "\r\n\r\n")}`],
  ["with CR alone", JSONL.replaceAll("\n", "\r")],
  ["gzipped in two parts", Buffer.concat(ROWS.map((row) => gzipSync(lines(row))))],
  ["as a list", JSON.stringify(ROWS, null, 2)],
  ["as a list under a name", JSON.stringify({ version: 1, questions: ROWS })],
  ["as a sheet in any case", "QUESTION , Golden Answers\nA?,x\nB?,y\n"],
  ["with cells to spare", "question;answer\nA?;x;;\nB?;y\n"],
])("rows are read %s", async (_, content) => {
  expect(await read(content)).toEqual(TWO);
});

test("what Python writes for a value that is missing is none", async () => {
  const rows =
    '{"question": "Is NaN \\"Infinity\\"?", "answer": NaN}\n{"question": "B?", "id": -Infinity, "answer": "NaN"}\n';
  const told = [{ question: 'Is NaN "Infinity"?' }, { question: "B?", goldenAnswers: ["NaN"] }];
  expect(await read(rows)).toMatchObject(told);
  expect(await read(`[${rows.trim().replace("\n", ",\n")}]`)).toMatchObject(told);
});

test("rows under their ids", async () => {
  expect(await read(JSON.stringify({ one: ROWS[0], two: ROWS[1] }))).toEqual(
    TWO.map((row, at) => ({ ...row, group: ["one", "two"][at] })),
  );
});

test("ids may be numbers, blank, or there twice", async () => {
  const rows = [7, "7", "", null, 1.5].map((id) => ({ id, question: "Q?", answer: "x" }));
  expect(await read(lines(...rows))).toMatchObject(["7", "7#1", "2", "3", "1.5"].map((group) => ({ group })));
});

describe("quotes of a sheet", () => {
  test("that are none end no row", async () => {
    const text = '"Weird Al" is who?\ta singer\nWhat is a 12" disc?\t"LP\n"A ""quoted"" one?"\tx\n';
    expect(await read(`question\tanswer\n${text}`)).toMatchObject([
      { question: '"Weird Al" is who?', goldenAnswers: ["a singer"] },
      { question: 'What is a 12" disc?', goldenAnswers: ['"LP'] },
      { question: 'A "quoted" one?', goldenAnswers: ["x"] },
    ]);
  });

  test("hold line breaks and separators", async () => {
    const text = '"A\nline, two?","x, y"\n';
    expect(await read(`question,answer\n${text}`)).toMatchObject([
      { question: "A\nline, two?", goldenAnswers: ["x, y"] },
    ]);
  });

  test.each([
    [
      "do not close",
      'question,answer\nA?,x\n"B?,y\nC, D?,z\n',
      "Row 2 of .* has a quote that does not close",
    ],
    [
      "are missing",
      "question,answer\nA?,x\nB, C?,y\n",
      'Row 2 of .* has more cells than its head. Write a cell with "," in it',
    ],
  ])("that %s are told", async (_, content, message) => {
    await expect(read(content)).rejects.toThrow(new RegExp(message));
  });
});

test("a file that is not there is told", async () => {
  await expect(readDataset("/nowhere/data.jsonl")).rejects.toThrow("There is no file /nowhere/data.jsonl.");
});
