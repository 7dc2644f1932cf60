import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundResponse } from "../../src/graph/response-size.ts";
import type { SearchOutcome, SearchResult } from "../../src/search/engine.ts";

const result = (text: string, at = 0): SearchResult => ({
  title: `T${at}`,
  url: `https://example.org/${at}`,
  text,
});
const found = (...texts: string[]): { outcome: SearchOutcome } => ({
  outcome: { status: "found", results: texts.map(result) },
});

function bytesOf(answers: readonly { outcome: SearchOutcome }[]): number {
  return answers
    .flatMap(({ outcome }) => (outcome.status === "found" ? outcome.results : []))
    .reduce((sum, { title, url, text }) => sum + Buffer.byteLength(title + url + text), 0);
}

describe("the results of one call", () => {
  it("stay as they are when they fit together", () => {
    const answers = [found("one", "two"), { outcome: { status: "nothing" } as const }, found("three")];
    expect(boundResponse(answers, 200)).toEqual(answers);
  });

  it("share the room: what one query does not need goes to the others", () => {
    const answers = boundResponse([found("x ".repeat(5000)), found("short"), found("y ".repeat(5000))], 4000);
    const lengths = answers.map(({ outcome }) =>
      outcome.status === "found" ? outcome.results[0]?.text.length : 0,
    );
    expect(lengths).toEqual([1959, 5, 1959]);
  });

  it("are cut behind a word, never within a character", () => {
    const [answer] = boundResponse([found("häuser ".repeat(200))], 300);
    const text = answer?.outcome.status === "found" ? answer.outcome.results[0]?.text : "";
    expect(text).toMatch(/^(?:häuser )+…$/);
    const [emoji] = boundResponse([found("😀".repeat(500))], 101);
    const cut = emoji?.outcome.status === "found" ? emoji.outcome.results[0]?.text : "";
    expect(cut).toMatch(/^(?:😀)+ …$/u);
  });

  it("are fewer when there is no room for all, the best ones first", () => {
    const [answer] = boundResponse([found(...Array.from({ length: 100_000 }, () => "z".repeat(300)))], 2000);
    expect(answer?.outcome.status === "found" && answer.outcome.results.map(({ title }) => title)).toEqual([
      "T0",
      "T1",
      "T2",
      "T3",
      "T4",
      "T5",
    ]);
  });

  it("from an engine that heeds no limit are bounded like all others", () => {
    const huge = {
      title: "t".repeat(10_000),
      url: `https://example.org/${"u".repeat(9000)}`,
      text: "w".repeat(50_000_000),
    };
    const [answer] = boundResponse([{ outcome: { status: "found", results: [huge] } }], 24_000);
    expect(answer?.outcome).toMatchObject({ results: [{ title: `${"t".repeat(299)}…`, url: "" }] });
    expect(bytesOf(answer === undefined ? [] : [answer])).toBeLessThanOrEqual(24_000);
  });

  it("keep within the room and in their order, whatever they are", () => {
    const texts = fc.array(fc.string({ unit: "grapheme", maxLength: 400 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(texts, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 800, max: 4000 }),
        (all, max) => {
          const answers = all.map((some) => found(...some));
          const bounded = boundResponse(answers, max);
          expect(bytesOf(bounded)).toBeLessThanOrEqual(max);
          for (const [at, { outcome }] of bounded.entries()) {
            const titles = outcome.status === "found" ? outcome.results.map(({ title }) => title) : [];
            expect(titles.length).toBeGreaterThan(0);
            expect(titles).toEqual(all[at]?.slice(0, titles.length).map((_, index) => `T${index}`));
          }
        },
      ),
    );
  });
});
