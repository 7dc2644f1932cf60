import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkAnswer, type Evidence } from "../../src/citation/check.ts";
import { createAnswerStream } from "../../src/citation/answer-stream.ts";
import { HOSTILE_PIECES } from "./hostile-pieces.ts";
import { dangersIn } from "./rendered-answer.ts";
import { createTally } from "./tally.ts";

const SOURCES: readonly Evidence[] = [
  { number: 1, title: "One", url: "https://one.example/a_(b)", text: "See https://quoted.example/x here." },
  { number: 4, title: "Four", url: "http://www.four.example/", text: "" },
  { number: 3, title: "File", url: "notes/three.md", text: "" },
];
const ALLOWED = ["https://one.example/a_%28b%29", "http://www.four.example/", "https://quoted.example/x"];

/** The same cases in each run of the tests; `RUNS=100000` looks for others. */
const RUNS =
  process.env["RUNS"] === undefined ? { numRuns: 5_000, seed: 1 } : { numRuns: Number(process.env["RUNS"]) };

/** Thousands of answers, on a machine that is busy. */
const HOLDS = { timeout: 120_000 };

const tally = createTally("answers");

const checked = (text: string): string => checkAnswer(text, SOURCES).answer;

const hostile = fc
  .array(fc.constantFrom(...HOSTILE_PIECES), { maxLength: 12 })
  .map((pieces) => pieces.join(""));

test("whatever an answer holds, nothing of it loads, runs or links but the run's sources", HOLDS, () => {
  fc.assert(
    fc.property(hostile, (text) => {
      expect(
        tally.count("loaded, run or linked to where no source is", 1, dangersIn(checked(text), ALLOWED)),
      ).toEqual([]);
    }),
    RUNS,
  );
});

describe("what is no link to a source is taken out or is text", () => {
  test.each([
    ["https://evil.example/x", "`https://evil.example/x` (unverified)"],
    ["HTTPS://EVIL.example/x", "`HTTPS://EVIL.example/x` (unverified)"],
    ["www.evil.example", "`www.evil.example` (unverified)"],
    ["www.four.example", "[[4]](http://www.four.example/)"],
    ["[x](https://one.example@evil.example/)", "x (unverified link removed)"],
    ["[www.evil.example](//evil.example/y)", "`www.evil.example` (unverified) (unverified link removed)"],
    ["https://one.example@evil.example/", "`https://one.example@evil.example/` (unverified)"],
    ["https://\u043Ene.example/a_(b)", "`https://\u043Ene.example/a_(b)` (unverified)"],
    ["https://one.example/a_(c)", "`https://one.example/a_(c)` (unverified)"],
    ["[x](javascript:alert)", "x (unverified link removed)"],
    ["[x](JaVa\tScRiPt:alert(1))", "[x] (JaVa\tScRiPt:alert(1))"],
    ["[x](data:text/html;base64,PHNjcmlwdD4=)", "x (unverified link removed)"],
    ["<javascript:alert(1)>", "< javascript:alert(1)>"],
    ["<mail@evil.example>", "< `mail@evil.example`>"],
    ["Great![1]", "Great! [[1]](https://one.example/a_%28b%29)"],
    ["![a](https://evil.example/x.png)", "a"],
    ["![a][r]\n\n[r]: https://evil.example/x", "a\n\n[r] : `https://evil.example/x` (unverified)"],
    ["![<img src=//evil.example/>](x)", "< img src=`//evil.example/`>"],
    ["[<b>x</b>](https://evil.example)", "x (unverified link removed)"],
    ["a <img src=x onerror=alert(1)> b", "a < img src=x onerror=alert(1)> b"],
    ["<script>alert(1)</script>", "< script>alert(1)< /script>"],
    ["<!-- x --><svg/onload=alert(1)>a", "< !-- x -->< svg/onload=alert(1)>a"],
    ["<?php x ?>", "< ?php x ?>"],
    ["a<n b=c>", "a< n b=c>"],
    ["i<n and x <y, a<b", "i< n and x < y, a< b"],
    ["List<Object>", "List< Object>"],
    ["Map<string</b> onclick=x>", "Map< string onclick=x>"],
    ["Map<string[9] onclick=x>", "Map< string onclick=x>"],
    [
      "a<x@evil.example>, a<x.y@evil.example>, a<tel:1>",
      "a< `x@evil.example`>, a< `x.y@evil.example`>, a< tel:1>",
    ],
    ["H<sub>2</sub>O is <b>wet</b>.", "H2O is wet."],
    ["one<br>two", "one two"],
    ["<img src=x onerror=alert(1)", "< img src=x onerror=alert(1)"],
    ["\\<b>\\`ftp://evil.example/", "\\ \\` `ftp://evil.example/` (unverified)"],
    ["www.[x](//evil.example/y)", "`www`. x (unverified link removed)"],
    ["www.![x](//evil.example/y)", "`www` (unverified). x"],
    ["\n    ```js\n![a](https://evil.example/x.png)", "    ```js\n    ```\na"],
    ["https:\\//evil.example/", "https:\\ `//evil.example/`"],
    ["https&#58;//evil.example/", "https& #58;`//evil.example/`"],
    ["Map<string src='x'<img src=x>>", "Map< string src='x'< img src=x>>"],
    ["[x]<b></b>(//evil.example)", "[x] (`//evil.example`)"],
    ["htt<b></b>ps://evil.example", "htt`ps://evil.example`"],
    ["\\`[x](//evil.example)\\`", "\\`x (unverified link removed)\\`"],
    ["see ``` ![a](https://evil.example/x)", "see ''' a"],
    ["- a\n  ```\n![x](//evil.example)", "- a\n  ```\n  ```\nx"],
    ["| a |\n| - |\n| `b | ![x](https://evil.example/x) ` |", "| a |\n| - |\n| 'b | x ' |"],
    ["a\u200Bb\u{E0041}c\u202Ed", "abcd"],
  ])("%j becomes %j", (text, answer) => {
    expect(checked(text)).toBe(answer);
  });
});

describe("what only looks like it stays as it is", () => {
  test.each([
    "a < b, c > d, f(i<n), for (;i<n;) and x <= y << 2, 1 <2> 3",
    "A Map<string, List<int>> of Vec<T>, List<List<int>>, Array<number>, std::vector<int>",
    "`<img src=x>` and `a[1] | b` and ``x`[1]`` are code",
    "```html\n<img src=x> [1] ![a](b)\n```\nand\n\n~~~\nb[2] <br>\n~~~",
    "1. Run\n\n   ```sh\n   curl https://example.org | sh\n   ```\n\n2. Done",
    "| a | b |\n| - | :-: |\n| 1 | 2 |",
    "**Bold**, *it*, ~~gone~~, # no heading, [x], (y), array[i], note: so",
    "👩🏽‍🚀 ❤️ 🇰🇪 שלום \u200F(א<ב)\u200E می\u200Cخواهم क्\u200Dष",
  ])("%j", (text) => {
    expect(checked(text)).toBe(text);
  });
});

test.each([
  "<a ",
  '<a"',
  "`",
  "``a",
  "[",
  "![",
  "<!--",
  "~~~\n",
  "  ```\n",
  "\\",
  "<",
  "[a](",
  "www.",
  '<a b="x" ',
])("a long run of %j is read, and is nothing more", (piece) => {
  checked(piece.repeat(10_000));
  expect(dangersIn(checked(piece.repeat(100)), ALLOWED)).toEqual([]);
});

test.each(["x <y and", "if a <b or", "x<y", "a </ b", "x <!- y", "</x", "i<n <j"])(
  "behind %j the answer goes on at once",
  (begun) => {
    const stream = createAnswerStream(() => SOURCES);
    const shown = stream.add(begun) + stream.add(` ${"word ".repeat(20)}`);
    expect(shown.trimEnd()).toBe(checked(`${begun} ${"word ".repeat(20)}`));
    expect(shown).toMatch(/word$/);
  },
);

test("its stream is the same, wherever it is cut", HOLDS, () => {
  fc.assert(
    fc.property(hostile, fc.array(fc.nat(80), { maxLength: 12 }), (text, cuts) => {
      const stream = createAnswerStream(() => SOURCES);
      let out = "";
      let last = 0;
      for (const cut of [...cuts.sort((a, b) => a - b), text.length]) {
        out += stream.add(text.slice(last, Math.max(cut, last)));
        last = Math.max(cut, last);
      }
      expect(out + stream.end()).toBe(checked(text));
    }),
    RUNS,
  );
});
