import * as fc from "fast-check";
import { expect, test } from "vitest";
import { LineWrapper } from "../../../src/cli/terminal/line-wrapper.ts";
import { MarkdownWriter } from "../../../src/cli/terminal/markdown.ts";
import type { Rendering } from "../../../src/cli/terminal/rendering.ts";
import { cutAt, rendering, Terminal } from "./screen.ts";

function show(parts: readonly string[], columns: number, more: Partial<Rendering> = {}): Terminal {
  const terminal = new Terminal(columns);
  const wrapper = new LineWrapper(terminal);
  const writer = new MarkdownWriter(wrapper, rendering(terminal, more));
  for (const part of parts) writer.push(part);
  writer.end();
  wrapper.newline();
  return terminal;
}

const ANSWER = `# Licences

QwQ-32B has the *Apache 2.0* licence [1], which **allows** commercial use; see \`LICENSE\`.

1. First this, which is a sentence that is longer than forty columns
2. Then:
   - one
   - two

> A quotation that is longer than the terminal is wide, too.

| Model | Licence | Context |
|:------|:-------:|--------:|
| QwQ-32B | Apache 2.0 | 131,072 |
| 通义千问 | 专有 | 8 |

\`\`\`py
print("| no table |")   # and a line that is longer than forty columns
\`\`\`

---
More: [the card](https://example.org/card), <https://example.org>.`;

test("an answer in 40 columns", () => {
  expect(`\n${show([ANSWER], 40).text}`).toMatchInlineSnapshot(`
    "
    Licences

    QwQ-32B has the Apache 2.0 licence [1],
    which allows commercial use; see
    LICENSE.

    1. First this, which is a sentence that
       is longer than forty columns
    2. Then:
       • one
       • two

    │ A quotation that is longer than the
    │ terminal is wide, too.

    Model      Licence    Context
    ────────  ──────────  ───────
    QwQ-32B   Apache 2.0  131,072
    通义千问     专有           8

      print("| no table |")   # and a line that is longer than forty columns

    ────────────────────
    More: the card
    (https://example.org/card),
    https://example.org.
    "
  `);
});

test("the same in 24 columns, where the table has no room", () => {
  expect(`\n${show([ANSWER.slice(ANSWER.indexOf("| Model"), ANSWER.indexOf("```"))], 24).text}`)
    .toMatchInlineSnapshot(`
    "
    Model: QwQ-32B
    Licence: Apache 2.0
    Context: 131,072

    Model: 通义千问
    Licence: 专有
    Context: 8
    "
  `);
});

test("cells are wrapped in a table that is too wide", () => {
  const table = "| a | b |\n|---|---|\n| one two three four five six | 日本語の文章です日本語の文章です |\n";
  const { text, tooWide } = show([table], 30);
  expect(tooWide).toEqual([]);
  expect(`\n${text}`).toMatchInlineSnapshot(`
    "
    a               b
    ──────────────  ──────────────
    one two three   日本語の文章で
    four five six   す日本語の文章
                    です
    "
  `);
});

const addressOf = (mark: number): string | undefined => (mark === 1 ? "https://example.org/one" : undefined);

test("links and marks of sources open addresses, where the terminal can", () => {
  const source =
    "[the card](https://example.org/card) [1] [2] **[1]** [https://good.example](https://evil.example/x) [bad](javascript:alert(1))";
  expect(JSON.stringify(show([source], 200, { links: true, addressOf }).raw)).toMatchInlineSnapshot(
    `""\\u001b]8;;https://example.org/card\\u001b\\\\the\\u001b]8;;\\u001b\\\\\\u001b]8;;https://example.org/card\\u001b\\\\ card\\u001b]8;;\\u001b\\\\ \\u001b]8;;https://example.org/one\\u001b\\\\[1]\\u001b]8;;\\u001b\\\\ [2] \\u001b]8;;https://example.org/one\\u001b\\\\\\u001b[1m[1]\\u001b[22m\\u001b]8;;\\u001b\\\\ \\u001b]8;;https://evil.example/x\\u001b\\\\https://good.example\\u001b]8;;\\u001b\\\\ \\u001b[2m(https://evil.example/x)\\u001b[22m bad \\u001b[2m(javascript:alert(1))\\u001b[22m\\n""`,
  );
});

test("nothing of a source reaches the terminal as a command", () => {
  const source =
    "a \u001B[31mred &#27;[31m &#x9b;31m [x](<https://e.org/\u001B]8;;>) `\u001B` ![\u001B](https://e.org/&#27;)\n\n```\n\u001B[2J\n```";
  const { text } = show([source], 80, { links: true });
  expect(text).not.toMatch(/(?![\n\t])\p{Cc}/u);
});

const PIECES = [
  "word",
  "more words",
  " ",
  "\n",
  "\n\n",
  "**",
  "*",
  "_",
  "`",
  "```\n",
  "- ",
  "1. ",
  "# ",
  "> ",
  "| a | b |\n",
  "|---|---|\n",
  "[1]",
  "[",
  "]",
  "(https://e.org)",
  "[t](https://e.org)",
  "日本語",
  "。",
  "שלום",
  "!",
  "\\",
  "---\n",
  "    ",
  "&amp;",
  "<b>",
  "snake_case",
  "2 * 3",
  "[[1]](https://e.org/a)",
];
const sources = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((parts) => parts.join(""));

test("however an answer is cut, the same is shown", () => {
  fc.assert(
    fc.property(sources, fc.array(fc.nat(), { maxLength: 12 }), (source, places) => {
      expect(show(cutAt(source, places), 40).text).toBe(show([source], 40).text);
    }),
    { numRuns: 200 },
  );
});

test("a word is shown once the next one begins", () => {
  const terminal = new Terminal(40);
  const writer = new MarkdownWriter(new LineWrapper(terminal), rendering(terminal));
  const seen = ["It", " is", " **Apa", "che** ", "2.0", " [1", "]. ", "So"].map((part) => {
    writer.push(part);
    return terminal.text;
  });
  expect(seen).toEqual([
    "",
    "It",
    "It is",
    "It is Apache",
    "It is Apache",
    "It is Apache 2.0",
    "It is Apache 2.0 [1].",
    "It is Apache 2.0 [1].",
  ]);
});
