import { describe, expect, it } from "vitest";
import { perWord } from "../../src/text/per-word.ts";

describe("what is worked out of words", () => {
  const asked: string[] = [];
  const lengthOf = perWord((word) => {
    asked.push(word);
    return word === "nil" ? null : word.length;
  });

  it.each([
    { words: ["a", "b", "a"], made: ["a", "b"], values: [1, 1, 1] },
    { words: ["Wasserkraftwerk", "Wasserkraftwerk"], made: ["Wasserkraftwerk"], values: [15, 15] },
    { words: ["nil", "nil"], made: ["nil"], values: [null, null] },
    { words: ["", ""], made: [""], values: [0, 0] },
    { words: ["x".repeat(65), "x".repeat(65)], made: ["x".repeat(65), "x".repeat(65)], values: [65, 65] },
  ])("is kept for $words", ({ words, made, values }) => {
    asked.length = 0;
    expect(words.map(lengthOf)).toEqual(values);
    expect(asked).toEqual(made);
  });

  it("is worked out again where it was forgotten for other words", () => {
    lengthOf("first");
    for (let index = 0; index < 20_000; index += 1) lengthOf(`w${index}`);
    asked.length = 0;
    expect(lengthOf("first")).toBe(5);
    expect(asked).toEqual(["first"]);
  });
});
