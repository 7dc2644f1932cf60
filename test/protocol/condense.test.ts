import { assert, integer, property, string } from "fast-check";
import { expect, test } from "vitest";
import { protocols } from "../../src/protocol/index.ts";
import type { Protocol } from "../../src/protocol/protocol.ts";

const LONG = "A sentence that says something. ".repeat(100);

function responseOf(protocol: Protocol, text: string): string {
  const result = { number: 1, title: "T", url: "https://example.org/", text, shownBefore: false };
  return protocol.respond({
    kind: "results",
    queries: [{ query: "q", status: "found", results: [result] }],
    searchesLeft: 3,
  });
}

test.each(Object.entries(protocols))(
  "%s keeps its tags and the beginning of a long response",
  (_name, protocol) => {
    const response = responseOf(protocol, LONG);
    const short = protocol.condense(response, 100);
    expect(short.length).toBeLessThan(250);
    const [, opening] = /^(\s*\S+?>)/.exec(response)!;
    const [, closing] = /(<\S+\s*)$/.exec(response)!;
    expect(short.startsWith(opening!)).toBe(true);
    expect(short.endsWith(` … (the rest was left out to save room)\n${closing!}`)).toBe(true);
    expect(protocol.condense(short, 100)).toBe(short);
  },
);

test.each(Object.entries(protocols))(
  "%s leaves a short response and other text as they are",
  (_name, protocol) => {
    const response = responseOf(protocol, "Short.");
    expect(protocol.condense(response, 400)).toBe(response);
    assert(
      property(string({ unit: "binary" }), integer({ min: 0, max: 50 }), (text, length) => {
        expect(protocol.condense(text, length).length).toBeLessThanOrEqual(text.length + 50);
      }),
    );
  },
);
