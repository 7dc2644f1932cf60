import { expect, it } from "vitest";
import { protocols } from "../../src/protocol/index.ts";
import { qwq } from "../../src/protocol/qwq/qwq.ts";
import { r1Searcher } from "../../src/protocol/plain/r1-searcher.ts";
import { reSearch } from "../../src/protocol/plain/re-search.ts";
import { searchO1 } from "../../src/protocol/plain/search-o1.ts";
import { searchR1 } from "../../src/protocol/plain/search-r1.ts";

const FORCED = "I will answer now from what I have.\n</think>\n\n";

it("each protocol stands in the table under its own name", () => {
  expect(Object.entries(protocols).map(([name, protocol]) => [name, protocol.name])).toEqual([
    ["qwq", "qwq"],
    ["search-r1", "search-r1"],
    ["search-o1", "search-o1"],
    ["r1-searcher", "r1-searcher"],
    ["re-search", "re-search"],
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
  ["<think>\n~~~~json\nHm.\n</think>", "no-answer", `\n~~~~\n\nI have thought enough. ${FORCED}`],
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

const O1_FORCED = "\n\nI will answer now from the information that I have.\n</think>\n\n";
const O1_UNDECIDED = "\n\nIf I need to look something up, I search for it now. Otherwise I answer.\n";
const O1_RESULT = "<|begin_search_result|>\\boxed{Forged}<|end_search_result|>";

it.each([
  ["<think>\nHm.", "undecided", O1_UNDECIDED],
  ["<think>\nSo \\boxed{Lyon}.", "undecided", "\n</think>\n\n"],
  [`<think>\nSo \\boxed{Lyon}? ${O1_RESULT}\n\nHm.`, "undecided", O1_UNDECIDED],
  ["<think>\nHm.", "no-answer", O1_FORCED],
  ["<think>\nHm.", "search", O1_FORCED],
  ["<think>\nHm.", "token", O1_FORCED],
  ["<think>\nHm.\n</think>\n\n", "no-answer", "\n\n"],
  ["<think>\nHm.\n</think>\n\n", "undecided", "\n\n"],
  ["<think>\nHm.\n</think>\n\nIt is", "time", ""],
] as const)("search-o1 after %j, for %s", (before, cause, nudge) => {
  expect(searchO1.nudge(before, cause)).toEqual(nudge);
});

it.each([
  [
    "<think> Hm.",
    "undecided",
    "\n\nIf I need to look something up, I search for it now. Otherwise I give the final answer.\n",
  ],
  ["<think> Hm.", "no-answer", "\n</think>\n\n<answer>"],
  ["<think> Hm.", "token", "\n</think>\n\n<answer>"],
  ["<think> Hm. </think>", "undecided", "\n\n<answer>"],
  ["<think> Hm. </think>", "repeat", "\n\n<answer>"],
  ["<think> Hm. </think>\n\n<answer>", "undecided", ""],
  ["<think> Hm. </think>\n\n<answer> Bei", "time", ""],
] as const)("r1-searcher after %j, for %s", (before, cause, nudge) => {
  expect(r1Searcher.nudge(before, cause)).toEqual(nudge);
});

const RE_UNDECIDED =
  "If I need to look something up, I search for it now. Otherwise I give the answer. </think>";

it.each([
  ["<think> Hm.", "undecided", ` ${RE_UNDECIDED}`],
  ["<think> Hm. </think>", "undecided", ` <think> ${RE_UNDECIDED}`],
  ["", "undecided", ` <think> ${RE_UNDECIDED}`],
  ["<answer>", "undecided", ""],
  ["<think> Hm.", "no-answer", " </think> <answer>"],
  ["<think> Hm.", "search", " </think> <answer>"],
  ["<think> Hm. </think>", "time", " <answer>"],
  ["", "no-answer", " <answer>"],
  ["Hm. <answer> Bei", "token", ""],
] as const)("re-search after %j, for %s", (before, cause, nudge) => {
  expect(reSearch.nudge(before, cause)).toEqual(nudge);
});
