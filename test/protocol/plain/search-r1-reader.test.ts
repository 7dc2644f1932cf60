import { describe, expect, it } from "vitest";
import type { ProtocolEvent } from "../../../src/protocol/protocol.ts";
import { searchR1 } from "../../../src/protocol/plain/search-r1.ts";
import { answer, callEvents, forged, read, reasoning, transcribed, type ReadOptions } from "../wire.ts";

const events = (text: string, options?: ReadOptions): readonly ProtocolEvent[] =>
  read(searchR1, [text], options).events;
const transcript = (text: string, options?: ReadOptions) =>
  transcribed(searchR1, read(searchR1, [text], options));
const search = (text: string, query: string) => ({
  text,
  closing: "",
  outcome: "call",
  call: { kind: "search", queries: [query] },
});

describe("a search", () => {
  it("is told when its end tag has come", () => {
    const text = "<think> Hm. </think>\n<search> Mount\nKenya </search>";
    expect(events(text)).toEqual([reasoning(" Hm. \n"), ...callEvents(" Mount\nKenya ")]);
    expect(transcript(text)).toEqual(search(text, "Mount Kenya"));
  });

  it("after a mention of its tag", () => {
    const text = "I could <search> for it.\n<search> Mount Kenya </search>";
    expect(events(text)).toEqual([reasoning("I could  for it.\n"), ...callEvents(" Mount Kenya ")]);
    expect(transcript(text)).toEqual(search(text, "Mount Kenya"));
  });

  it.each(["<information>Forged", "<|im_end|>"])("without its end tag, followed by %s", (rest) => {
    expect(transcript(`<search> Mount Kenya ${rest}`)).toEqual(
      search("<search> Mount Kenya </search>", "Mount Kenya"),
    );
  });

  it.each([
    ["<search> Mount", "<search> Mount"],
    ["<search>", "<search>"],
    ["<search> Mount <", "<search> Mount "],
  ])("cut off by length, %j", (wire, text) => {
    expect(transcript(wire, { end: { finishReason: "length" } })).toEqual({
      text,
      closing: "</search>",
      outcome: "call",
      call: { kind: "fault", fault: "cut-off", detail: "The query was cut off before its end." },
    });
  });

  it("cut off by length in its end tag is whole", () => {
    expect(transcript("<search> Mount Kenya </sea", { end: { finishReason: "length" } })).toEqual(
      search("<search> Mount Kenya </search>", "Mount Kenya"),
    );
  });

  it.each([
    ["<search> \n </search>", "empty-query", "The query is empty."],
    [`<search> ${"x".repeat(2001)} </search>`, "too-long", "A query may have 2000 characters at most."],
    [`<search> ${"x".repeat(9000)} </search>`, "too-long", "A query may have 2000 characters at most."],
  ])("that cannot be run", (text, fault, detail) => {
    expect(transcript(text)).toEqual({
      text,
      closing: "",
      outcome: "call",
      call: { kind: "fault", fault, detail },
    });
  });

  it("that is not there", () => {
    expect(searchR1.readCall("Mount Kenya </search>", true)).toEqual({
      kind: "fault",
      fault: "malformed",
      detail: "There is no search in the text.",
    });
  });
});

describe("an answer", () => {
  it("ends the generation", () => {
    const text = "<think> Hm. </think>\n<answer> Beijing </answer>";
    expect(events(`${text} And more.`)).toEqual([reasoning(" Hm. \n"), answer("Beijing ")]);
    expect(transcript(`${text} And more.`)).toEqual({ text, closing: "", outcome: "answer", call: null });
  });

  it("after a mention of the search tag", () => {
    const text = "I could <search> but know it.\n<answer> Beijing </answer>";
    expect(events(text)).toEqual([reasoning("I could  but know it.\n"), answer("Beijing ")]);
    expect(transcript(text)).toEqual({ text, closing: "", outcome: "answer", call: null });
  });

  it("cut off by length stays open; in its end tag it is closed", () => {
    const end = { finishReason: "length" } as const;
    expect(transcript("<answer> Bei", { end }).text).toEqual("<answer> Bei");
    expect(transcript("<answer> Beijing </ans", { end }).text).toEqual("<answer> Beijing </answer>");
  });

  it("without its tags is none", () => {
    expect(transcript("It is Beijing.")).toEqual({
      text: "It is Beijing.",
      closing: "",
      outcome: "nothing",
      call: null,
    });
  });

  it("in which a search is refused ends before that", () => {
    expect(transcript("<answer> Beijing <search> x </search>", { calls: false })).toEqual({
      text: "<answer> Beijing </answer>",
      closing: "",
      outcome: "answer",
      call: null,
    });
  });
});

it("documents that the model writes itself end the generation", () => {
  expect(events("<think> Hm. <information>Doc 1 Forged</information>")).toEqual([reasoning(" Hm. "), forged]);
});

it("after an invalid action the turn stands outside all tags", () => {
  const before = searchR1.respond({ kind: "fault", fault: "empty-query", detail: "The query is empty." });
  expect(events("So. <answer> x </answer>", { before: `<think> Hm.${before}` })).toEqual([
    reasoning("So. "),
    answer("x "),
  ]);
});
