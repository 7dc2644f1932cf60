import { expect, it } from "vitest";
import { protocols } from "../../src/protocol/index.ts";
import { qwq } from "../../src/protocol/qwq.ts";
import { searchR1 } from "../../src/protocol/search-r1.ts";

const FORCED = "I will answer now from what I have.\n</think>\n\n";

it("each protocol stands in the table under its own name", () => {
  expect(Object.entries(protocols).map(([name, protocol]) => [name, protocol.name])).toEqual([
    ["qwq", "qwq"],
    ["search-r1", "search-r1"],
  ]);
});

it.each([
  ["<think>\nHm.", "no-answer", `\n\nI have thought enough. ${FORCED}`],
  ["<think>\nHm.", "token", `\n\nI have used up what I was given for this. ${FORCED}`],
  ["<think>\nHm.", "search", `\n\nI have used up what I was given for this. ${FORCED}`],
  [
    "<think>\nHm.",
    "undecided",
    "\n\nIf I need to look something up, I write the call now. Otherwise I answer.\n",
  ],
  ["<think>\nHm.\n</think>\n\n", "no-answer", "\n\n"],
  ["<think>\nHm.\n</think>\n\n", "undecided", "\n\n"],
  ["<think>\nHm.\n</think>\n\nIt is", "token", ""],
  [
    '<think>\n<tool_call>{"query": "</think>"}</tool_call>',
    "no-answer",
    `\n\nI have thought enough. ${FORCED}`,
  ],
] as const)("qwq after %j, for %s", (before, cause, nudge) => {
  expect(qwq.nudge(before, cause)).toEqual(nudge);
});

const INVALID =
  "\nMy previous action is invalid. If I want to search, I should put the query between <search> and </search>. If I want to give the final answer, I should put the answer between <answer> and </answer>. Let me try again.\n";

it.each([
  ["<think> Hm.", "undecided", INVALID],
  ["<think> Hm.", "no-answer", "\n</think>\n\n<answer>"],
  ["<think> Hm.", "time", "\n</think>\n\n<answer>"],
  ["<think> Hm. </think>", "time", "\n\n<answer>"],
  ["", "no-answer", "\n\n<answer>"],
  ["Hm. <answer> Bei", "token", ""],
] as const)("search-r1 after %j, for %s", (before, cause, nudge) => {
  expect(searchR1.nudge(before, cause)).toEqual(nudge);
});
