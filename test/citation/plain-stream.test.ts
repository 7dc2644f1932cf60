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
