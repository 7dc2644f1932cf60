import { describe, expect, test } from "vitest";
import { beginningsOf } from "../../../src/text/word-patterns/beginnings.ts";
import { createWordPatterns } from "../../../src/text/word-patterns/word-patterns.ts";

describe("how the matches of a pattern begin", () => {
  test.each([
    [String.raw`(?<!\p{L})(?:still|noch(?! nicht)|nach wie vor)(?!\p{L})`, "still= noch= nach="],
    [
      String.raw`(?<![\p{L}\p{M}])(?:refus(?:es?|al) to|sigue\p{L}*|alle[nrsm]?)(?![\p{L}\p{M}])`,
      "refus sigue alle",
    ],
    [String.raw`(?<!\p{L})(?:sources?|i|we)\s+say`, "source i= we="],
    [String.raw`(?<!\p{L})(?:i|we)(?: am|['’]m) unable`, "i= we="],
    [String.raw`^[\s\p{P}]*(?:(?:there is )?no(?!\p{L})|如果)`, "^there= ^no= ^如果"],
    [String.raw`^[ \t]*-?(?:sq\.? km|met(?:re|er)s?)`, "^sq ^met"],
    [String.raw`[不没]|(?<!除)非|ない`, "*不 *没 *非 *ない"],
    [String.raw`not (?:mentioned )?in|\bno\.\s?\d`, "*not  *no"],
    [String.raw`(?<!\p{L})(?:דائمًا|l['’]an)(?!\p{L})|[?？]\s*$`, "דائم= l= *? *？"],
    [String.raw`(?<!\p{L})(?:ha(?:ve)?|(?:up )?to(?= \d))(?!\p{L})|\p{L}+ly`, "ha up= to="],
    [String.raw`(?<!\p{L})(?:ſtill|GROẞ)(?!\p{L})`, "still= groß="],
  ])("%s", (source, expected) => {
    const signs = { anywhere: "*", text: "^", word: "" };
    expect(
      beginningsOf(source)
        .map(({ letters, place, isWhole }) => signs[place] + letters + (isWhole ? "=" : ""))
        .join(" "),
    ).toBe(expected);
  });

  test("what is not written out cannot be looked up", () => {
    expect(() => beginningsOf(String.raw`[^a]b`)).toThrow("A match may begin with no letter: [^a]b");
    expect(() => beginningsOf("(?:a|b")).toThrow("A group does not end: (?:a|b");
  });
});

const SOURCES = [
  String.raw`(?<![\p{L}])(?:still|noch(?! (?:nicht|nie))|nach wie vor|sigue\p{L}*|لا يزال|עדיין)(?![\p{L}])|仍|还在`,
  String.raw`(?<![\p{L}\p{M}])(?:no|not|n(?:e\s+|['’])pas|never|kein\p{L}{0,2}|straße|größer|لا|לא)(?![\p{L}\p{M}])|[不没]`,
  String.raw`^[\s\p{P}]*(?:(?:so|thus|i(?:['’]ll| will))(?!\p{L})|因此)`,
  String.raw`\b(?:not only|no\.\s?\d)|не только|लेकिन|แต่`,
  String.raw`(?<!\p{L})(?:kaum|sicher|fix\p{L}*)(?!\p{L})|لا يزال`,
];
const PIECES =
  "still noch nicht nie nach wie vor sigue siguen لا يزال עדיין 仍 还在 no not only ne pas n’ never kein keine STRASSE Straße größer gro\u0308ßer GRÖẞER לא 不 没 So thus I’ll i will 因此 no. 5 не только लेकिन แต่ kaum \u212aaum ſtill ſo ﬁx fixed İ ı ünot \ud800 😀 \u0301 xnot ا not٣ _not \u00a0 ² …".split(
    " ",
  );

test("a pattern finds in every text what it finds without being looked up first", () => {
  const pattern = createWordPatterns();
  const patterns = SOURCES.map((source) => ({ plain: new RegExp(source, "giu"), made: pattern(source) }));
  let seed = 21;
  const below = (count: number): number => {
    seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return Math.floor((seed / 2 ** 32) * count);
  };
  let matches = 0;
  for (let round = 0; round < 3000; round += 1) {
    const text = Array.from(
      { length: 1 + below(6) },
      () => (PIECES[below(PIECES.length)] ?? "") + ([" ", " ", "", "-", ". ", "\n"][below(6)] ?? ""),
    ).join("");
    for (const { plain, made } of patterns) {
      const found = text.match(plain) ?? [];
      matches += found.length;
      expect([text, ...made.match(text)]).toEqual([text, ...found]);
      expect(made.test(text)).toBe(found.length > 0);
      expect(made.matchAll(text).map(({ index }) => index)).toEqual(
        [...text.matchAll(plain)].map(({ index }) => index),
      );
      expect(made.replaceAll(text, () => "_")).toBe(text.replaceAll(plain, "_"));
    }
  }
  expect(matches).toBeGreaterThan(3000);
});

test("what stands in each match is told where a match begins with any letter", () => {
  const pattern = createWordPatterns();
  const negated = pattern(String.raw`(?<!\p{L})(?:not|\p{L}+n['’]t)(?!\p{L})`, "n't", "n’t");
  expect(negated.match("It isn’t and DIDN'T.")).toEqual(["isn’t", "DIDN'T"]);
  expect(negated.match("It is.")).toEqual([]);
});
