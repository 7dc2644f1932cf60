import * as fc from "fast-check";
import { expect, test } from "vitest";
import { checkAnswer, type Evidence } from "../../src/citation/check.ts";
import { createAnswerStream } from "../../src/citation/answer-stream.ts";

const SOURCES: readonly Evidence[] = [
  { number: 1, title: "One", url: "https://one.example/a_(b)", text: "" },
  { number: 2, title: "Two", url: "https://two.example/", text: "" },
  { number: 3, title: "File", url: "notes/three.md", text: "" },
];

/** What marks are made of, whole and in parts, so that they are cut and put together in every way. */
const PIECES = [
  "[1]", "[2]", "[9]", "[3]", "[1, 2]", "[1;9]", "【1】", "[[1]](https://one.example/a_(b))", "[2](x)",
  "[words](https://two.example/)", '[words](https://evil.example/ "a (title)")', "[words](", "](", "![", "![alt]",
  "![alt](https://evil.example/?q=1)", "![alt][ref]", "!", "https://two.example/", "<https://two.example/>",
  "https://evil.example/x.", "<http", "htt", "h", "://", "/", "<", ">", "(", ")", "[", "]", "`", "``", "```",
  "`[1]`", "```\n[1]\n```", '"', " ", "  ", "\n", "\n\n", ",", ";", "1", "2", "a", "word", ". ", "é", "😀", "】", "【",
] as const; // prettier-ignore

const answer = fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }).map((pieces) => pieces.join(""));

function streamed(text: string, cuts: readonly number[]): string {
  const stream = createAnswerStream(() => SOURCES);
  let out = "";
  let last = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    out += stream.add(text.slice(last, Math.max(last, cut)));
    last = Math.max(last, cut);
  }
  return out + stream.add(text.slice(last)) + stream.end();
}

test("however an answer is cut, its stream is the checked answer", () => {
  const cuts = fc.array(fc.nat(60), { maxLength: 12 });
  fc.assert(
    fc.property(answer, cuts, (text, at) => {
      expect(streamed(text, at)).toBe(checkAnswer(text, SOURCES).answer);
    }),
    { numRuns: 1000 },
  );
});

test("unit by unit too", () => {
  fc.assert(
    fc.property(answer, (text) => {
      expect(
        streamed(
          text,
          Array.from({ length: text.length }, (_, at) => at),
        ),
      ).toBe(checkAnswer(text, SOURCES).answer);
    }),
    { numRuns: 1000 },
  );
});

test("text goes out word by word, and is held only while it may become a name or a mark", () => {
  const stream = createAnswerStream(() => SOURCES);
  const given = ["It", " is", " 7", " [", "1", "]", " and", " so", " on", ".", "\n\n", "`x", "` ", "![a", "](", "b", ")", "!"].map(
    (text) => stream.add(text),
  ); // prettier-ignore
  expect(given).toEqual([
    "",
    "It",
    " is",
    " 7",
    "",
    "",
    " [[1]](https://one.example/a_%28b%29)",
    " and",
    " so",
    "",
    " on",
    "",
    ".\n\n`x`",
    "",
    "",
    "",
    " a",
    "",
  ]);
  expect(stream.end()).toBe("!");
});

test("a code block flows, and what looks like a mark in it stays", () => {
  const stream = createAnswerStream(() => SOURCES);
  const given = ["```js\n", "a[1]", "[2]\n", "``", "`\n", "So [1", "]"].map((text) => stream.add(text));
  expect([...given, stream.end()]).toEqual([
    "```js",
    "\na[1]",
    "[2]",
    "",
    "\n```",
    "\nSo",
    "",
    " [[1]](https://one.example/a_%28b%29)",
  ]);
});
