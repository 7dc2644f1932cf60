import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createGroupedOutput } from "../../../src/cli/terminal/grouped-output.ts";
import { renderingFor } from "../../../src/cli/terminal/paint.ts";
import { printable } from "../../../src/cli/terminal/printable.ts";
import { createRunView } from "../../../src/cli/view/run-view.ts";
import { RECORD } from "../scripts.ts";
import { createStage } from "../surroundings.ts";
import { cutAt, Terminal } from "./screen.ts";

const PARTS = [
  "word",
  " ",
  "  ",
  "\n",
  "# h",
  "**b**",
  "| a |",
  "日本",
  "\t",
  "[1]",
  "`c`",
  "\u001B[2J",
  "x".repeat(120),
];
const texts = fc.array(fc.constantFrom(...PARTS), { maxLength: 12 }).map((parts) => parts.join(""));
const places = fc.array(fc.nat(), { maxLength: 6 });

test("without a rendering, lines, documents and flows are written as they are, wide or not", () => {
  fc.assert(
    fc.property(texts, places, (text, cuts) => {
      const [lines, document, flow, markdown] = [0, 1, 2, 3].map(() => new Terminal(20));
      if (!lines || !document || !flow || !markdown) throw new Error("four");
      createGroupedOutput(lines).line("a", text);
      createGroupedOutput(document).document("a", text);
      for (const terminal of [flow, markdown]) {
        const groups = createGroupedOutput(terminal);
        for (const part of cutAt(text, cuts)) {
          if (terminal === flow) groups.flow("a", part);
          else groups.markdown("a", part);
        }
        groups.close();
      }
      const shown = printable(text).trim();
      expect([lines, document, flow, markdown].map(({ raw }) => raw)).toEqual([
        `${printable(text)}\n`,
        `${printable(text)}\n`,
        shown === "" ? "" : `${shown}\n`,
        shown === "" ? "" : `${shown}\n`,
      ]);
    }),
  );
});

test.each([
  [{ isTTY: false }, {}, false],
  [{ isTTY: true }, { NO_COLOR: "1" }, false],
  [{ isTTY: true }, { TERM: "dumb" }, false],
  [{ isTTY: true }, { TERM: "xterm" }, true],
])("%j with %j has a rendering: %s", ({ isTTY }, environment, expected) => {
  const output = Object.assign(new Terminal(80), { isTTY });
  expect(renderingFor(output, { environment, noColor: false }) !== undefined).toBe(expected);
  expect(renderingFor(output, { environment, noColor: true })).toBeUndefined();
});

test("any answer that is piped is its Markdown, byte for byte", () => {
  fc.assert(
    fc.property(texts, (answer) => {
      const stage = createStage();
      const view = createRunView(stage.surroundings, { environment: {}, noColor: false });
      view.onEvent({ type: "answer-delta", text: answer });
      view.onEvent({
        type: "answer-end",
        answer,
        answered: true,
        citations: [],
        uncited: [],
        stopReason: "answered",
      });
      view.end({ ...RECORD, answer, sources: [], citations: [], uncited: [] });
      expect(stage.out()).toBe(`${printable(answer)}\n`);
    }),
  );
});

test("at a terminal nothing of an answer is lost, and no row is wider", () => {
  const terminal = new Terminal(20);
  const rendering = renderingFor(terminal, { environment: {}, noColor: false });
  const groups = createGroupedOutput(terminal, { rendering });
  groups.flow("reasoning", "A thought that is ");
  groups.flow("reasoning", "longer than the row.\n\nAnd another.\n");
  for (const part of ["\n\n## It", " is **so**, whi", "ch is ", "what was to be", " shown"])
    groups.markdown("answer", part);
  groups.line("end", "[1] A title that is longer than the row");
  expect(`\n${terminal.text}`).toMatchInlineSnapshot(`
    "
    A thought that is
    longer than the row.

    And another.

    It is so, which is
    what was to be shown

    [1] A title that is
        longer than the
        row
    "
  `);
  expect(terminal.tooWide).toEqual([]);
});
