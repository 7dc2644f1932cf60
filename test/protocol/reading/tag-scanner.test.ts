import { describe, expect, it } from "vitest";
import { createTagScanner } from "../../../src/protocol/reading/tag-scanner.ts";

const TAGS = ["<a>", "</a>", "<abc>", "<|end|>"];

describe("the tag scanner", () => {
  it("tells text and tags apart", () => {
    expect(createTagScanner(TAGS).feed("x<a>y</a><abc>z<b><|end|>")).toEqual([
      { text: "x" },
      { tag: "<a>" },
      { text: "y" },
      { tag: "</a>" },
      { tag: "<abc>" },
      { text: "z<b>" },
      { tag: "<|end|>" },
    ]);
  });

  it("holds back what may become a tag, and no more", () => {
    const scanner = createTagScanner(TAGS);
    expect([scanner.feed("x<"), scanner.held]).toEqual([[{ text: "x" }], "<"]);
    expect([scanner.feed("ab"), scanner.held]).toEqual([[], "<ab"]);
    expect([scanner.feed("<a"), scanner.held]).toEqual([[{ text: "<ab" }], "<a"]);
    expect([scanner.feed(">y"), scanner.held]).toEqual([[{ tag: "<a>" }, { text: "y" }], ""]);
  });

  it.each(["<".repeat(50_000), "<a".repeat(50_000), "<|end|".repeat(50_000)])(
    "never holds a long text",
    (text) => {
      const scanner = createTagScanner(TAGS);
      const read = scanner.feed(text).map((piece) => ("text" in piece ? piece.text : ""));
      expect(read.join("") + scanner.held).toEqual(text);
      expect(scanner.held.length).toBeLessThan("<|end|>".length);
    },
  );
});
