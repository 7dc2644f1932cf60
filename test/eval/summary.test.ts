import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import { toCase } from "../../src/eval/case.ts";
import { compare } from "../../src/eval/compare.ts";
import { evidenceFound } from "../../src/eval/evidence.ts";
import { summarise } from "../../src/eval/summary.ts";
import { alignedRows } from "../../src/eval/table.ts";
import { citation, runOf } from "./run.ts";

const WRONG = { rawAnswer: "Milan", answer: "Milan", citations: [], uncited: ["Milan."] };
const FAILED = {
  rawAnswer: "",
  answered: false,
  stopReason: "model-error",
  failure: { code: "model-unreachable", message: "gone" },
  citations: [],
  searches: 0,
};

const RUNS = [
  runOf(),
  runOf({ id: "two/0", group: "two", question: "Q2?", ...WRONG }),
  runOf({ id: "three/0", group: "three", question: "Q3?", ...FAILED }),
  runOf({
    id: "four/0",
    group: "four",
    question: "Q4?",
    data: { answerable: false },
    answered: false,
    stopReason: "not-found",
    rawAnswer: "Not found in the sources.",
    citations: [],
    searches: 3,
  }),
];

test("nothing is left out: a failed run is wrong, and counted in every sum", () => {
  const summary = summarise(RUNS.map(toCase));
  expect(summary).toMatchObject({
    runs: 4,
    questions: 4,
    scored: 3,
    failed: 1,
    setups: { "qwq, m, tavily": 4 },
    refusals: {
      false: { count: 0, of: 3, share: 0 },
      honest: { count: 1, of: 1, share: 1 },
    },
    searches: { mean: 1.25, counts: { "0": 1, "1": 2, "3": 1 } },
    stopReasons: { answered: 2, "model-error": 1, "not-found": 1 },
    milliseconds: { mean: 1000, median: 1000, p95: 1000, max: 1000 },
    citations: {
      precision: { count: 1, of: 1, share: 1 },
      recall: { count: 1, of: 2, share: 0.5 },
    },
    evidence: undefined,
    judge: undefined,
  });
  expect(summary.scores.em?.mean).toBe(1 / 3);
  expect(summary.scores.em?.low).toBe(0);
  expect(summary.scores.em?.high).toBe(1);
});

test("what other programs could not write as a number is 0, and every sum stays one", () => {
  const usage = { completionTokens: -5, estimated: false, milliseconds: null, promptTokens: 1.7e308 };
  const run = runOf({ citations: [{ known: null, verdict: 7 }], searches: -1 });
  const one = toCase({ ...run, usage });
  const summary = summarise([one, toCase({ ...run, id: "two/0", usage: { ...usage, promptTokens: 1e308 } })]);
  const nothing = { mean: 0, median: 0, p95: 0, max: 0 };
  expect(summary).toMatchObject({
    milliseconds: nothing,
    promptTokens: nothing,
    completionTokens: nothing,
    searches: { mean: 0, counts: { 0: 2 } },
    citations: { precision: { count: 0, of: 2, share: 0 } },
  });
});

test("the order of a file and the names of its questions change nothing", () => {
  const cases = RUNS.map(toCase);
  expect(summarise([...cases].reverse())).toEqual(summarise(cases));
});

test("samples of a question count as one question", () => {
  const samples = [
    runOf(),
    runOf({ id: "one/1", ...WRONG }),
    runOf({ id: "two/0", group: "two", question: "Q2?" }),
  ];
  const { scores, scored, runs } = summarise(samples.map(toCase));
  expect([scores.em?.mean, scored, runs]).toEqual([0.75, 2, 3]);
});

function caseOf(source: string, id: string, more = {}) {
  return toCase(runOf({ id, group: id, question: id, data: { source, goldenAnswers: ["Rome"] }, ...more }));
}

test("data sets in one file are told apart", () => {
  const { sources } = summarise([caseOf("nq", "a"), caseOf("nq", "b", WRONG), caseOf("popqa", "c")]);
  expect(sources).toEqual({
    nq: { questions: 2, em: 0.5, f1: 0.5 },
    popqa: { questions: 1, em: 1, f1: 1 },
  });
});

test("marks are precise where their source supports them; a sentence is covered by one that does", () => {
  const both = [
    citation("supported"),
    citation("unsupported"),
    citation("partly", "More."),
    citation("supported", "X.", false),
  ];
  const { citations, sentences } = toCase(runOf({ citations: both, uncited: ["Y."] }));
  expect({ citations, sentences }).toEqual({
    citations: { supported: 1, partly: 1, all: 4 },
    sentences: { supported: 1, all: 4 },
  });
  expect(toCase(runOf({ uncited: undefined })).sentences).toBeUndefined();
});

function named(title: string, url: string) {
  return [{ title, url }];
}

describe("evidence is found by title and by address", () => {
  test.each([
    ["Easy Living (1937 film)", named('"Easy Living (1937 film)"', ""), 1],
    ["Easy Living (1937 film)", named("Easy Living (1949 film)", ""), 0],
    ["https://en.wikipedia.org/wiki/Harriet_Lane", named("Harriet Lane - Wikipedia", "https://x.org"), 1],
    ["Zürich", named("x", "https://de.wikipedia.org/wiki/Z%C3%BCrich#Geschichte"), 1],
    ["https://www.example.org/a/", named("x", "http://example.org/a#top"), 1],
    ["https://example.org/a", named("x", "https://example.org/b"), 0],
  ])("%s", (evidence, sources, found) => {
    expect(evidenceFound([evidence], sources)).toEqual({ found, known: 1 });
  });

  test("its recall is over runs that have any", () => {
    const data = { goldenAnswers: ["Rome"], evidence: ["Italy", "Lazio"] };
    const cases = [toCase(runOf({ data })), toCase(runOf({ id: "b", group: "b" }))];
    expect(summarise(cases).evidence).toEqual({ recall: 0.5, all: 0, of: 1 });
    expect(toCase(runOf({ data: { evidence: [] } })).evidence).toBeUndefined();
  });
});

function many(right: number, samples = 1) {
  return Array.from({ length: 20 * samples }, (_, at) => {
    const group = String(at % 20).padStart(2, "0");
    const wrong = at % 20 < right ? {} : WRONG;
    return toCase(runOf({ id: `${group}/${at}`, group, question: `Q${group}?`, ...wrong }));
  });
}

describe("two runs are compared question by question", () => {
  test("by McNemar's exact test where each is right or wrong", () => {
    expect(compare(many(15), many(5), { score: "em" })).toMatchObject({
      pairs: 20,
      wins: 10,
      losses: 0,
      difference: { mean: 0.5 },
      p: 2 / 2 ** 10,
      test: "mcnemar",
    });
    expect(compare(many(5), many(5), { score: "em" })).toMatchObject({ wins: 0, losses: 0, p: 1 });
  });

  test("by permutation where it is a mean", () => {
    const mixed = [...many(20), ...many(5)].map((one, at) => ({ ...one, id: String(at) }));
    const compared = compare(mixed, many(5), { score: "em" });
    expect(compared).toMatchObject({ pairs: 20, wins: 15, losses: 0, test: "permutation" });
    expect(compared.p).toBeLessThan(0.001);
  });

  test("what only one has is told", () => {
    expect(compare(many(20).slice(0, 15), many(20).slice(5), { score: "em" })).toMatchObject({
      pairs: 10,
      onlyFirst: 5,
      onlySecond: 5,
    });
  });
});

test("columns of a table are as wide as a terminal shows what is in them", () => {
  const rows = [
    ["", "評価", "old"],
    ["em", "50.0", "1"],
  ];
  expect(alignedRows(rows, stringWidth)).toBe("    評価  old\nem  50.0  1");
});
