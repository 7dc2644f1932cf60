import { expect, test } from "vitest";
import { pageRunOf, type KeptPage, type KeptQuery, type KeptRun } from "../../src/page/from-run.ts";
import type { PageStep } from "../../src/page/run.ts";
import { protocols } from "../../src/protocol/index.ts";
import type { Protocol } from "../../src/protocol/protocol.ts";
import { call } from "../cli/scripts.ts";

const FOUND = "\n<tool_response>\nAll about it.\n</tool_response>\n";

function kept(segments: KeptRun["segments"], about: Partial<KeptRun> = {}): KeptRun {
  return {
    question: "Q?",
    answered: true,
    stopReason: "answered",
    segments,
    generations: [],
    queries: [],
    readings: [],
    sources: [],
    answer: "",
    citations: [],
    uncited: [],
    pages: false,
    ...about,
  };
}

function found(query: string, ...sources: readonly number[]): KeptQuery {
  return { query, status: "found", sources, attempts: [{ from: "cache" }] };
}

const steps = (run: KeptRun, protocol: Protocol = protocols.qwq): readonly PageStep[] =>
  pageRunOf(run, protocol).steps;
const model = (text: string) => ({ origin: "model" as const, text });
const search = { origin: "search" as const, text: FOUND };
const begin = { origin: "runtime" as const, text: "<think>\n" };
const splice = (...sources: readonly number[]) => ({ kind: "splice", text: FOUND, sources });
const hit = (query: string, ...sources: readonly number[]) => ({
  query,
  status: "found",
  sources,
  cached: true,
  attempts: 1,
});

const TURNS: readonly [name: keyof typeof protocols, asks: string, answers: string][] = [
  ["qwq", `Hm.\n${call("apples")}`, "Done.\n</think>\n\nApples."],
  ["search-r1", "Hm.</think>\n<search>apples</search>", "Done.</think>\n<answer>Apples.</answer>"],
  [
    "search-o1",
    "Hm.\n<|begin_search_query|>apples<|end_search_query|>",
    "Done.\n</think>\n\n\\boxed{Apples.}",
  ],
  [
    "r1-searcher",
    "Hm.\n<|begin_of_query|>apples<|end_of_query|>",
    "Done.\n</think>\n<answer>Apples.</answer>",
  ],
  [
    "re-search",
    "Hm.\n</think><search>apples</search>",
    "<think>Done.</think> <answer>\\boxed{Apples.}</answer>",
  ],
];

test.each(TURNS)(
  "%s: reasoning, search, splice and answer stand apart, without tags",
  (name, asks, answers) => {
    const run = kept([begin, model(asks), search, model(answers)], { queries: [found("apples", 1)] });
    const trimmed = steps(run, protocols[name]).map((step) =>
      step.kind === "reasoning" || step.kind === "answer" ? { ...step, text: step.text.trim() } : step,
    );
    expect(trimmed).toEqual([
      { kind: "reasoning", text: "Hm." },
      { kind: "search", queries: [hit("apples", 1)] },
      splice(1),
      { kind: "reasoning", text: "Done." },
      { kind: "answer", text: "Apples." },
    ]);
  },
);

const TWICE = [begin, model(call("apples")), search, model(call("pears")), search];

test("a query that a person put in the place of another goes with the call that it answered", () => {
  const queries = [found("red apples", 1), found("pears", 2)];
  expect(steps(kept(TWICE, { queries }))).toEqual([
    { kind: "search", queries: [hit("red apples", 1)] },
    splice(1),
    { kind: "search", queries: [hit("pears", 2)] },
    splice(2),
  ]);
});

test("what failed and is asked again, what was asked before, and what was never run", () => {
  const failed: KeptQuery = { query: "apples", status: "failed", sources: [], attempts: [], reason: "Down." };
  const segments = [
    begin,
    model(call("apples")),
    search,
    model(call("apples")),
    search,
    model(call("Apples")),
  ];
  expect(steps(kept(segments, { queries: [failed, found("apples", 1)] }))).toEqual([
    { kind: "search", queries: [{ query: "apples", status: "failed", sources: [], reason: "Down." }] },
    splice(),
    { kind: "search", queries: [hit("apples", 1)] },
    splice(1),
    { kind: "search", queries: [{ query: "Apples", status: "repeated", sources: [1] }] },
  ]);
  expect(steps(kept([begin, model(call("apples"))]))).toEqual([
    { kind: "search", queries: [{ query: "apples", status: "asked", sources: [] }] },
  ]);
  const spent = {
    origin: "runtime" as const,
    text: "\n<tool_response>\nNo searches are left.\n</tool_response>\n",
  };
  expect(steps(kept([begin, model(call("apples")), spent]))).toEqual([
    { kind: "search", queries: [{ query: "apples", status: "not-run", sources: [] }] },
    { kind: "repair", text: "No searches are left." },
  ]);
});

test("pages that were opened have the titles of their sources", () => {
  const url = "https://example.org/a";
  const opening = `<tool_call>\n{"name": "open_url", "arguments": {"url": "${url}"}}\n</tool_call>`;
  const page: KeptPage = { url, status: "read", source: 3, milliseconds: 12, reason: "" };
  const sources = [{ number: 3, title: "A page", url, text: "One." }];
  const run = kept([begin, model(opening), search], { readings: [page], sources, pages: true });
  expect(steps(run)).toEqual([
    {
      kind: "pages",
      pages: [{ url, title: "A page", status: "read", source: 3, milliseconds: 12, reason: "" }],
    },
    splice(3),
  ]);
});

test("costs stand with what their request wrote; passages of one address are one source", () => {
  const cost = { milliseconds: 5, promptTokens: 10, completionTokens: 2, cachedTokens: 8, estimated: false };
  const place = { number: 1, title: "A", url: "https://example.org/" };
  const run = kept([begin, model("Done.\n</think>\n\nYes.")], {
    generations: [{ segment: 1, usage: cost }],
    sources: [
      { ...place, text: "One." },
      { ...place, text: "Two." },
    ],
  });
  expect(steps(run)).toEqual([
    { kind: "reasoning", text: "Done.\n", ...cost },
    { kind: "answer", text: "Yes." },
  ]);
  expect(pageRunOf(run, protocols.qwq).sources).toEqual([{ ...place, text: "One.\n\nTwo." }]);
});

test("without a protocol that reads it, what the model wrote stands as it is", () => {
  const run = pageRunOf(kept([begin, model(call("apples"))]), undefined);
  expect(run.steps).toEqual([{ kind: "reasoning", text: call("apples") }]);
});
