import type { RunEvent } from "../../src/graph/events.ts";
import { NO_USAGE } from "../../src/graph/usage.ts";
import { NOTHING_YET, type RunRecord } from "../../src/cli/view/run-record.ts";

/** A search call as QwQ writes it. */
export function call(query: string): string {
  return `<tool_call>\n{"action": "web_search", "action_input": {"query": ${JSON.stringify(query)}}}\n</tool_call>`;
}

/** A run with two searches, a refused call, and an answer that cites one source well and one that is not there. */
export const EVENTS: readonly RunEvent[] = [
  {
    type: "run-start",
    question: "Q?",
    protocol: "qwq",
    model: "QwQ-32B",
    family: "completions",
    engine: "tavily",
  },
  { type: "reasoning-delta", text: "\nLet me " },
  { type: "reasoning-delta", text: "look.\n\n" },
  { type: "budget-left", left: { searches: 5, tokens: 1000, seconds: 60 } },
  { type: "tool-call", queries: ["licence", "weather"] },
  { type: "search-start", query: "licence", engine: "tavily" },
  { type: "search-start", query: "weather", engine: "tavily" },
  {
    type: "search-end",
    query: "licence",
    engine: "tavily",
    status: "found",
    sources: [
      { number: 1, title: "The licence", url: "https://example.org/licence" },
      { number: 2, title: "Another page", url: "https://example.org/other" },
      { number: 1, title: "The licence", url: "https://example.org/licence" },
    ],
    attempts: [],
    milliseconds: 812,
  },
  {
    type: "search-end",
    query: "weather",
    engine: "tavily",
    status: "failed",
    sources: [],
    failure: { kind: "timeout", message: "Tavily did not answer within 20 s. Try again." },
    attempts: [],
    milliseconds: 20_004,
  },
  { type: "tool-call-invalid", reason: "malformed", detail: "The call is no JSON." },
  {
    type: "search-end",
    query: "LICENCE",
    engine: "",
    status: "repeated",
    sources: [{ number: 1, title: "The licence", url: "https://example.org/licence" }],
    attempts: [],
    milliseconds: 0,
  },
  { type: "tool-call-refused", budget: "search" },
  { type: "reasoning-delta", text: "I know enough." },
  { type: "answer-delta", text: "\n\nIt is **Apache 2.0** [1].\n" },
  { type: "answer-delta", text: "Some say more [7]." },
  {
    type: "answer-end",
    answer: "It is **Apache 2.0** [[1]](https://example.org/licence).\nSome say more.",
    answered: true,
    citations: [],
    uncited: [],
    stopReason: "search-budget",
  },
];

const citation = {
  title: "",
  sentence: "",
  verdict: "supported" as const,
  checks: [],
  overlap: 1,
  citedText: "",
  start: 0,
  end: 0,
  redundant: false,
};

export const RECORD: RunRecord = {
  ...NOTHING_YET,
  answered: true,
  answer: "It is **Apache 2.0** [[1]](https://example.org/licence).\nSome say more.",
  citations: [
    { ...citation, number: 1, url: "https://example.org/licence", known: true },
    { ...citation, number: 7, url: "", known: false },
  ],
  sources: [
    { number: 1, title: "The licence", url: "https://example.org/licence", text: "Apache 2.0." },
    { number: 2, title: "Another page", url: "https://example.org/other", text: "Nothing." },
    { number: 1, title: "The licence", url: "https://example.org/licence", text: "More of it." },
  ],
  stopReason: "search-budget",
  searches: 2,
  queries: [
    {
      query: "licence",
      engine: "tavily",
      status: "found",
      sources: [1, 2],
      reason: "",
      attempts: [],
      milliseconds: 812,
    },
    {
      query: "weather",
      engine: "tavily",
      status: "failed",
      sources: [],
      reason: "late",
      attempts: [],
      milliseconds: 20_004,
    },
  ],
  usage: { ...NO_USAGE, completionTokens: 1234, milliseconds: 34_567 },
};
