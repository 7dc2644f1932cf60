import { describe, expect, test } from "vitest";
import { advantagesOf } from "../../src/trajectory/advantages.ts";
import { stretchesOf } from "../../src/trajectory/stretches.ts";
import { differing, lacksEnd, tokenSequences } from "../../src/trajectory/tokens.ts";
import type { Trajectory } from "../../src/trajectory/trajectory.ts";

type Turn = Pick<Trajectory, "segments" | "generations">;

const TURN: Turn = {
  segments: [
    { origin: "runtime", text: "<think>" },
    { origin: "model", text: "ab", tokenIds: [1, 2], logprobs: [-1, -2] },
    { origin: "search", text: "SS" },
    { origin: "runtime", text: "R" },
    { origin: "model", text: "c", tokenIds: [3], logprobs: [-3] },
  ],
  generations: [
    { segment: 1, end: "stop-string", promptText: "P<think>", promptIds: [9, 8] },
    { segment: 4, end: "end-of-turn", promptIds: [7, 7, 6], endTokenIds: [5], endLogprobs: [-4] },
  ],
};

const run = (turn: Turn): Trajectory => turn as Trajectory;
/** Two letters are one token, wherever they stand together. */
const pairs = (text: string): readonly number[] =>
  (text.match(/bS|[^]/g) ?? []).map((piece) => piece.codePointAt(0)! * piece.length);
const letters = (text: string): readonly number[] => Array.from(text, (letter) => letter.codePointAt(0)!);

test("a run is one sequence, its end among it", () => {
  expect(tokenSequences(run(TURN))).toEqual([
    {
      promptIds: [9, 8],
      responseIds: [1, 2, 7, 7, 6, 3, 5],
      responseMask: [1, 1, 0, 0, 0, 1, 1],
      responseLogprobs: [-1, -2, 0, 0, 0, -3, -4],
      madeParts: 0,
      movedTokens: 0,
    },
  ]);
});

test("an end of turn that was gone on behind is no part of it", () => {
  const [first, second] = TURN.generations;
  const turn = {
    ...TURN,
    generations: [{ ...first!, end: "end-of-turn" as const, endTokenIds: [5] }, second!],
  };
  expect(tokenSequences(run(turn))?.[0]?.responseIds).toEqual([1, 2, 7, 7, 6, 3, 5]);
});

test("a prompt that was made anew begins another sequence", () => {
  const [first, second] = TURN.generations;
  const turn = {
    ...TURN,
    generations: [
      first!,
      { ...second!, promptText: "P<think>abS", promptIds: [9, 8, 1, 2, 7], restarts: true as const },
    ],
  };
  expect(tokenSequences(run(turn))).toMatchObject([
    { promptIds: [9, 8], responseIds: [1, 2], responseMask: [1, 1] },
    { promptIds: [9, 8, 1, 2, 7], responseIds: [3, 5], responseMask: [1, 1] },
  ]);
});

describe("without ids of the endpoint", () => {
  const textOnly: Turn = {
    segments: TURN.segments.map(({ origin, text }) => ({ origin, text })),
    generations: TURN.generations.map(({ segment, end, promptText }) => ({
      segment,
      end,
      ...(promptText !== undefined && { promptText }),
    })),
  };

  test("there is no sequence", () => {
    expect(tokenSequences(run(textOnly))).toBeUndefined();
  });

  test("a tokenizer makes them part by part, and says what moves", () => {
    expect(tokenSequences(run(textOnly), letters)).toEqual([
      {
        promptIds: letters("P<think>"),
        responseIds: letters("abSSRc"),
        responseMask: [1, 1, 0, 0, 0, 1],
        responseLogprobs: undefined,
        madeParts: 4,
        movedTokens: 0,
      },
    ]);
    expect(tokenSequences(run(textOnly), pairs)?.[0]?.movedTokens).toBe(2);
  });

  test.each<[end: Trajectory["generations"][number]["end"], stopReason: string, ends: boolean]>([
    ["end-of-turn", "answered", true],
    ["end-of-turn", "no-answer", true],
    ["stop", "answered", true],
    ["stop", "no-answer", false],
    ["stop-string", "answered", false],
    ["length", "answered", false],
    ["read", "answered", false],
  ])("a turn that ended by %s, %s, has the token of its end: %s", (end, stopReason, ends) => {
    const [first, last] = textOnly.generations;
    const turn = { ...run(textOnly), stopReason, generations: [first!, { ...last!, end }] };
    const [sequence] = tokenSequences(turn, letters, 5) ?? [];
    expect(lacksEnd(turn)).toBe(ends);
    expect(sequence?.responseIds).toEqual([...letters("abSSRc"), ...(ends ? [5] : [])]);
    expect(sequence?.responseMask).toEqual([1, 1, 0, 0, 0, 1, ...(ends ? [1] : [])]);
  });

  test("an end that the endpoint told, or words whose ids it told, get no other", () => {
    expect(tokenSequences(run(TURN), letters, 99)?.[0]?.responseIds).toEqual([1, 2, 7, 7, 6, 3, 5]);
    const [first, last] = TURN.generations;
    const untold = { ...TURN, generations: [first!, { ...last!, endTokenIds: undefined }] };
    expect(tokenSequences(run(untold), letters, 99)?.[0]?.responseIds).toEqual([1, 2, 7, 7, 6, 3]);
  });
});

test("a family that sends messages has none", () => {
  const turn: Turn = {
    ...TURN,
    generations: [
      { segment: 1, end: "stop" },
      { segment: 4, end: "stop" },
    ],
  };
  expect(stretchesOf(turn)).toEqual([]);
});

test.each([
  [[1, 2, 3], [1, 2, 3], 0],
  [[1, 2, 3], [1, 4, 3], 1],
  [[1, 1], [1], 1],
  [[], [1], 0],
])("%j and %j differ in %i", (ids, others, expected) => {
  expect(differing(ids, others)).toBe(expected);
});

const sample = (group: string | undefined, reward: number | undefined) => ({ group, reward });

test("advantages are those of a group, also of equal rewards that are no binary fractions", () => {
  const samples = [
    sample("1", 1),
    sample("1", 0),
    ...Array.from({ length: 3 }, () => sample("2", 0.1)),
    sample("3", 1),
    sample("1", undefined),
    sample(undefined, 1),
  ];
  expect(advantagesOf(samples)).toEqual([1, -1, 0, 0, 0, undefined, undefined, undefined]);
});

test("what a damaged file calls the model's is not trained on where it was retrieved", () => {
  const [first] = TURN.generations;
  const turn = { ...TURN, generations: [first!, { segment: 2, end: "stop" as const, promptIds: [7] }] };
  expect(tokenSequences(run(turn), letters)?.[0]).toMatchObject({
    responseIds: [1, 2, 7, ...letters("SS")],
    responseMask: [1, 1, 0, 0, 0],
  });
});
