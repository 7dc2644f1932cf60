import * as fc from "fast-check";
import { expect, test } from "vitest";
import { splitPassages } from "../../../src/search/local/passages.ts";

function words(count: number, word = "word"): string {
  return Array.from({ length: count }, (_, index) => `${word}${index}`).join(" ");
}

test("keeps a short text whole, as it is", () => {
  expect(splitPassages("One.\n\nTwo  three.\n")).toEqual(["One.\n\nTwo  three."]);
});

test("makes nothing of nothing", () => {
  expect(splitPassages(" \n ")).toEqual([]);
});

test("cuts between paragraphs", () => {
  const [a, b, c] = [words(120, "a"), words(70, "b"), words(150, "c")];
  expect(splitPassages(`${a}\n\n${b}\n \n${c}`)).toEqual([`${a}\n\n${b}`, c]);
});

test("cuts a long paragraph between sentences", () => {
  const [a, b, c] = [`${words(120, "a")}.`, `${words(70, "b")}!`, `${words(150, "c")}?`];
  expect(splitPassages(`${a} ${b} ${c}`)).toEqual([`${a} ${b}`, c]);
});

test("cuts a long sentence between words", () => {
  const passages = splitPassages(words(450));
  expect(passages.map((passage) => passage.split(" ").length)).toEqual([200, 200, 50]);
  expect(passages.join(" ")).toBe(words(450));
});

test("cuts a long word between characters", () => {
  expect(splitPassages("😀".repeat(1_500)).map((passage) => passage.length)).toEqual([1_600, 1_400]);
});

test("counts two letters without spaces as a word", () => {
  const sentence = `${"字".repeat(99)}。`;
  expect(splitPassages(sentence.repeat(10)).map((passage) => passage.length)).toEqual([300, 300, 300, 100]);
});

test("loses nothing and keeps the order, whatever the text is", () => {
  const piece = fc.constantFrom("word", " ", "\n\n", ". ", "字", "。", "x".repeat(300), "😀", "ไทย");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 2_000, size: "max" }), (pieces) => {
      const text = pieces.join("");
      const passages = splitPassages(text);
      expect(passages.join("").replace(/\s/gu, "")).toBe(text.replace(/\s/gu, ""));
      expect(Math.max(0, ...passages.map((passage) => passage.length))).toBeLessThanOrEqual(2_000);
    }),
    { numRuns: 50 },
  );
});
