import { expect, test } from "vitest";
import { plainLine } from "../../../src/citation/plain-stream.ts";
import { placeOf } from "../../../src/graph/sources.ts";
import { createChance } from "../../simulation/chance.ts";

/** Of what titles are made: also what begins addresses, marks and markup. */
const WORDS = "http https:// ftp www. mailto: a.org h 1 12 AB é sup <b> [1] \u200b ¹";
const SIGNS = "` : ? ! ( ) ' \" - , ~ . / *";
const PARTS = [...WORDS.split(" "), ...SIGNS.split(" ")];

test("a title is shown as plain text, whatever it is made of", () => {
  const chance = createChance(21);
  for (let drawn = 0; drawn < 20_000; drawn += 1) {
    const length = chance.int(1, 8);
    const title = Array.from({ length }, () => chance.pick([" ", "\n", ...PARTS])).join("");
    expect([title, placeOf({ number: 1, title, url: "" }).title]).toEqual([title, plainLine(title)]);
  }
});
