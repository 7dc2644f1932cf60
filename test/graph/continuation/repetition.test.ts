import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CORPUS_FOLDER } from "../../../src/assemble/assemble.ts";
import { createRepetitionWatch } from "../../../src/graph/continuation/repetition.ts";

/** Where the watch first fires when a text is fed in chunks; -1 if never. */
function firesAt(text: string, chunk = 4): number {
  const watch = createRepetitionWatch();
  for (let at = 0; at < text.length; at += chunk) {
    if (watch.add(text.slice(at, at + chunk))) return at + chunk;
  }
  return -1;
}

const PROLOGUE = "First I should find out who released the model, and under which licence. ";

test.each([
  ["one token", "wait "],
  ["a sentence", "I should search again, but I have searched already. "],
  [
    "two lines",
    "Alternatively, the answer could be 7.\nBut the source says otherwise, so let me think again.\n",
  ],
  ["letters of two units", "😀"],
])("%s without end is found before long", (_name, piece) => {
  const text = PROLOGUE + piece.repeat(2000);
  const at = firesAt(text);
  expect(at).toBeGreaterThan(PROLOGUE.length);
  expect(at).toBeLessThan(PROLOGUE.length + Math.max(1200, piece.length * 8) + 2 * 500);
});

test.each([
  [
    "seven copies of a paragraph",
    `${"A long paragraph that a careful model may well quote again. ".repeat(6)}\n`.repeat(7).slice(0, 1199),
  ],
  ["a rule of dashes", `Title\n${"-".repeat(600)}\nText`],
  ["a table", Array.from({ length: 60 }, (_, row) => `| row ${row} | value ${row * 7} |`).join("\n")],
  ["counting", Array.from({ length: 2000 }, (_, n) => `${n}, `).join("")],
])("%s is no loop", (_name, text) => {
  expect(firesAt(text)).toBe(-1);
});

test("no article of the corpus is one", () => {
  const text = readdirSync(CORPUS_FOLDER)
    .map((name) => readFileSync(`${CORPUS_FOLDER}/${name}`, "utf8"))
    .join("\n");
  expect(firesAt(text, 37)).toBe(-1);
});

test("where the chunks are cut does not matter to whether it fires", () => {
  const text = PROLOGUE + "again and again ".repeat(300);
  for (const chunk of [1, 3, 100, 5000]) expect(firesAt(text, chunk)).toBeGreaterThan(0);
});
