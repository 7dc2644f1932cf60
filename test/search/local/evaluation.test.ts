import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FOLDERS, HALVES, readQuestions, type Question } from "../../../bench/documents/questions.ts";
import { holds, judge, type Verdict } from "../../../bench/documents/score.ts";
import { parseFile } from "../../../src/search/local/documents/file.ts";

const halves = HALVES.map((half) => [half, readQuestions(half)] as const);
const all = halves.flatMap(([, questions]) => questions);

test("each question lies in the half that its hash says, once, with an answer unless there is none", () => {
  expect(all.length).toBe(389);
  expect(new Set(all.map(({ question, documents }) => `${documents} ${question}`)).size).toBe(all.length);
  for (const [half, questions] of halves) {
    for (const { question, kind, answers, files } of questions) {
      const even = (createHash("sha256").update(question).digest()[0] ?? 0) % 2 === 0;
      expect([question, half]).toEqual([question, even ? "tune" : "frozen"]);
      expect([question, answers.length > 0, files.length > 0]).toEqual([
        question,
        kind !== "unanswerable",
        kind !== "unanswerable",
      ]);
    }
  }
});

test("the frozen half and its documents are as they were frozen", () => {
  const hash = createHash("sha256");
  hash.update(readFileSync(new URL("../../../bench/documents/frozen.jsonl", import.meta.url)));
  const paths = readdirSync(FOLDERS.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith(".agentic-rag"))
    .map(({ parentPath, name }) => join(parentPath, name));
  for (const path of paths.sort()) hash.update(readFileSync(path));
  expect(paths.length).toBe(75);
  expect(hash.digest("hex")).toBe("43f9582503f94e31ce8e98528279d5f5deef86456cc55ceef186747b9c058043");
});

/** Text files in other encodings than UTF-8. */
const ENCODINGS: Readonly<Record<string, string>> = {
  "de/preise.csv": "windows-1252",
  "de/satzung.txt": "windows-1252",
  "ja/議事録.txt": "shift_jis",
  "ko/사무실.txt": "euc-kr",
  "zh/办公说明.txt": "gb18030",
};

/** A file's text, for a PDF as it is indexed; nothing for office documents. */
async function textOf(documents: Question["documents"], file: string): Promise<string | undefined> {
  const bytes = readFileSync(join(FOLDERS[documents], file));
  if (file.startsWith("office-files/")) return undefined;
  if (file.endsWith(".pdf")) return (await parseFile(file, bytes)).text;
  return new TextDecoder(ENCODINGS[file] ?? "utf-8", { fatal: true }).decode(bytes);
}

test("the named files hold the accepted answers", async () => {
  const missing: string[] = [];
  for (const { question, documents, files, answers } of all) {
    const texts = await Promise.all(files.map((file) => textOf(documents, file)));
    // a CJK font with a predefined character map, or an office document
    if (texts.some((text) => text === undefined || text.trim() === "")) continue;
    const lacking = answers.filter(
      (spellings) => !spellings.some((spelling) => holds(texts.join("\n"), spelling)),
    );
    if (lacking.length > 0) missing.push(`${question} ${JSON.stringify(lacking)}`);
  }
  expect(missing).toEqual([]);
});

const FACT = { kind: "answerable", answers: [["42 litres"], ["blue", "azure"]] } as const;
const table: readonly [string, boolean, typeof FACT.kind | "misleading" | "unanswerable", Verdict][] = [
  ["It moves 42  Litres and is azure [[1]](file:///a.md).", true, "answerable", "right"],
  ["It moves 42 litres.", true, "answerable", "partly"],
  ["It moves 142 litres.", true, "answerable", "wrong"],
  ["See [[1]](https://a.example/42-litres-blue).", true, "answerable", "wrong"],
  ["Closest passage: 42 litres, blue.", false, "answerable", "partly"],
  ["Closest passage: 42 litres.", false, "answerable", "false refusal"],
  ["Not found.", false, "misleading", "honest refusal"],
  ["It is red.", true, "misleading", "wrong"],
  [`42 litres, blue ${"and so on ".repeat(60)}`, true, "answerable", "partly"],
];

test.each(table)("judges %j (answered: %j, %s) as %s", (answer, answered, kind, verdict) => {
  expect(judge({ ...FACT, kind, answers: FACT.answers.map((some) => [...some]) }, { answer, answered })).toBe(
    verdict,
  );
});

test("judges what is said where there is nothing to say", () => {
  const nothing = { kind: "unanswerable", answers: [] } as const;
  expect(judge({ ...nothing, answers: [] }, { answer: "It is 7.", answered: true })).toBe("wrong");
  expect(judge({ ...nothing, answers: [] }, { answer: "Not found.", answered: false })).toBe(
    "honest refusal",
  );
});
