import { expect, test } from "vitest";
import { readOptions } from "../bench/options.ts";

const SECTIONS = ["speed", "load"];

test("the benchmarks measure all that there is, each nine times, unless they are told otherwise", () => {
  const all = {
    only: SECTIONS,
    write: false,
    turns: 9,
    passages: [10_000, 100_000, 1_000_000],
    patience: 300,
  };
  expect(readOptions([], SECTIONS)).toEqual(all);
  const args = ["--only", "load", "--turns", "1", "--patience", "0", "--passages", "10,20", "--write"];
  const told = { only: ["load"], write: true, turns: 1, passages: [10, 20], patience: 0 };
  expect(readOptions(args, SECTIONS)).toEqual(told);
});

test.each([
  [["--only", "speed,sped"], "→ at only[1]"],
  [["--only", "toString"], "→ at only[0]"],
  [["--only", "speed,,load"], "→ at only[1]"],
  [["--turns", "0"], "→ at turns"],
  [["--turns", "many", "--write"], "→ at turns"],
  [["--turns", "1.5"], "→ at turns"],
  [["--passages", "1000,"], "→ at passages[1]"],
  [["--patience=-1"], "→ at patience"],
  [["--only"], "--only <value>"],
  [["--sections", "speed"], "--sections"],
])("of %j they say what is wrong", (args, why) => {
  const wrong = readOptions(args, SECTIONS);
  expect(wrong).toContain(why);
  expect(wrong).toContain("The sections are speed, load.");
});
