import { expect, test } from "vitest";
import { joinTexts } from "../../../../src/search/engines/wire/snippet.ts";

test.each([
  [[], ""],
  [[null, undefined, " ", "...", "\u200B"], ""],
  [["..."], ""],
  [["one", "two"], "one\ntwo"],
  [["one", "one"], "one"],
  [["one two three", "two"], "one two three"],
  [["... two ...", "zero", "one two three"], "zero\none two three"],
  [["… a\n b …", "x a b y"], "x a b y"],
  [["The end.", "Then: the end", "The end"], "The end.\nThen: the end"],
  [["a..", "b"], "a..\nb"],
])("joins %j", (pieces, text) => {
  expect(joinTexts(pieces)).toBe(text);
});

test("takes 50 pieces at most", () => {
  const pieces = Array.from({ length: 60 }, (_, index) => `piece ${index};`);
  expect(joinTexts(pieces)).toBe(pieces.slice(0, 50).join("\n"));
});
