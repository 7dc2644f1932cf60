import { expect, test } from "vitest";
import { ALL_FUNCTION_WORDS, FUNCTION_WORDS } from "../../src/text/function-words.ts";

test.each(Object.entries(FUNCTION_WORDS))("those of %s are words as they are looked up", (_, list) => {
  expect(list.size).toBeGreaterThan(20);
  expect(
    [...list].filter((word) => word !== word.normalize("NFKC").toLowerCase() || /\s/u.test(word)),
  ).toEqual([]);
  expect([...list].filter((word) => !ALL_FUNCTION_WORDS.has(word))).toEqual([]);
});
