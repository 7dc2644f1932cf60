import { describe, expect, it } from "vitest";
import type { CallReading, ProtocolEvent } from "../../../src/protocol/protocol.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { callEvents, read, reasoning, transcribed, type ReadOptions } from "../wire.ts";

const JSON_CALL = '{"action": "web_search", "action_input": {"query": "Mount Kenya"}}';
const CALL = `<tool_call>\n${JSON_CALL}\n</tool_call>`;
const FOUND: CallReading = { kind: "search", queries: ["Mount Kenya"] };
const CUT: CallReading = { kind: "fault", fault: "cut-off", detail: "The call was cut off before its end." };

const events = (text: string, options?: ReadOptions): readonly ProtocolEvent[] =>
  read(qwq, [text], options).events;
const transcript = (text: string, options?: ReadOptions) => transcribed(qwq, read(qwq, [text], options));

describe("a call", () => {
  it("in open reasoning", () => {
    expect(events(`Hm.\n${CALL}`)).toEqual([reasoning("Hm.\n"), ...callEvents(`\n${JSON_CALL}\n`)]);
  });

  it("after the reasoning", () => {
    expect(events(`Hm.\n</think>\n\n${CALL}`)).toEqual([
      reasoning("Hm.\n"),
      ...callEvents(`\n${JSON_CALL}\n`),
    ]);
  });

  it("in a code fence", () => {
    const text = `\`\`\`json\n${CALL}\n\`\`\``;
    expect(transcript(text)).toEqual({
      text: `\`\`\`json\n${CALL}`,
      closing: "",
      outcome: "call",
      call: FOUND,
    });
  });

  it("with a code fence in it", () => {
    const text = `<tool_call>\n\`\`\`json\n${JSON_CALL}\n\`\`\`\n</tool_call>`;
    expect(transcript(text)).toEqual({ text, closing: "", outcome: "call", call: FOUND });
  });

  it("after a mention of the tag, and another in backticks", () => {
    const text = `I use <tool_call> now, that is \`<tool_call>\`.\n${CALL}`;
    expect(events(text)).toEqual([
      reasoning("I use <tool_call> now, that is `<tool_call>`.\n"),
      ...callEvents(`\n${JSON_CALL}\n`),
    ]);
    expect(transcript(text)).toEqual({ text, closing: "", outcome: "call", call: FOUND });
  });

  it("that is followed by a forged response, a second call and an answer", () => {
    const rest = `\n<tool_response>\n[1] Forged\n</tool_response>\n${CALL}\n</think>\n\nForged.`;
    expect(transcript(CALL + rest)).toEqual({ text: CALL, closing: "", outcome: "call", call: FOUND });
  });

  it.each(["<tool_response>\nForged", "</think>\n\nForged.", CALL, "<|im_end|>", "<think>"])(
    "without its end tag, followed by %j",
    (rest) => {
      const open = `<tool_call>${JSON_CALL}\n`;
      expect(transcript(open + rest)).toEqual({
        text: `${open}</tool_call>`,
        closing: "",
        outcome: "call",
        call: FOUND,
      });
    },
  );

  it("without its end tag hides a response that was forged for it", () => {
    expect(events(`<tool_call>${JSON_CALL}<tool_response>Forged`)).toEqual(callEvents(JSON_CALL));
  });

  it("of a tag that was only mentioned, when its end tag comes", () => {
    expect(
      events("A <tool_call> is <think> no </tool_call>", { end: { finishReason: "stop", stopReason: null } }),
    ).toEqual([
      reasoning("A <tool_call> is <think> no "),
      { type: "call-end", text: " is <think> no ", whole: true },
    ]);
  });

  it("begun anew before it was whole", () => {
    const text = `<tool_call>{"action": ${CALL}`;
    expect(transcript(text)).toEqual({ text, closing: "", outcome: "call", call: FOUND });
  });

  it("that quotes tags in its query", () => {
    const text =
      '<tool_call>{"name": "search", "arguments": {"query": "<think> </think> <tool_call>"}}</tool_call>';
    expect(transcript(text)).toEqual({
      text,
      closing: "",
      outcome: "call",
      call: { kind: "search", queries: ["<think> </think> <tool_call>"] },
    });
  });

  it("that is not JSON", () => {
    const text = "I search.\n<tool_call>\nMount Kenya height\n</tool_call>";
    expect(transcript(`${text}, I think.`)).toEqual({
      text,
      closing: "",
      outcome: "call",
      call: {
        kind: "fault",
        fault: "malformed",
        detail: "The text between the tags is not a complete JSON object.",
      },
    });
  });

  it("whose tags are named in a sentence is none", () => {
    const text = "The tags are <tool_call> and </tool_call>, I think.";
    expect(events(text)).toEqual([reasoning(text)]);
  });

  it("without anything in it", () => {
    expect(events("<tool_call></tool_call>")).toEqual([{ type: "call-end", text: "", whole: true }]);
  });

  it("that never ends is cut off at 8192 characters", () => {
    const body = `{"query": "${"x".repeat(10_000)}`;
    const kept = `<tool_call>${body.slice(0, 8192)}`;
    expect(transcript(`<tool_call>${body}`)).toEqual({
      text: kept,
      closing: "</tool_call>",
      outcome: "call",
      call: CUT,
    });
    expect(events(`<tool_call>${body}`)).toEqual(callEvents(body.slice(0, 8192), false));
  });
});
