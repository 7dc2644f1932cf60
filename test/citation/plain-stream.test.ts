import { expect, test } from "vitest";
import { createPlainStream } from "../../src/citation/plain-stream.ts";

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
