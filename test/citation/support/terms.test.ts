import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { stemKey } from "../../../src/citation/support/terms.ts";

const TEXTS = 200;
const CHARACTERS = 500_000;

test("the key of a word is remembered without the text that the word was cut from", () => {
  const before = heapInUse();
  for (let number = 0; number < TEXTS; number += 1) {
    const word = `counterrevolutionaries${number}`;
    const text = word + "x".repeat(CHARACTERS);
    stemKey(JSON.parse(JSON.stringify(text)).slice(0, word.length));
  }
  expect((heapInUse() - before) / (TEXTS * CHARACTERS)).toBeLessThan(0.5);
});

test("a word of half a character has a key, too", () => {
  expect(stemKey("counterrevolution\ud800")).toBe(stemKey("counterrevolution\ud800"));
});

function heapInUse(): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
  return process.memoryUsage().heapUsed;
}
