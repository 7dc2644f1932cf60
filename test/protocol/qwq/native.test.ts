import { expect, test } from "vitest";
import type { Segment } from "../../../src/protocol/protocol.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";

const side = qwq.nativeSide!;

test("the turn so far, as what it means", () => {
  const turn: readonly Segment[] = [
    { origin: "runtime", text: "<think>\n" },
    { origin: "model", text: `I should look.\n${side.call(["a", "b"])}` },
    { origin: "search", text: "\n<tool_response>\n[1] A\nAll about a.\n</tool_response>\n" },
    { origin: "model", text: "Once more.\n<tool_call>\n{oops\n</tool_call>" },
    { origin: "runtime", text: "\n<tool_response>\nThe call was not run.\n</tool_response>\n" },
    { origin: "model", text: "Hm." },
    { origin: "runtime", text: "\n\nI have thought enough. I will answer now.\n</think>\n\n" },
    { origin: "model", text: "It is 7 [1]." },
  ];
  expect(side.parts(turn)).toEqual([
    { type: "reasoning", text: "I should look.\n" },
    { type: "call", queries: ["a", "b"] },
    { type: "response", text: "[1] A\nAll about a." },
    { type: "reasoning", text: "Once more.\n" },
    { type: "broken-call", text: "{oops" },
    { type: "response", text: "The call was not run." },
    { type: "reasoning", text: "Hm." },
    { type: "note", text: "I have thought enough. I will answer now." },
    { type: "answer", text: "It is 7 [1]." },
  ]);
});

test("a call that the runtime had to close is a broken one", () => {
  const turn: readonly Segment[] = [
    { origin: "model", text: '<tool_call>\n{"action": "web_sea' },
    { origin: "runtime", text: "</tool_call>" },
    { origin: "runtime", text: "\n<tool_response>\nCut off.\n</tool_response>\n" },
  ];
  expect(side.parts(turn)).toEqual([
    { type: "broken-call", text: '{"action": "web_sea' },
    { type: "response", text: "Cut off." },
  ]);
});

test("reasoning and answer are opened where they are not open", () => {
  expect(side.beginReasoning("<think>\n")).toBe("");
  expect(side.beginReasoning("<think>\nx</think>\n\n")).toBe("<think>\n");
  expect(side.beginAnswer("<think>\nx")).toBe("\n</think>\n\n");
  expect(side.beginAnswer("<think>\nx\n</think>\n\n")).toBe("");
});

test.each([[["one"]], [["one", "two"]], [["what is </tool_call>?"]]])(
  "the call for %j is read back",
  (queries) => {
    expect(qwq.readCall(side.call(queries), true)).toEqual({ kind: "search", queries });
  },
);

test("any tool call becomes text, and one that was cut off can never be run", () => {
  const whole = { name: "web_search", arguments: '{"query":"x"}', whole: true };
  expect(qwq.readCall(side.callText(whole), true)).toEqual({ kind: "search", queries: ["x"] });
  const cut = side.callText({ ...whole, arguments: '{"query":"x"', whole: false });
  expect(cut).toBe('<tool_call>\n{"name": "web_search", "arguments": {"query": "x"');
  const reader = qwq.reader("<think>\n", { calls: true });
  reader.feed(cut);
  reader.end({ finishReason: "stop", stopReason: null });
  expect(reader.generation).toEqual({ text: cut, closing: "</tool_call>", outcome: "call" });
});

test("a model with tools of its own is not told how to write a call", () => {
  const options = { question: "Q?", history: [], date: "2026-11-22", maxSearches: 5 };
  const [written] = qwq.open(options).messages;
  const [native] = qwq.open({ ...options, nativeTools: true }).messages;
  expect(written!.content).toContain("<tool_call>");
  expect(native!.content).not.toMatch(/<\/?tool_/);
  expect(native!.content).toContain("Run up to 5 searches, none twice");
});

test("what is wrong with its call is told in its own terms", () => {
  const fault = { kind: "fault", fault: "unknown-tool", detail: "There is no such tool." } as const;
  expect(qwq.respond({ ...fault, nativeTools: true })).toBe(
    '\n<tool_response>\nThe call was not run. There is no such tool. Call "web_search" with a "query": a text, or a list of texts.\n</tool_response>\n',
  );
});
