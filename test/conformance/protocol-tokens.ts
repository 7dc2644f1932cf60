import { describe, expect, it } from "vitest";
import type { Protocol } from "../../src/protocol/protocol.ts";
import { ADDED_TOKENS, carelesslyRead, EVASIONS } from "../protocol/evasions.ts";
import { adjacentFields, numbered, renderedFields, resultsReply } from "../protocol/rendered-fields.ts";

/** So many tokens are tried in one text: it stays shorter than what any field is cut to. */
const AT_ONCE = 8;

/** Registers that no field of a protocol lets a control token or one of its tags through. */
export function noTokenSurvives(protocol: Protocol, tags: readonly string[]): void {
  describe("nothing from outside survives as a token", () => {
    const tokens = [...new Set([...ADDED_TOKENS, ...tags])];
    /** How often each token stands in a text, and in what something careless would make of it. */
    const countsOf = (text: string): string => JSON.stringify([text, carelesslyRead(text)].map(tokenCounts));
    const tokenCounts = (text: string): readonly (readonly [string, number])[] =>
      tokens.map((token) => [token, text.split(token).length - 1] as const).filter(([, count]) => count > 0);

    /** What may be left of a token: its beginnings and its ends. */
    const pieces = new Set(
      tokens.flatMap((token) =>
        Array.from(token, (_, at) => [token.slice(0, at + 1), token.slice(at + 1) || "x"]).flat(),
      ),
    );

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
      const plain = render("some last words");
      const harmless = countsOf(plain);
      for (const [evasion, evade] of Object.entries(EVASIONS)) {
        for (let at = 0; at < tokens.length; at += AT_ONCE) {
          const some = tokens.slice(at, at + AT_ONCE);
          const rendered = render(`some ${some.map(evade).join(" and ")} last words`);
          expect(rendered.includes("last words")).toBe(plain.includes("last words"));
          expect(countsOf(rendered), `${evasion} of ${some.join(" ")}`).toEqual(harmless);
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
      for (const piece of pieces)
        expect(countsOf(render(piece)), `left of a token: ${piece}`).toEqual(harmless);
    });
  });
}
