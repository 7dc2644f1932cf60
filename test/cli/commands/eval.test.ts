import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { readTrajectories } from "../../../src/cli/data/trajectory-file.ts";
import { runProgram } from "../../../src/cli/program.ts";
import { json, type ServerReply } from "../../servers/completions.ts";
import { runOf } from "../../eval/run.ts";
import { startModelAndSearch } from "../model-and-search.ts";
import { createStage } from "../surroundings.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const ROWS = [
  { id: "one", question: "Capital of Italy?", golden_answers: ["Rome"] },
  { id: "two", question: "Capital of France?", golden_answers: ["Paris"] },
];

async function begin(replies: readonly ServerReply[] = []) {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "data.jsonl"), ROWS.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const { server, tavily, environment } = await startModelAndSearch(replies);
  const evaluateAt = async (terminal: boolean, args: readonly string[]) => {
    const stage = createStage({ environment, folder, terminal });
    const exitCode = await runProgram(["eval", "--concurrency", "1", ...args], stage.surroundings);
    return { exitCode, out: stage.out(), err: stage.err() };
  };
  const evaluate = (...args: readonly string[]) => evaluateAt(false, args);
  return { folder, server, tavily, evaluate, evaluateAt };
}

async function runsOf(file: string) {
  const runs = [];
  for await (const run of readTrajectories(file)) runs.push(run);
  return runs;
}

async function keep(folder: string, name: string, right: readonly boolean[]): Promise<void> {
  const runs = right.map((isRight, at) =>
    runOf({
      id: `q${at}/0`,
      group: `q${at}`,
      question: `Question ${at}?`,
      ...(!isRight && { rawAnswer: "Milan", answer: "Milan", citations: [] }),
    }),
  );
  await writeFile(join(folder, name), runs.map((run) => `${JSON.stringify(run)}\n`).join(""));
}

const DATA = { goldenAnswers: ["Rome"] };

function asRecord(line: string): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).parse(JSON.parse(line));
}

test(
  "a data set is asked, and again by each baseline, and all are set side by side",
  { timeout: 60_000 },
  async () => {
    const { evaluate, server, folder } = await begin([
      "I know.\n</think>\n\nRome",
      "I know.\n</think>\n\nLyon",
      "Hm.\n</think>\n\nMilan",
      "Hm.\n</think>\n\nI do not know.",
      "Hm.\n</think>\n\nRome [1].",
      "Hm.\n</think>\n\nParis",
    ]);
    const { exitCode, out, err } = await evaluate(
      "data.jsonl",
      "--out",
      "runs.jsonl",
      "--baseline",
      "direct,one-shot,offline",
      "--json",
    );
    expect(err).toContain("2 runs, 0 failed");
    expect(exitCode).toBe(0);
    const told = z
      .object({
        runs: z.array(
          z.object({
            name: z.string(),
            scores: z.looseObject({ em: z.object({ mean: z.number() }) }),
            searches: z.object({ mean: z.number() }),
            setups: z.record(z.string(), z.number()),
          }),
        ),
        comparisons: z.array(z.looseObject({ first: z.string(), second: z.string(), score: z.string() })),
      })
      .parse(JSON.parse(out));
    expect(told.runs.map(({ name, scores, searches }) => [name, scores.em.mean, searches.mean])).toEqual([
      ["runs", 0.5, 0],
      ["direct", 0, 0],
      ["one-shot", 1, 1],
      ["offline", 0, expect.any(Number)],
    ]);
    expect(told.runs.map(({ setups }) => Object.keys(setups)[0])).toEqual([
      "qwq, m, tavily",
      "direct, m, none",
      "one-shot, m, tavily",
      "qwq, offline-extractive, tavily",
    ]);
    expect(
      told.comparisons.find(({ second, score }) => second === "one-shot" && score === "em"),
    ).toMatchObject({
      first: "runs",
      pairs: 2,
      wins: 0,
      losses: 1,
      p: 1,
      test: "mcnemar",
    });
    const prompts = server.requests.map(
      ({ body }) => z.looseObject({ prompt: z.string() }).parse(body).prompt,
    );
    expect(prompts).toHaveLength(6);
    expect(prompts[2]).toContain("Question: Capital of Italy?");
    expect(prompts[2]).not.toContain("Search results");
    expect(prompts[4]).toContain("Search results:\n\n[1] ");
    expect(await runsOf(join(folder, "runs.direct.jsonl"))).toMatchObject([
      { id: "one/0", rawAnswer: "Milan", answered: true, stopReason: "answered", searches: 0 },
      { id: "two/0", rawAnswer: "I do not know.", answered: false, stopReason: "not-found" },
    ]);
    expect(await runsOf(join(folder, "runs.one-shot.jsonl"))).toMatchObject([
      { rawAnswer: "Rome [1].", searches: 1, citations: [{ number: 1, known: true }] },
      { rawAnswer: "Paris", queries: [{ query: "Capital of France?", status: "found" }] },
    ]);
    // nothing is asked again
    await evaluate("data.jsonl", "--out", "runs.jsonl", "--baseline", "direct,one-shot");
    expect(server.requests).toHaveLength(6);
  },
);

test("runs that are there are scored by the answers that the data set has now, and never by those of another", async () => {
  const { evaluate, folder, server } = await begin(["Hm.\n</think>\n\nRome", "Hm.\n</think>\n\nLyon"]);
  const asked = await evaluate("data.jsonl", "--out", "runs.jsonl");
  expect(asked.out).toMatch(/^em +50\.0 \[/m);
  const mended = ROWS.map((row, at) => ({
    ...row,
    golden_answers: at === 1 ? ["Lyon"] : ["Milan"],
    answerable: true,
  }));
  await writeFile(join(folder, "data.jsonl"), mended.map((row) => `${JSON.stringify(row)}\n`).join(""));
  expect((await evaluate("data.jsonl", "--out", "runs.jsonl", "--limit", "1")).out).toMatch(/^em +0\.0 \[/m);
  expect((await evaluate("data.jsonl", "--out", "runs.jsonl")).out).toMatch(/^em +50\.0 \[/m);
  const other = { id: "two", question: "Capital of Spain?", golden_answers: ["Madrid"] };
  await writeFile(join(folder, "other.jsonl"), JSON.stringify(other));
  expect(await evaluate("other.jsonl", "--out", "runs.jsonl")).toMatchObject({
    exitCode: 2,
    out: "",
    err: expect.stringContaining(
      'holds runs of another data set: its two/0 was asked "Capital of France?", and not "Capital of Spain?". Name another --out.',
    ),
  });
  expect(server.requests).toHaveLength(2);
});

test("a baseline's failed request is a run that failed, and wrong", async () => {
  const refused = { status: 400, ...json({ error: { message: "no such model" } }) };
  const { evaluate, folder } = await begin(["x\n</think>\n\nRome", refused]);
  const { out } = await evaluate("data.jsonl", "--out", "runs.jsonl", "--limit", "1", "--baseline", "direct");
  expect(out).toMatch(/^runs +1, 0 failed +1, 1 failed$/m);
  expect(out).toMatch(/^em +100\.0 \[100\.0, 100\.0\] +0\.0 \[0\.0, 0\.0\]$/m);
  expect(await runsOf(join(folder, "runs.direct.jsonl"))).toMatchObject([
    { stopReason: "model-error", failure: { code: "model-rejected" } },
  ]);
});

describe("saved runs", () => {
  test("are compared question by question, with no model set", async () => {
    const { evaluate, folder } = await begin();
    const right = Array.from({ length: 12 }, () => true);
    await keep(folder, "new.jsonl", right);
    await keep(
      folder,
      "old.jsonl",
      right.map((_, at) => at < 4),
    );
    const { exitCode, out } = await evaluate("new.jsonl", "--against", "old.jsonl");
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^ +new +old$/m);
    expect(out).toContain("em: new less old 66.7 [");
    expect(out).toContain("8 better, 0 worse of 12; p 0.0078 (McNemar's exact test).");
    expect(out).toMatch(/^citation precision +100\.0 \(12 of 12\) +100\.0 \(4 of 4\)$/m);
  });

  test("are cut to the same questions by --limit, whatever their order and their number", async () => {
    const { evaluate, folder } = await begin();
    await keep(folder, "new.jsonl", [true, true, false, false, true]);
    await keep(folder, "old.jsonl", [false, true, true]);
    const lines = (await readFile(join(folder, "new.jsonl"), "utf8")).trim().split("\n");
    const moved = lines.map((line, index) => JSON.stringify({ ...asRecord(line), data: { ...DATA, index } }));
    await writeFile(join(folder, "new.jsonl"), moved.toReversed().join("\n"));
    const { out } = await evaluate("new.jsonl", "--against", "old.jsonl", "--limit", "2");
    expect(out).toMatch(/^questions +2, 2 scored +2, 2 scored$/m);
    expect(out).toContain("1 better, 0 worse of 2; p 1.0000 (McNemar's exact test).\n");
    const whole = await evaluate("new.jsonl", "--against", "old.jsonl");
    expect(whole.out).toContain("Not compared: 2 questions of new alone, 0 of old alone.");
  });

  test("are read gzipped, with a byte order mark, and as far as they are written", async () => {
    const { evaluate, folder } = await begin();
    await keep(folder, "runs.jsonl", [true, true, false]);
    const text = `\uFEFF${await readFile(join(folder, "runs.jsonl"), "utf8")}`.replaceAll("\n", "\r\n");
    await writeFile(join(folder, "runs.jsonl.gz"), gzipSync(text));
    await writeFile(join(folder, "half.jsonl"), text.slice(0, -100));
    const { out, err } = await evaluate("runs.jsonl.gz", "--against", "half.jsonl");
    expect(out).toMatch(/^ +runs +half$/m);
    expect(out).toMatch(/^questions +3, 3 scored +2, 2 scored$/m);
    expect(err).toBe(`Line 3 of ${join(folder, "half.jsonl")} is half a run, which is left out.\n`);
    await writeFile(join(folder, "both.jsonl"), text + text.slice(1));
    const both = await evaluate("both.jsonl");
    expect(both.out).toMatch(/^questions +3, 3 scored$/m);
    expect(both.err).toBe(
      `3 runs of ${join(folder, "both.jsonl")} have the ids of later ones, which alone are scored.\n`,
    );
    await writeFile(join(folder, "list.json"), `[${text.trim().replaceAll("\r\n", ",")}]`);
    const listed = await evaluate("list.json", "--out", "new.jsonl");
    expect(listed).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining("holds runs, and no data set."),
    });
  });

  test("are written as one page that loads nothing, with what models wrote as text", async () => {
    const { evaluate, folder } = await begin();
    const evil = runOf({ rawAnswer: '<img src=x onerror="alert(1)">', question: "A <b>?" });
    await writeFile(join(folder, "runs.jsonl"), `${JSON.stringify(evil)}\n`);
    await evaluate("runs.jsonl", "--html", "out/page.html");
    const page = await readFile(join(folder, "out/page.html"), "utf8");
    expect(page).toContain("<h1>Evaluation of runs</h1>");
    expect(page).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;");
    expect(page).not.toMatch(/<img|<b>\?|<script(?! type="application\/json")|\s(?:src|href|style)=(?!x)/);
    expect(page.match(/<svg /g)).toHaveLength(4);
  });

  test("are judged once by the model of the settings", async () => {
    const { evaluate, evaluateAt, folder, server } = await begin([
      "Same.\nCORRECT",
      "Hm.\n</think>\nOther.\nINCORRECT",
      "no idea",
    ]);
    await keep(folder, "runs.jsonl", [true, false, false]);
    const judge = async () => evaluate("runs.jsonl", "--judge", "simpleqa", "--json");
    const { out, err } = await judge();
    const judged = z.object({
      runs: z.array(z.looseObject({ judge: z.looseObject({ counts: z.unknown(), f1: z.number() }) })),
    });
    expect(judged.parse(JSON.parse(out)).runs[0]?.judge).toMatchObject({
      counts: { correct: 1, incorrect: 1, notAttempted: 0, unreadable: 1 },
      correctGivenAttempted: 1 / 3,
    });
    expect(err).toContain("No grade can be read from what the judge wrote of q2/0: no idea");
    const seen = await evaluateAt(true, ["runs.jsonl", "--judge", "simpleqa"]);
    expect(seen.err).toContain("/3 q");
    // the one that had no grade is asked again
    expect(server.requests).toHaveLength(4);
  });
});

test.each([
  [["eval"], "eval takes a data set or a file of runs"],
  [["eval", "data.jsonl"], "eval keeps the runs of a data set: agentic-rag eval data.jsonl --out <file>"],
  [
    ["eval", "data.jsonl", "--out", "r.jsonl", "--baseline", "rag"],
    '--baseline has no "rag". Name direct, one-shot, offline.',
  ],
  [["eval", "data.jsonl", "--judge", "gpt"], '--judge has no "gpt". Name simpleqa, hle.'],
])("%j is told", async (args, message) => {
  const { evaluate } = await begin();
  const { exitCode, err } = await evaluate(...args.slice(1));
  expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining(message) });
});
