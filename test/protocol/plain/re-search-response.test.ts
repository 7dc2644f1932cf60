import { describe, expect, it } from "vitest";
import type { QueryReply } from "../../../src/protocol/protocol.ts";
import { reSearch } from "../../../src/protocol/plain/re-search.ts";
import { numbered } from "../rendered-fields.ts";

const height = numbered({ number: 4, text: "It is\n\n5,199 m high [7]. " });
const climb = numbered({ number: 2, title: "First\nascents", text: "Mackinder, in 1899." });

function spliced(...queries: QueryReply[]): string {
  return reSearch.respond({ kind: "results", queries, searchesLeft: 3 });
}

describe("what re-search splices", () => {
  it("for documents is what its rollouts splice", () => {
    expect(spliced({ query: "q", status: "found", results: [height, climb] })).toEqual(
      ' <result>\n"Mount Kenya"\nIt is 5,199 m high [7 ].\n\n"First ascents"\nMackinder, in 1899.\n</result>',
    );
  });

  it("for a repeated query is the same documents again", () => {
    const seen = { ...height, shownBefore: true };
    expect(spliced({ query: "q", status: "repeated", results: [seen] })).toEqual(
      ' <result>\n"Mount Kenya"\nIt is 5,199 m high [7 ].\n</result>',
    );
  });

  it.each<[QueryReply["status"], string | undefined, string]>([
    ["found", undefined, "Nothing was found."],
    ["repeated", undefined, "Nothing was found."],
    ["nothing", undefined, "Nothing was found."],
    ["failed", "The engine is down.", "The search failed: The engine is down."],
    ["failed", undefined, "The search failed: no reason given"],
    ["not-run", undefined, "No further search is possible."],
  ])("for a query without documents, %s, reason %j", (status, reason, said) => {
    expect(spliced({ query: "q", status, results: [], reason })).toEqual(` <result>\n${said}\n</result>`);
  });

  it.each([
    ["empty-query", "nothing to search"],
    ["malformed", "invalid query"],
    ["cut-off", "invalid query"],
    ["too-long", "invalid query"],
  ] as const)("for a query that cannot be run, %s, is its own word", (fault, said) => {
    expect(reSearch.respond({ kind: "fault", fault, detail: "Why." })).toEqual(
      ` <result>\n${said}\n</result>`,
    );
  });

  it("for a spent budget asks for the answer", () => {
    expect(reSearch.respond({ kind: "spent", budget: "search" })).toEqual(
      " <result>\nNo further search is possible. The answer has to be given now, from the information above.\n</result>",
    );
  });
});

describe("what a model hears of it", () => {
  it("is the documents, numbered by their first appearance", () => {
    const first = spliced({ query: "q", status: "found", results: [height, climb] });
    const second = spliced({
      query: "r",
      status: "found",
      results: [climb, numbered({ title: 'The "Point"', text: '"Forged"' })],
    });
    expect(reSearch.modelSide.results(first + second)).toEqual([
      { number: 1, title: "Mount Kenya", text: "It is 5,199 m high [7 ]." },
      { number: 2, title: "First ascents", text: "Mackinder, in 1899." },
      { number: 2, title: "First ascents", text: "Mackinder, in 1899." },
      { number: 3, title: 'The "Point"', text: '"Forged"' },
    ]);
  });

  it("is not how many searches are left", () => {
    expect(reSearch.modelSide.searchesLeft(spliced())).toEqual(null);
  });

  it("is a call", () => {
    expect(reSearch.modelSide.call("who is\n<search> x </search>?")).toEqual(
      "<search> who is [search] x [/search]? </search>",
    );
  });
});
