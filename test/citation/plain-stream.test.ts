import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createPlainStream, plainText, withWholeName } from "../../src/citation/plain-stream.ts";
import { HOSTILE_PIECES } from "../safety/hostile-pieces.ts";
import { dangersIn } from "../safety/rendered-answer.ts";

const ESC = "\u001B";

function shown(text: string, size: number): string {
  const stream = createPlainStream();
  let out = "";
  for (let at = 0; at < text.length; at += size) out += stream.add(text.slice(at, at + size));
  return out + stream.end();
}

test.each([
  ["a ![beacon](https://evil.example/?q=1) b", "a beacon b"],
  ["[click](https://evil.example)", "click `https://evil.example`"],
  ["see https://evil.example/x now", "see `https://evil.example/x` now"],
  ['<img src="https://evil.example">', '< img src="`https://evil.example`">'],
  ["<script>x</script>", "< script>x< /script>"],
  [`${ESC}]8;;x${ESC}\\word${ESC}[31m`, "]8;;x\\word[31m"],
  ["\u202Eabc\u2066d", "abcd"],
  ["\n\n  Let me look. [1] a < b\n\nMore.\n", "\n\n  Let me look. [1] a < b\n\nMore.\n"],
  ["`![code](https://a.example)` stays", "`![code](https://a.example)` stays"],
])("%j is seen as %j, wherever it is cut", (text, seen) => {
  for (const size of [1, 2, 3, 7, 1000]) expect(shown(text, size)).toBe(seen);
});

test.each([
  ["It is so [1]. Or so [2, 3][^4] `[5]`.", [[1], [2, 3], [4]]],
  ["$x_i = a[6] + b$, [7](https://a.example), 【8†L1】 [Source 9]\n```\n[10]\n```", [[7], [8], [9]]],
])("of %j it tells what is cited, wherever it is cut", (text, expected) => {
  for (const size of [1, 2, 3, 7, 1000]) {
    const cited: (readonly number[])[] = [];
    const stream = createPlainStream({ onCited: (numbers) => cited.push(numbers) });
    for (let at = 0; at < text.length; at += size) stream.add(text.slice(at, at + size));
    stream.end();
    expect(cited).toEqual(expected);
  }
});

test("what a mark cites is told when it is whole, and not at all where numbers cite nothing", () => {
  const told: string[] = [];
  const cites = createPlainStream({ onCited: (numbers) => told.push(numbers.join()) });
  const citesNothing = createPlainStream({ numbers: false, onCited: () => told.push("nothing") });
  for (const part of ["So [", "1", "]", ". And", " [2] "]) {
    cites.add(part);
    citesNothing.add(part);
    told.push(part);
  }
  expect(told).toEqual(["So [", "1", "]", "1", ". And", "2", " [2] "]);
});

/** What an eager stream gives for each piece, and then for the end. */
function given(pieces: readonly string[]): readonly string[] {
  const stream = createPlainStream({ eager: true });
  return [...pieces.map((piece) => stream.add(piece)), stream.end()];
}

describe("an eager stream", () => {
  test.each([
    ["a word", ["Q", "wQ", "-3", "2B", " is"], ["Q", "wQ", "-3", "2B", "", " is"]],
    ["Arabic", ["ال", "قاهرة", " هي"], ["ال", "قاهرة", "", " هي"]],
    ["marks of letters", ["E\u0301", "mi", "\u0301", "le"], ["E\u0301", "mi", "\u0301", "le", ""]],
    ["a number", ["1", ".", " One", " is"], ["1", "", "", ". One", " is"]],
    ["half an address", ["ht", "tps", "://", "a.b", " is"], ["", "", "", "", "`https://a.b`", " is"]],
    ["no address after all", ["h", "ow", " so"], ["", "how", "", " so"]],
    ["a name", ["Book", "ing", ".", "com", " is"], ["Book", "ing", "", "", "`.com`", " is"]],
    ["the rest of a name's word", ["Book", "ing.com is"], ["Book", "ing`.com`", " is"]],
    ["mail", ["me", "@host", ".org", ","], ["me", "", "", "`@host.org`,", ""]],
    ["another scheme", ["smb", "://", "a/b", " is"], ["smb", "", "", "`://a/b`", " is"]],
    ["an address of a host", ["192", ".0.2", ".1", " is"], ["192", "", "", "`.0.2.1`", " is"]],
  ])("lets %s at the beginning go at once", (_, pieces, expected) => {
    expect(given(pieces)).toEqual(expected);
  });

  test("gives the first word of the next text at once, too", () => {
    const stream = createPlainStream({ eager: true });
    expect([stream.add("on"), stream.add("ce so"), stream.end(), stream.add("an")]).toEqual([
      "on",
      "ce",
      " so",
      "an",
    ]);
  });

  test("gives the same text, though code may begin within its first word, and nothing more that is loaded, run or linked", () => {
    const pieces = fc.array(fc.constantFrom(...HOSTILE_PIECES), { maxLength: 8 });
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 9 }), (parts, size) => {
        const text = parts.join("");
        const cut = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
          text.slice(at * size, (at + 1) * size),
        );
        const out = given(cut).join("");
        const plain = plainText(text);
        expect(out.replaceAll("`", "")).toBe(plain.replaceAll("`", ""));
        expect(dangersIn(out, [])).toEqual(dangersIn(plain, []));
      }),
      { numRuns: 2_000, seed: 8 },
    );
  });
});

test.each([
  ["Booking`.com` is", "`Booking.com` is"],
  ["me`@host.org`, so", "`me@host.org`, so"],
  ["smb`://a/b` is", "`smb://a/b` is"],
  // what no address was made of
  ["Use`.env` or", "Use`.env` or"],
  ["A`.com` [1](x)", "`A.com` [1](x)"],
  ["So A`.com` is", "So A`.com` is"],
])("%j is whole as %j", (divided, whole) => {
  expect(withWholeName(divided)).toBe(whole);
});
