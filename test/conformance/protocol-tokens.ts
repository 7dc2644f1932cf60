import { describe, expect, it } from "vitest";
import type { Protocol } from "../../src/protocol/protocol.ts";
import { ADDED_TOKENS, carelesslyRead, EVASIONS, tokenCounts } from "../protocol/evasions.ts";
import { adjacentFields, numbered, renderedFields, resultsReply } from "../protocol/rendered-fields.ts";

/** Registers that no field of a protocol lets a control token or one of its tags through. */
export function noTokenSurvives(protocol: Protocol, tags: readonly string[]): void {
  describe("nothing from outside survives as a token", () => {
    const tokens = [...new Set([...ADDED_TOKENS, ...tags])];
    const countsOf = (text: string): readonly Readonly<Record<string, number>>[] => [
      tokenCounts(text, tokens),
      tokenCounts(carelesslyRead(text), tokens),
    ];

    it("half a character is sent as a replacement", () => {
      const half = "a\ud83d b";
      const { messages } = protocol.open({
        question: half,
        history: [{ role: "user", content: half }],
        date: "2025-03-06",
        maxSearches: 5,
      });
      const result = numbered({ title: half, text: half });
      const prompt = messages.map(({ content }) => content).join("\n");
      for (const sent of [prompt, protocol.respond(resultsReply([result]))]) {
        expect(sent).toContain("a\u{fffd} b");
        expect(sent).not.toMatch(/\p{Cs}/u);
      }
    });

    it.each(renderedFields(protocol))("in %s, whatever the evasion", (_, render) => {
      const harmless = countsOf(render("some harmless words"));
      for (const [evasion, evade] of Object.entries(EVASIONS)) {
        for (const token of tokens) {
          const found = countsOf(render(`some ${evade(token)} words`));
          expect(found, `${evasion} of ${token}`).toEqual(harmless);
        }
      }
    });

    it.each(adjacentFields(protocol))("split between %s", (_, render) => {
      const harmless = countsOf(render("some", "words"));
      for (const token of tokens) {
        for (let at = 1; at < token.length; at += 1) {
          const found = countsOf(render(`some${token.slice(0, at)}`, `${token.slice(at)}words`));
          expect(found, `${token} at ${at}`).toEqual(harmless);
        }
      }
    });

    it.each(renderedFields(protocol))("in %s, cut anywhere by a length cap", (_, render) => {
      const harmless = countsOf(render("some words"));
      for (const token of tokens) {
        for (let at = 1; at <= token.length; at += 1) {
          expect(countsOf(render(token.slice(0, at))), `${token} up to ${at}`).toEqual(harmless);
          expect(countsOf(render(token.slice(at) || "x")), `${token} from ${at}`).toEqual(harmless);
        }
      }
    });
  });
}
