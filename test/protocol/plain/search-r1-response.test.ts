import { describe, expect, it } from "vitest";
import type { QueryReply, ToolReply } from "../../../src/protocol/protocol.ts";
import { searchR1 } from "../../../src/protocol/plain/search-r1.ts";
import { numbered } from "../rendered-fields.ts";

const height = numbered({ number: 4, text: "It is\n\n5,199 m high. " });
const climb = numbered({ number: 2, title: "First\nascents", text: "Mackinder, in 1899." });

function spliced(...queries: QueryReply[]): string {
  return searchR1.respond({ kind: "results", queries, searchesLeft: 3 });
}

describe("what search-r1 splices", () => {
  it("for documents is what its rollouts splice", () => {
    expect(spliced({ query: "q", status: "found", results: [height, climb] })).toEqual(
      '\n\n<information>Doc 1(Title: "Mount Kenya") It is 5,199 m high.\nDoc 2(Title: "First ascents") Mackinder, in 1899.</information>\n\n',
    );
  });

  it("for a repeated query is the same documents again", () => {
    const seen = { ...height, shownBefore: true };
    expect(spliced({ query: "q", status: "repeated", results: [seen] })).toEqual(
      '\n\n<information>Doc 1(Title: "Mount Kenya") It is 5,199 m high.</information>\n\n',
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
    expect(spliced({ query: "q", status, results: [], reason })).toEqual(
      `\n\n<information>${said}</information>\n\n`,
    );
  });

  it("for an invalid action is the sentence of its rollouts", () => {
    const reply: ToolReply = { kind: "fault", fault: "empty-query", detail: "The query is empty." };
    expect(searchR1.respond(reply)).toEqual(
      "\nMy previous action is invalid. If I want to search, I should put the query between <search> and </search>. If I want to give the final answer, I should put the answer between <answer> and </answer>. Let me try again.\n",
    );
  });

  it("for a spent budget asks for the answer", () => {
    expect(searchR1.respond({ kind: "spent", budget: "search" })).toEqual(
      "\n\n<information>No further search is possible. The answer has to be given now, from the information above.</information>\n\n",
    );
  });
});

describe("what a model hears of it", () => {
  it("is the documents, numbered by their first appearance", () => {
    const first = spliced({ query: "q", status: "found", results: [height, climb] });
    const second = spliced({
      query: "r",
      status: "found",
      results: [climb, numbered({ title: 'The "Point"' })],
    });
    expect(searchR1.modelSide.results(first + second)).toEqual([
      { number: 1, title: "Mount Kenya", text: "It is 5,199 m high." },
      { number: 2, title: "First ascents", text: "Mackinder, in 1899." },
      { number: 2, title: "First ascents", text: "Mackinder, in 1899." },
      { number: 3, title: 'The "Point"', text: "It is 5,199 m high." },
    ]);
  });

  it("is not how many searches are left", () => {
    expect(searchR1.modelSide.searchesLeft(spliced())).toEqual(null);
  });

  it.each([
    ["who is <search> x </search>?", "<search> who is [search] x [/search]? </search>"],
    ["two\nlines", "<search> two lines </search>"],
  ])("is a call for %j", (query, call) => {
    expect(searchR1.modelSide.call(query)).toEqual(call);
  });
});
