import { describe, expect, test } from "vitest";
import { exactMatch, normalised, scoresOf, substringMatch, wordF1 } from "../../src/trajectory/score.ts";

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

test("exact match, and the golden answer within it", () => {
  expect(exactMatch("a silver cup.", ["Silver Cup"])).toBe(1);
  expect(exactMatch("two silver cups", ["Silver Cup", "x"])).toBe(0);
  expect(substringMatch("two silver cups", ["Silver Cup"])).toBe(1);
});

test.each([
  ["Paris France", ["Paris"], 2 / 3],
  ["Paris Paris", ["Paris"], 2 / 3],
  ["Rome", ["Paris", "the Rome"], 1],
  ["", ["Paris"], 0],
])("F1 of %j over %j", (answer, golden, expected) => {
  expect(wordF1(answer, golden)).toBeCloseTo(expected, 12);
});

test("the scores of a run", () => {
  const run = { rawAnswer: "Rome [1, 2].", stopReason: "answered", searches: 2 };
  expect(scoresOf(run, ["Rome"])).toEqual({ em: 1, subem: 1, f1: 1, format: 1, searches: 2 });
  expect(scoresOf({ ...run, repairs: 1 }, undefined)).toEqual({ format: 0, searches: 2 });
  expect(scoresOf({ ...run, stopReason: "token-budget" }, [])).toEqual({ format: 0, searches: 2 });
});
