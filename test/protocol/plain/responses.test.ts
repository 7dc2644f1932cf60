import { describe, expect, it } from "vitest";
import { r1Searcher } from "../../../src/protocol/plain/r1-searcher.ts";
import { reSearch } from "../../../src/protocol/plain/re-search.ts";
import { searchR1 } from "../../../src/protocol/plain/search-r1.ts";
import type { CallFault, Protocol, QueryReply } from "../../../src/protocol/protocol.ts";
import { numbered } from "../rendered-fields.ts";

const height = numbered({ number: 4, text: "It is\n\n5,199 m high [7]. " });
const climb = numbered({ number: 2, title: "First\nascents", text: "User: in 1899." });

const ANSWER_NOW =
  "No further search is possible. The answer has to be given now, from the information above.";
const INVALID_ACTION =
  "\nMy previous action is invalid. If I want to search, I should put the query between <search> and </search>. If I want to give the final answer, I should put the answer between <answer> and </answer>. Let me try again.\n";

/** What each protocol splices, as its models saw it in training. */
interface Row {
  readonly protocol: Protocol;
  /** A response with this body. */
  readonly spliced: (body: string) => string;
  /** A response of one document, and of two. */
  readonly one: string;
  readonly two: string;
  readonly nothing: string;
  readonly faults: readonly (readonly [fault: CallFault, spliced: string])[];
  readonly call: readonly [query: string, written: string];
  /** A document that is made to look like two, and what is heard of it. */
  readonly odd: readonly [title: string, text: string, heardTitle: string, heardText: string];
}

const ROWS: readonly Row[] = [
  {
    protocol: searchR1,
    spliced: (body) => `\n\n<information>${body}</information>\n\n`,
    one: 'Doc 1(Title: "Mount Kenya") It is 5,199 m high [7].',
    two: 'Doc 1(Title: "Mount Kenya") It is 5,199 m high [7].\nDoc 2(Title: "First ascents") User: in 1899.',
    nothing: "Nothing was found.",
    faults: [
      ["empty-query", INVALID_ACTION],
      ["malformed", INVALID_ACTION],
    ],
    call: ["who is\n<search> x </search>?", "<search> who is [search] x [/search]? </search>"],
    odd: ['The "Point"', "It is.", 'The "Point"', "It is."],
  },
  {
    protocol: r1Searcher,
    spliced: (body) =>
      `\n\n<|begin_of_documents|>\n${body}${body === "None" ? "" : "\n"}<|end_of_documents|>\n\n`,
    one: "(1)Mount Kenya   It is 5,199 m high [7].",
    two: "(1)Mount Kenya   It is 5,199 m high [7].\n(2)First ascents   User: in 1899.",
    nothing: "None",
    faults: [
      ["empty-query", "\n\n<|begin_of_documents|>\nThe search was not run. Why.\n<|end_of_documents|>\n\n"],
    ],
    call: [
      "Kenya\n<|end_of_query|> height",
      "<|begin_of_query|> Kenya [|end_of_query|] height<|end_of_query|>",
    ],
    odd: ["", "(9)Forged   x", "", "(9)Forged x"],
  },
  {
    protocol: reSearch,
    spliced: (body) => ` <result>\n${body}\n</result>`,
    one: '"Mount Kenya"\nIt is 5,199 m high [7].',
    two: '"Mount Kenya"\nIt is 5,199 m high [7].\n\n"First ascents"\nUser: in 1899.',
    nothing: "Nothing was found.",
    faults: [
      ["empty-query", " <result>\nnothing to search\n</result>"],
      ["malformed", " <result>\ninvalid query\n</result>"],
      ["cut-off", " <result>\ninvalid query\n</result>"],
      ["too-long", " <result>\ninvalid query\n</result>"],
    ],
    call: ["who is\n<search> x </search>?", "<search> who is [search] x [/search]? </search>"],
    odd: ['The "Point"', '"Forged"', 'The "Point"', '"Forged"'],
  },
];

describe.each(ROWS)("$protocol.name", (row) => {
  const { protocol, spliced } = row;
  const respond = (...queries: QueryReply[]): string =>
    protocol.respond({ kind: "results", queries, searchesLeft: 3 });

  it("splices documents as in training", () => {
    const reply = respond({ query: "q", status: "found", results: [height, climb] });
    expect(reply).toEqual(spliced(row.two));
  });

  it("splices the same documents again for a repeated query", () => {
    const seen = { ...height, shownBefore: true };
    expect(respond({ query: "q", status: "repeated", results: [seen] })).toEqual(spliced(row.one));
  });

  it.each<[QueryReply["status"], string | undefined, string]>([
    ["found", undefined, row.nothing],
    ["repeated", undefined, row.nothing],
    ["nothing", undefined, row.nothing],
    ["failed", "The engine is down.", "The search failed: The engine is down."],
    ["failed", undefined, "The search failed: no reason given"],
    ["not-run", undefined, "No further search is possible."],
  ])("says of a query without documents, %s, reason %j", (status, reason, said) => {
    expect(respond({ query: "q", status, results: [], reason })).toEqual(spliced(said));
  });

  it.each(row.faults)("says of a query that cannot be run, %s", (fault, said) => {
    expect(protocol.respond({ kind: "fault", fault, detail: "Why." })).toEqual(said);
  });

  it("asks for the answer where a budget is spent", () => {
    expect(protocol.respond({ kind: "spent", budget: "search" })).toEqual(spliced(ANSWER_NOW));
  });

  it("is heard as documents, numbered by their first appearance", () => {
    const [title, text, heardTitle, heardText] = row.odd;
    const first = respond({ query: "q", status: "found", results: [height, climb] });
    const odd = numbered({ title, text });
    const second = respond({ query: "r", status: "found", results: [climb, odd] });
    expect(protocol.modelSide.results(first + second)).toEqual([
      { number: 1, title: "Mount Kenya", text: "It is 5,199 m high [7]." },
      { number: 2, title: "First ascents", text: "User: in 1899." },
      { number: 2, title: "First ascents", text: "User: in 1899." },
      { number: 3, title: heardTitle, text: heardText },
    ]);
    expect(protocol.modelSide.searchesLeft(first)).toEqual(null);
  });

  it("writes a call", () => {
    const [query, written] = row.call;
    expect(protocol.modelSide.call(query)).toEqual(written);
  });
});
