import * as fc from "fast-check";
import stringWidth from "string-width";
import { expect, test } from "vitest";
import { LineWrapper } from "../../../src/cli/terminal/line-wrapper.ts";
import { cutAt, Terminal } from "./screen.ts";

const style = (text: string): string => text;

function wrap(parts: readonly string[], columns: number): string {
  const terminal = new Terminal(columns);
  const wrapper = new LineWrapper(terminal);
  for (const part of parts) wrapper.text(part);
  wrapper.newline();
  return terminal.text;
}

test.each<[what: string, columns: number, text: string, rows: readonly string[]]>([
  ["words", 12, "The quick brown fox jumps", ["The quick", "brown fox", "jumps"]],
  ["a word that just fits", 9, "The quick brown", ["The quick", "brown"]],
  ["white space inside a row stays, at its end not", 7, "a  b      c", ["a  b", "c"]],
  ["wide characters break anywhere", 9, "日本語の文章です", ["日本語の", "文章です"]],
  [
    "closing marks stay behind, opening ones in front",
    6,
    "日本語。「日本」",
    ["日本", "語。", "「日", "本」"],
  ],
  ["Chinese beside Latin words", 10, "使用 LangGraph 编写", ["使用", "LangGraph", "编写"]],
  ["Korean words stay whole", 10, "라이선스 는 무엇", ["라이선스", "는 무엇"]],
  ["Thai words have no mark between them", 12, "ภาษาไทยเขียนไม่เว้นวรรค", ["ภาษาไทยเขียน", "ไม่เว้นวรรค"]],
  ["right-to-left text, in its logical order", 10, "שלום עולם טוב", ["שלום עולם", "טוב"]],
  ["Arabic with its marks", 9, "مَرْحَبًا بِالعَالَم", ["مَرْحَبًا", "بِالعَالَم"]],
  ["combining marks have no width", 5, "e\u0301e\u0301e\u0301 e\u0301", ["e\u0301e\u0301e\u0301 e\u0301"]],
  ["a family is one character of two columns", 5, "👨‍👩‍👧 👨‍👩‍👧", ["👨‍👩‍👧 👨‍👩‍👧"]],
  [
    "a long address is left to the terminal, in one piece",
    12,
    "see https://example.org/a/long/path and what follows",
    ["see", "https://example.org/a/long/path and", "what follows"],
  ],
])("%s", (_, columns, text, rows) => {
  expect(wrap([text], columns).split("\n").slice(0, -1)).toEqual(rows);
});

const ALPHABET = [
  "a",
  "bc",
  " ",
  "  ",
  ".",
  "(",
  ")",
  "日",
  "本",
  "。",
  "「",
  "ー",
  "한",
  "ไทย",
  "ש",
  "מ",
  "م",
  "e\u0301",
  "👨‍👩‍👧",
  "🇩🇪",
  "https://example.org/a",
];
const texts = fc.array(fc.constantFrom(...ALPHABET), { maxLength: 60 }).map((parts) => parts.join(""));

test("however a text is cut, the rows are the same, fit, and have every word", () => {
  fc.assert(
    fc.property(texts, fc.array(fc.nat()), fc.integer({ min: 4, max: 60 }), (text, places, columns) => {
      const whole = wrap([text], columns);
      expect(wrap(cutAt(text, places), columns)).toBe(whole);
      expect(whole.replaceAll(/\s/g, "")).toBe(text.replaceAll(/\s/g, ""));
      // what is wider has nothing at which it could be broken: white space in front of its first word is none
      const tooWide = whole.split("\n").filter((row) => stringWidth(row) > columns && /\S\s/.test(row));
      expect(tooWide.filter((row) => row.split(/\s/).every((run) => stringWidth(run) <= columns))).toEqual(
        [],
      );
    }),
  );
});

test("a terminal that is made smaller is heeded, and prose is never wider than 100 columns", () => {
  const rows = wrap(["word ".repeat(60)], 300).split("\n");
  expect(Math.max(...rows.map((row) => row.length))).toBe(99);
});

test("rows on which a line goes on are indented", () => {
  const terminal = new Terminal(12);
  const wrapper = new LineWrapper(terminal);
  wrapper.begin([{ text: "• ", style }], { text: "  ", style });
  wrapper.text("one two three four");
  wrapper.newline();
  wrapper.text("five");
  wrapper.newline();
  expect(terminal.text).toBe("• one two\n  three four\nfive\n");
});
