import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lastBoxed, unboxed } from "../../../src/protocol/plain/boxed.ts";
import { protocols } from "../../../src/protocol/index.ts";
import { answer, read } from "../wire.ts";

const TAKEN = [
  [String.raw`\boxed{Lyon}`, "Lyon"],
  [String.raw`The final answer is \[ \boxed{Lyon} \]`, "The final answer is Lyon"],
  [String.raw`It is \(\boxed{5}\), not \(x\).`, String.raw`It is 5, not \(x\).`],
  [String.raw`$$\boxed{5}$$ or $ \boxed{6} $ for $7`, "5 or 6 for $7"],
  ["**Final Answer**\n\n\\[\n\\boxed{Lyon}\n\\]\n", "**Final Answer**\n\nLyon"],
  [String.raw`\boxed{\text{Mount \textbf{Kenya}}}`, "Mount Kenya"],
  [String.raw`\boxed{\boxed{Lyon}}`, "Lyon"],
  [String.raw`\boxed{\frac{1}{2} of \{a\}}`, String.raw`\frac{1}{2} of \{a\}`],
  [String.raw`\boxed{a} and \boxed{b}`, "a and b"],
  [String.raw`\[ \boxed{a} + b \]`, String.raw`a + b \]`],
  [String.raw`\boxed{Lyon and \text{no end`, "Lyon and no end"],
] as const;

const KEPT = [
  "Lyon",
  String.raw`\[ x \] costs $5 {a} \text{b} \box{c} \fbox{d}`,
  String.raw`C:\boxed is a folder, $$ and \[`,
] as const;

/** Text in which edges of boxes come up often, whole and broken. */
const mathematics = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "\\boxed{",
        "}",
        "\\[",
        "\\]",
        "$",
        "$$",
        " ",
        "\\(",
        "\\)",
        "\\text{",
        "{",
        "\\",
        "\n",
      ),
      fc.constantFrom("\\box", "ed{", "\\te", "xt{", "\\{", "\\}", "word", "b"),
    ),
    { maxLength: 24 },
  )
  .map((pieces) => pieces.join(""));

describe("an answer without its boxes", () => {
  it.each(TAKEN)("of %j is %j", (boxed, plain) => {
    expect(unboxed(boxed)).toEqual(plain);
  });

  it.each(KEPT)("of %j is itself", (text) => {
    expect(unboxed(text)).toEqual(text);
  });

  it.each(["", " ", String.raw`\[ \boxed{} \]`, null])("of %j is none", (nothing) => {
    expect(unboxed(nothing)).toEqual(null);
  });

  it("takes time in proportion to its length", () => {
    for (const piece of ["\\boxed{", "\\boxed{}", "$", "{", "\\", " ", "$ ", "\\[  "]) {
      const text = piece.repeat(50_000);
      expect(unboxed(text)?.length ?? 0).toBeLessThanOrEqual(text.length);
    }
  });
});

describe("the last box", () => {
  it.each([
    [String.raw`\boxed{a} then \[ \boxed{\text{b {c}}} \] so`, "b {c}"],
    [String.raw`\boxed{a} then \boxed{b`, "a"],
    ["none", null],
    [String.raw`\boxed{never closed`, null],
  ])("of %j is %j", (text, box) => {
    expect(lastBoxed(text)).toEqual(box);
  });
});

describe.each([
  [protocols["search-o1"], "</think>\n\n", ""],
  [protocols["re-search"], "<answer>", "</answer>"],
])("the stream of $name", (protocol, opening, closing) => {
  it.each(TAKEN)("shows %j as %j, as the answer at the end", (boxed, plain) => {
    const text = `${opening}${boxed}${closing}`;
    const { events } = read(protocol, text.split(""));
    expect(events.map((event) => "text" in event && { ...event, text: event.text.trim() })).toEqual([
      answer(plain),
    ]);
    expect(protocol.answer([{ origin: "model", text }])).toEqual(plain);
  });

  it("is the same wherever it is cut", () => {
    fc.assert(
      fc.property(mathematics, fc.nat(60), (boxed, at) => {
        const text = `${opening}${boxed}${closing}`;
        const whole = read(protocol, [text]);
        expect(read(protocol, [text.slice(0, at), text.slice(at)])).toEqual(whole);
        expect(read(protocol, text.split(""))).toEqual(whole);
        const shown = whole.events.map((event) => (event.type === "answer-delta" ? event.text : "")).join("");
        expect(shown.trim() || null).toEqual(unboxed(boxed));
      }),
      { numRuns: 500 },
    );
  });
});
