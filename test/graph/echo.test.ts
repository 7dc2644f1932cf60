import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findEcho, seenText } from "../../src/graph/echo.ts";

const SENTENCES = [
  "Mount Kenya is 5,199 m high and lies on the equator.",
  "It was first climbed in 1899 by a party of three.",
  "The mountain is an extinct volcano with twelve small glaciers.",
  "Is it safe to climb without a guide?",
  "No.",
  "The park around it was founded in 1949 and covers 715 km².",
  "Its name comes from the Kikuyu word for the mountain of whiteness.",
  "Rain falls mostly in spring and in late autumn.",
  "The peaks have been given the names of Maasai chieftains.",
  "Lenana is the highest of them that walkers can reach.",
  "The forests below hold elephants, buffalo and the rare bongo.",
  "Most of the rivers of the country begin on its slopes.",
];
const PAGE = SENTENCES.join(" ");
const seen = [
  seenText(1, "Something else about another mountain, at some length and without haste."),
  seenText(2, PAGE),
];

describe("a text that an earlier one says", () => {
  it.each([
    ["the same", PAGE],
    ["with other white space", SENTENCES.join("\n\n ")],
    ["a part of it", SENTENCES.slice(2, 9).join(" ")],
    ["cut short", `${PAGE.slice(0, 400).replace(/\s\S*$/, "")} …`],
  ])("is told by its number: %s", (_, text) => {
    expect(findEcho(text, seen)).toEqual({ of: 2, rest: "" });
  });

  it.each([
    ["a figure", PAGE.replace("715 km²", "751 km²"), "751 km²"],
    ["a word less", PAGE.replace("It was first climbed", "It was climbed"), "It was climbed"],
  ])("is told with what differs: %s", (_, text, differing) => {
    const long = Array.from(
      { length: 40 },
      (_sentence, at) => `Fact ${at} of this page stands on its own here.`,
    ).join(" ");
    const echo = findEcho(`${long} ${text}`, [seenText(5, `${long} ${PAGE}`)]);
    expect(echo?.of).toEqual(5);
    expect(echo?.rest).toContain(differing);
  });

  it.each([
    ["a bare answer turned round", PAGE.replace(" No. ", " Yes. ")],
    [
      "mostly new",
      [
        ...SENTENCES.slice(0, 3),
        ..."abcdefgh".split("").map((letter) => `New are ${letter} and others.`),
      ].join(" "),
    ],
    ["sentences in another order", SENTENCES.toReversed().join(" ")],
    ["short", "It was first climbed in 1899 by a party of three."],
    ["empty", ""],
  ])("is none when it is %s", (_, text) => {
    expect(findEcho(text, seen)).toEqual(undefined);
  });

  it("is told whatever white space stands between the words of both", () => {
    const words = fc.array(fc.constantFrom("a", "No.", "5,199", "人口。", "high", "…"), { minLength: 20 });
    const space = fc.constantFrom(" ", "  ", "\n", "\t ");
    fc.assert(
      fc.property(words, space, space, (text, one, other) => {
        const seenOnce = (between: string) => [seenText(3, text.join(between))];
        expect(seenOnce(other)).toEqual(seenOnce(one));
        const earlier = [seenText(4, PAGE + other + text.join(other))];
        expect(findEcho(PAGE + one + text.join(one), earlier)).toEqual({ of: 4, rest: "" });
      }),
    );
  });

  it("works in scripts without spaces", () => {
    const text =
      "肯尼亚山高五千一百九十九米。".repeat(3) +
      Array.from({ length: 30 }, (_, at) => `第${at}句话在这里。`).join("");
    expect(findEcho(text, [seenText(7, `前言。${text}`)])).toEqual({ of: 7, rest: "" });
  });

  it("loses no two words that stand together nowhere above, whatever the texts", () => {
    const word = fc.constantFrom("a", "b", "c.", "d!", "e?", "f", "g。", "no.", "5,199", "…", "h\n", "i");
    const text = fc.array(word, { minLength: 1, maxLength: 60 });
    const edit = fc.record({ at: fc.nat(60), word, kind: fc.constantFrom("none", "change", "drop", "add") });
    fc.assert(
      fc.property(text, edit, (words, { at, word: other, kind }) => {
        const filler = Array.from({ length: 60 }, (_, index) => `filler${index}`);
        const before = [...filler, ...words];
        const after = [...before];
        const place = filler.length + (at % words.length);
        if (kind === "change") after[place] = other;
        if (kind === "drop") after.splice(place, 1);
        if (kind === "add") after.splice(place, 0, other);
        const echo = findEcho(after.join(" "), [seenText(1, before.join(" "))]);
        if (echo === undefined) return;
        const known = pairsOf(before.join(" "));
        const told = ` ${split(echo.rest).join(" ")} `;
        for (const pair of pairsOf(after.join(" ").replace(/\s*…$/, ""))) {
          if (known.has(pair)) continue;
          for (const part of pair.split(" ")) expect(told).toContain(` ${part} `);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it("keeps what it tells in order and as it stood", () => {
    const unit = fc.constantFrom(...SENTENCES, "New one.", "And another new one.", "Third!");
    fc.assert(
      fc.property(fc.array(unit, { minLength: 1, maxLength: 60 }), (sentences) => {
        const text = sentences.join(" ");
        const rest = findEcho(text, seen)?.rest ?? "";
        let from = 0;
        for (const line of rest === "" ? [] : rest.split("\n")) {
          const found = text.indexOf(line, from);
          expect(found).toBeGreaterThanOrEqual(from);
          from = found + line.length;
        }
      }),
    );
  });
});

function split(text: string): readonly string[] {
  return text.split(/\s+|(?<=[。！？])/u).filter((word) => word !== "");
}

function pairsOf(text: string): ReadonlySet<string> {
  const words = split(text);
  return new Set(words.slice(1).map((word, at) => `${words[at]} ${word}`));
}
