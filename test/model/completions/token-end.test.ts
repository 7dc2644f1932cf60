import { describe, expect, test } from "vitest";
import { NO_TOKENS, type AlignOptions, type ToldTokens } from "../../../src/model/completions/told-tokens.ts";
import { endHidden, endShown } from "../../../src/model/completions/token-end.ts";
import type { Finish } from "../../../src/model/exchange/read-to-end.ts";
import type { TokenRun } from "../../../src/model/exchange/token-run.ts";

const VOCABULARY = ["<|im_end|>", "</call>", "</", "call>", "a", "b", "a</"];

/** The text of each id, and the ids of the stop string. */
const OPTIONS: AlignOptions = {
  stop: ["</call>"],
  stopTokenIds: [],
  showsStop: true,
  encoding: {
    stopIds: new Map([["</call>", [1]]]),
    encode: () => Promise.resolve(undefined),
    decode: (ids) => Promise.resolve(ids.map((id) => VOCABULARY[id]).join("")),
  },
};

const STOPPED: Finish = { finishReason: "stop", stopReason: "</call>" };
const ENDED: Finish = { finishReason: "stop", stopReason: null };
const UNSAID: Finish = { finishReason: "stop" };
const CUT: Finish = { finishReason: "length" };

function told(ids: readonly number[], logprobs: readonly number[] = []): ToldTokens {
  return { ...NO_TOKENS, ids, scores: logprobs.map((logprob) => ({ text: "", logprob })) };
}

describe("what a server shows of its end is taken off", () => {
  const named = { ...STOPPED, tokenIds: [1] };
  const cases: readonly [
    what: string,
    last: TokenRun | undefined,
    Finish,
    texts: unknown,
    ending: unknown,
  ][] = [
    ["nothing was said", undefined, STOPPED, [], STOPPED],
    [
      "it was cut",
      { text: "a</call>", tokenIds: [4, 1] },
      CUT,
      [{ text: "a</call>", tokenIds: [4, 1] }],
      CUT,
    ],
    ["a stop string", { text: "a</call>", tokenIds: [4, 1] }, STOPPED, [{ text: "a", tokenIds: [4] }], named],
    [
      "a stop string that is not named",
      { text: "a</call>", tokenIds: [4, 1] },
      UNSAID,
      [{ text: "a", tokenIds: [4] }],
      named,
    ],
    ["a stop string alone", { text: "</call>", tokenIds: [1] }, STOPPED, [], named],
    ["one in other tokens", { text: "a</call>", tokenIds: [6, 3] }, STOPPED, [{ text: "a" }], STOPPED],
    ["one without ids", { text: "a</call>" }, STOPPED, [{ text: "a" }], STOPPED],
    [
      "the token that ends the turn",
      { text: "a<|im_end|>", tokenIds: [4, 0] },
      ENDED,
      [{ text: "a", tokenIds: [4] }],
      { ...ENDED, tokenIds: [0] },
    ],
    ["that token, whose text is not shown", { text: "a", tokenIds: [4, 0] }, ENDED, [{ text: "a" }], ENDED],
    [
      "an end of turn that is no token",
      { text: "ab", tokenIds: [4, 5] },
      ENDED,
      [{ text: "ab", tokenIds: [4, 5] }],
      ENDED,
    ],
    [
      "a stop token that nobody asked for",
      { text: "a</call>", tokenIds: [4, 1] },
      ENDED,
      [{ text: "a", tokenIds: [4] }],
      { ...ENDED, tokenIds: [1] },
    ],
  ];
  test.each(cases)("%s", async (_what, last, finish, texts, ending) => {
    expect(await endShown(last, NO_TOKENS, finish, OPTIONS)).toEqual({ texts, ending });
  });

  test("with its log-probabilities", async () => {
    const last = { text: "a</call>", tokenIds: [4, 1], logprobs: [-1, -2] };
    expect(await endShown(last, NO_TOKENS, STOPPED, OPTIONS)).toEqual({
      texts: [{ text: "a", tokenIds: [4], logprobs: [-1] }],
      ending: { ...named, logprobs: [-2] },
    });
  });

  test("a stop token that was asked for is a stop string", async () => {
    const last = { text: "a</call>", tokenIds: [4, 1] };
    expect(await endShown(last, NO_TOKENS, ENDED, { ...OPTIONS, stopTokenIds: [1] })).toEqual({
      texts: [{ text: "a", tokenIds: [4] }],
      ending: named,
    });
  });
});

describe("what a server does not show of its end is among the tokens behind the text", () => {
  const A = { text: "a", tokenIds: [4] };
  const cases: readonly [what: string, tokens: ToldTokens, Finish, texts: unknown, ending: unknown][] = [
    ["the stop string", told([1], [-2]), STOPPED, [A], { ...STOPPED, tokenIds: [1], logprobs: [-2] }],
    ["a stop string in other tokens", told([2, 3]), STOPPED, [A], STOPPED],
    ["one of which a token is missing", { ...told([1]), missing: 1 }, STOPPED, [A], STOPPED],
    ["none: it began within the last text's tokens", NO_TOKENS, STOPPED, [{ text: "a" }], STOPPED],
    ["the end of the turn", told([0]), ENDED, [A], { ...ENDED, tokenIds: [0] }],
    ["a beginning of the stop string at the limit", told([2]), CUT, [A, { text: "</", tokenIds: [2] }], CUT],
    ["something else at the limit", told([5]), CUT, [A], CUT],
    ["nothing at the limit", NO_TOKENS, CUT, [A], CUT],
  ];
  test.each(cases)("%s", async (_what, tokens, finish, texts, ending) => {
    expect(await endHidden(A, tokens, finish, { ...OPTIONS, showsStop: false })).toEqual({ texts, ending });
  });
});
