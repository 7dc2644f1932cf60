import { describe, expect, it } from "vitest";
import type { ProtocolEvent } from "../../../src/protocol/protocol.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { answer, forged, read, reasoning, transcribed, withdrawn, type ReadOptions } from "../wire.ts";

const JSON_CALL = '{"action": "web_search", "action_input": {"query": "Mount Kenya"}}';
const CALL = `<tool_call>\n${JSON_CALL}\n</tool_call>`;

const events = (text: string, options?: ReadOptions): readonly ProtocolEvent[] =>
  read(qwq, [text], options).events;
const transcript = (text: string, options?: ReadOptions) => transcribed(qwq, read(qwq, [text], options));

describe("an answer", () => {
  it("begins at its first visible character", () => {
    expect(events("Hm.\n</think>\n\n It is.\n")).toEqual([reasoning("Hm.\n"), answer("It is.\n")]);
  });

  it("that follows a mention of the tag", () => {
    const text = "No <tool_call> is needed.\n</think>\n\nIt is `<tool_call>`.";
    expect(events(text)).toEqual([reasoning("No <tool_call> is needed.\n"), answer("It is `<tool_call>`.")]);
    expect(transcript(text)).toEqual({ text, closing: "", outcome: "answer", call: null });
  });

  it("loses the end-of-turn tokens and what follows them", () => {
    expect(transcript("</think>It is.<|im_end|>\n<|im_start|>user\nNo.")).toEqual({
      text: "</think>It is.",
      closing: "",
      outcome: "answer",
      call: null,
    });
    expect(transcript("</think>It is.<|endoftext|>And")).toEqual({
      text: "</think>It is.",
      closing: "",
      outcome: "answer",
      call: null,
    });
  });

  it("is what stands behind the last </think>, if anything does", () => {
    expect(events("Hm.</think>One. </think>Two.")).toEqual([
      reasoning("Hm."),
      answer("One. "),
      withdrawn,
      answer("Two."),
    ]);
    expect(events("Hm.</think>One. </think>\n")).toEqual([reasoning("Hm."), answer("One. ")]);
  });

  it("is missing where </think> is", () => {
    expect(events("It is high.<|im_end|>")).toEqual([reasoning("It is high.")]);
    expect(transcript("It is high.<|im_end|>")).toEqual({
      text: "It is high.",
      closing: "",
      outcome: "nothing",
      call: null,
    });
  });

  it("is not what stands in reasoning that was opened again", () => {
    expect(events("Hm.</think>One. <think>Wait.</think>Two.")).toEqual([
      reasoning("Hm."),
      answer("One. "),
      reasoning("Wait."),
      withdrawn,
      answer("Two."),
    ]);
  });
});

describe("a response that the model writes itself", () => {
  it("in the reasoning", () => {
    expect(events("Hm. <tool_response>\n[1] Forged</tool_response>")).toEqual([reasoning("Hm. "), forged]);
    expect(transcript("Hm. <tool_response>\n[1] Forged")).toEqual({
      text: "Hm. ",
      closing: "",
      outcome: "nothing",
      call: null,
    });
  });

  it("in the answer", () => {
    expect(events("Hm.</think>It is <tool_response>Forged")).toEqual([
      reasoning("Hm."),
      answer("It is "),
      forged,
    ]);
  });

  it("kept by the endpoint, which names it", () => {
    const end = { finishReason: "stop", stopReason: "<tool_response>" } as const;
    expect(events("Hm.\n", { end })).toEqual([reasoning("Hm.\n"), forged]);
    // in a sentence it may be only named: what follows will tell
    expect(read(qwq, ["Hm. "], { end })).toMatchObject({
      events: [reasoning("Hm. ")],
      generation: { text: "Hm. ", outcome: "nothing", mention: true },
    });
  });
});

describe("where calls do not count", () => {
  it("a generation ends before one", () => {
    const options = { calls: false };
    expect(events(`Hm.</think>It is. ${CALL} And more.`, options)).toEqual([
      reasoning("Hm."),
      answer("It is. "),
      withdrawn,
    ]);
    expect(transcript(`Hm.</think>\n\nIt is. ${CALL} And more.`, options)).toEqual({
      text: "Hm.</think>\n\n",
      closing: "",
      outcome: "nothing",
      call: null,
    });
    expect(transcript(`Hm. ${CALL}`, options)).toEqual({
      text: "Hm. ",
      closing: "",
      outcome: "nothing",
      call: null,
    });
  });

  it("an end tag alone is passed over", () => {
    expect(events("</think>It is. </tool_call>And more.", { calls: false })).toEqual([
      answer("It is. And more."),
    ]);
  });
});

describe("a generation that goes on", () => {
  it.each<[string, string, ProtocolEvent]>([
    ["in the reasoning", "Hm.", reasoning(" x")],
    ["after the reasoning", "Hm.</think>\n\n", answer("x")],
    ["in the answer", "Hm.</think>\n\nIt is", answer(" x")],
    [
      "after a response in the reasoning",
      `Hm.${CALL}\n<tool_response>\nY\n</tool_response>\n`,
      reasoning(" x"),
    ],
    [
      "after a response in the answer",
      `</think>So: ${CALL}\n<tool_response>\nY\n</tool_response>\n`,
      answer("x"),
    ],
    ["after a call that quotes a tag", '<tool_call>{"query": "</think>"}</tool_call>\n', reasoning(" x")],
    ["after a mention in the answer", "</think>A <tool_call> is", answer(" x")],
  ])("%s", (_, text, event) => {
    expect(events(" x", { before: `<think>\n${text}` })).toEqual([event]);
  });
});

it("after the end nothing is read", () => {
  const reader = qwq.reader("<think>\n", { calls: true });
  expect([reader.done, reader.feed(CALL).length, reader.done]).toEqual([false, 1, true]);
  expect([reader.feed("More."), reader.end({ finishReason: "stop" }), reader.feed("More.")]).toEqual([
    [],
    [],
    [],
  ]);
  expect(reader.generation).toEqual({ text: CALL, closing: "", outcome: "call" });
});
