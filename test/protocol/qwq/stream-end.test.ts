import { describe, expect, it } from "vitest";
import type { CallReading, ProtocolEvent } from "../../../src/protocol/protocol.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { answer, read, transcribed, type ReadOptions } from "../wire.ts";

const JSON_CALL = '{"action": "web_search", "action_input": {"query": "Mount Kenya"}}';
const FOUND: CallReading = { kind: "search", queries: ["Mount Kenya"] };
const CUT: CallReading = { kind: "fault", fault: "cut-off", detail: "The call was cut off before its end." };
const LENGTH: ReadOptions = { end: { finishReason: "length" } };
const events = (text: string, options?: ReadOptions): readonly ProtocolEvent[] =>
  read(qwq, [text], options).events;
const transcript = (text: string, options?: ReadOptions) => transcribed(qwq, read(qwq, [text], options));

describe("the end of the stream", () => {
  it.each([
    ["after the tag", "<tool_call>", "<tool_call>"],
    ["in the tool's name", '<tool_call>{"action": "web_se', '<tool_call>{"action": "web_se'],
    ["in the query", '<tool_call>{"query": "Mount', '<tool_call>{"query": "Mount'],
    ["in a quoted tag", '<tool_call>{"query": "what is <tool_', '<tool_call>{"query": "what is '],
    ["behind the JSON", `<tool_call>${JSON_CALL}\n`, `<tool_call>${JSON_CALL}\n`],
    ["in the first sign of the end tag", `<tool_call>${JSON_CALL}<`, `<tool_call>${JSON_CALL}`],
  ])("by length in a call, %s, cuts it off", (_, wire, text) => {
    expect(transcript(wire, LENGTH)).toEqual({ text, closing: "</tool_call>", outcome: "call", call: CUT });
  });

  it("by length in the end tag of a whole call does not", () => {
    expect(transcript(`<tool_call>${JSON_CALL}\n</tool_c`, LENGTH)).toEqual({
      text: `<tool_call>${JSON_CALL}\n</tool_call>`,
      closing: "",
      outcome: "call",
      call: FOUND,
    });
  });

  it.each(["<tool_ca", "</thi", "<", "<|im_"])("by length in a tag, %j, leaves that out", (begun) => {
    expect(transcript(`Hm.\n${begun}`, LENGTH)).toEqual({
      text: "Hm.\n",
      closing: "",
      outcome: "nothing",
      call: null,
    });
  });

  it("by length in the reasoning leaves nothing", () => {
    expect(transcript("Hm, let me", LENGTH)).toEqual({
      text: "Hm, let me",
      closing: "",
      outcome: "nothing",
      call: null,
    });
  });

  it("by length in the answer leaves an answer", () => {
    expect(transcript("Hm.</think>It is", LENGTH)).toEqual({
      text: "Hm.</think>It is",
      closing: "",
      outcome: "answer",
      call: null,
    });
  });

  it("by itself in half a call cuts it off", () => {
    expect(
      transcript('<tool_call>{"query": "Mount', { end: { finishReason: "stop", stopReason: null } }),
    ).toEqual({
      text: '<tool_call>{"query": "Mount',
      closing: "</tool_call>",
      outcome: "call",
      call: CUT,
    });
  });

  it.each([undefined, "</tool_call>"])(
    "in the query, stopped by %j, may be a mention of the end tag",
    (stopReason) => {
      const begun = '<tool_call>{"query": "Mount';
      const { generation } = read(qwq, [begun], {
        end: { finishReason: "stop", ...(stopReason !== undefined && { stopReason }) },
      });
      expect(generation).toEqual({ text: begun, closing: "", outcome: "nothing", mention: true });
    },
  );

  it.each([undefined, "</tool_call>"])(
    "behind a query, stopped by %j, makes the call whole",
    (stopReason) => {
      expect(
        transcript('<tool_call>{"query": "Mount"', {
          end: { finishReason: "stop", ...(stopReason !== undefined && { stopReason }) },
        }),
      ).toEqual({
        text: '<tool_call>{"query": "Mount"</tool_call>',
        closing: "",
        outcome: "call",
        call: {
          kind: "fault",
          fault: "missing-field",
          detail: 'A call needs the fields "action" and "action_input".',
        },
      });
    },
  );

  it("in text keeps what might have become a tag", () => {
    expect(events("</think>1 < 2 <")).toEqual([answer("1 < 2 <")]);
  });

  it.each(["", " ", "\n\n\t"])("without a word, %j, is nothing", (text) => {
    expect(transcript(text)).toEqual({ text, closing: "", outcome: "nothing", call: null });
    expect(transcript(`</think>${text}`)).toEqual({
      text: `</think>${text}`,
      closing: "",
      outcome: "nothing",
      call: null,
    });
  });
});
