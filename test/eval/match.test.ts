import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  coverMatch,
  exactMatch,
  lastAnswer,
  normalised,
  substringMatch,
  unicodeNormalised,
  wordF1,
} from "../../src/eval/match.ts";
import { scoresOf, withoutMarks } from "../../src/eval/score.ts";

const recorded = z.object({
  answer: z.string(),
  golden: z.array(z.string()),
  normalised: z.string(),
  em: z.number(),
  subem: z.number(),
  cover_em: z.number(),
});

test("what Search-R1's Python gave for 258 answers, and R1-Searcher's cover match, comes out here", () => {
  const file = new URL("../fixtures/eval/qa-em.jsonl", import.meta.url);
  const rows = readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => recorded.parse(JSON.parse(line)));
  expect(rows).toHaveLength(258);
  for (const { answer, golden, ...wanted } of rows) {
    const given = {
      normalised: normalised(answer),
      em: exactMatch(answer, golden),
      subem: substringMatch(answer, golden),
      cover_em: coverMatch(answer, golden),
    };
    expect({ answer, golden, ...given }).toEqual({ answer, golden, ...wanted });
  }
});

describe("normalised as Search-R1 does it", () => {
  test.each([
    ["U.S.", "us"],
    ["New-York", "newyork"],
    ["1,000", "1000"],
    ["The Who", "who"],
    ["the_end", "theend"],
    ["A", ""],
    ["\u201cx\u201d\u2019\u3002", "\u201cx\u201d\u2019\u3002"],
    ["\u00e9a b", "\u00e9a b"],
    ["\u6f22\u5b57a", "\u6f22\u5b57a"],
    ["an apple  a\tday\n", "apple day"],
    ["a\u0085b\u001cc\ufeffd", "b c\ufeffd"],
  ])("%j is %j", (answer, expected) => {
    expect(normalised(answer)).toBe(expected);
  });
});

describe("normalised in any script", () => {
  test.each([
    ["\u201cRome\u201d.", "rome"],
    ["New\u2013York", "new york"],
    ["9/11", "9 11"],
    ["\uff21\uff22\uff23", "abc"],
    ["nai\u0308ve", "na\u00efve"],
    ["\u5317\u4eac\u3002", "\u5317 \u4eac"],
    ["\u30b9\u30fc\u30d1", "\u30b9\u30fc \u30d1"],
    ["The Who", "who"],
    ["$1,000", "1000"],
    ["\u00bd", "1 2"],
    ["\u0661\u0669\u0667\u0660", "1970"],
    ["\u06f1\u06f9 \u0967\u0968 \u0e52\u0e53 \u{1d7d8}\u{1d7d9}", "19 12 23 01"],
    ["\u0645\u064f\u062d\u0640\u0645\u0651\u062f", "\u0645\u062d\u0645\u062f"],
    ["\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd", "\u05e9\u05dc\u05d5\u05dd"],
    ["\u2764\ufe0f", ""],
    ["\u0130zmir", "izmir"],
  ])("%j is %j", (answer, expected) => {
    expect(unicodeNormalised(answer)).toBe(expected);
  });

  test("the digits of each script are 0 to 9, in their order", () => {
    const digits = Array.from({ length: 0x110000 }, (_, code) => code)
      .filter((code) => code < 0xd800 || code > 0xdfff)
      .map((code) => String.fromCodePoint(code))
      .filter((sign) => /\p{Nd}/u.test(sign));
    expect(digits.map((sign) => unicodeNormalised(sign)).join("")).toBe(
      "0123456789".repeat(digits.length / 10),
    );
    expect(digits.length).toBeGreaterThan(600);
  });
});

test.each([
  ["<think>x</think><answer> Paris </answer>", "Paris"],
  ["<answer>a</answer> no: <answer>b\nc</answer>", "b\nc"],
  ["<answer></answer>", ""],
  ["Paris", undefined],
  ["<answer>Paris", undefined],
  ["<answer>\u0085Paris\u3000</answer>", "Paris"],
])("the answer of %j is %j", (reply, expected) => {
  expect(lastAnswer(reply)).toBe(expected);
});

test("exact match, and the golden answer within it", () => {
  expect(exactMatch("a silver cup.", ["Silver Cup"])).toBe(1);
  expect(exactMatch("two silver cups", ["Silver Cup", "x"])).toBe(0);
  expect(substringMatch("two silver cups", ["Silver Cup"])).toBe(1);
  expect(coverMatch("two silver cups", ["Silver Cup"])).toBe(0);
  expect(coverMatch("the cup was silver", ["Silver Cup"])).toBe(1);
});

test.each([
  ["Paris France", ["Paris"], 2 / 3],
  ["Paris Paris", ["Paris"], 2 / 3],
  ["Rome", ["Paris", "the Rome"], 1],
  ["", ["Paris"], 0],
  ["yes, it is", ["yes"], 0],
  ["Yes.", ["yes"], 1],
])("F1 of %j over %j", (answer, golden, expected) => {
  expect(wordF1(answer, golden)).toBeCloseTo(expected, 12);
});

test("the scores of a run", () => {
  const run = { rawAnswer: "Rome [1, 2].", answered: true, stopReason: "answered", searches: 2 };
  const right = { em: 1, f1: 1, cover_em: 1, subem: 1, em_unicode: 1, f1_unicode: 1 };
  expect(scoresOf(run, ["Rome"])).toEqual({ ...right, format: 1, searches: 2 });
  expect(scoresOf({ ...run, repairs: 1 }, undefined)).toEqual({ format: 0, searches: 2 });
  expect(scoresOf({ ...run, stopReason: "token-budget" }, [])).toEqual({ format: 0, searches: 2 });
});

test.each([
  { rawAnswer: "", answered: false, stopReason: "model-error" },
  { rawAnswer: "Not found. The closest passage: Rome.", answered: false, stopReason: "passage" },
])("no answer is wrong, also where the golden one is empty: $stopReason", (run) => {
  const none = { em: 0, f1: 0, cover_em: 0, subem: 0, em_unicode: 0, f1_unicode: 0 };
  expect(scoresOf({ ...run, searches: 1 }, ["Rome", "the"])).toEqual({ ...none, format: 0, searches: 1 });
});

test.each([
  "Rome [1].",
  "Rome[1][2].",
  "Rome [1, 2].",
  "Rome [1-3]",
  "Rome [1; 2]",
  "Rome [^1]",
  "Rome [Source 1]",
  "Rome［１］",
  "Rome【1】【2†L1-L5】。",
  "Rome [[1]](https://example.org/a_(b)).",
  "Rome [1](https://example.org)",
  "Rome<sup>1, 2</sup>",
])("a mark of any shape is no part of an answer: %s", (rawAnswer) => {
  const run = { rawAnswer, answered: true, stopReason: "answered", searches: 1 };
  expect(scoresOf(run, ["Rome"])).toMatchObject({ em_unicode: 1 });
  expect(withoutMarks(rawAnswer)).toMatch(/^Rome[.。]?$/);
});

test.each(["[1998]", "10<sup>6</sup>", "the years [2020-2024]", "[redacted]", "(1)", "Rome [12345]"])(
  "what is no mark stays: %s",
  (answer) => {
    expect(withoutMarks(answer)).toBe(answer);
  },
);
