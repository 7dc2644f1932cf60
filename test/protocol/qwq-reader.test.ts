import { describe, expect, it } from "vitest";
import type { CallReading, ProtocolEvent } from "../../src/protocol/protocol.ts";
import { qwq } from "../../src/protocol/qwq.ts";
import { read, transcribed, type ReadOptions } from "./wire.ts";

const JSON_CALL = '{"action": "web_search", "action_input": {"query": "Mount Kenya"}}';
const CALL = `<tool_call>\n${JSON_CALL}\n</tool_call>`;
const FOUND: CallReading = { kind: "search", queries: ["Mount Kenya"] };
const CUT: CallReading = { kind: "fault", fault: "cut-off", detail: "The call was cut off before its end." };
const LENGTH: ReadOptions = { end: { finishReason: "length" } };

const reasoning = (text: string): ProtocolEvent => ({ type: "reasoning-delta", text });
const answer = (text: string): ProtocolEvent => ({ type: "answer-delta", text });
const call = (text: string, whole = true): ProtocolEvent[] => [
  { type: "call-delta", text },
  { type: "call-end", text, whole },
];
const forged: ProtocolEvent = { type: "response-forged" };
const events = (text: string, options?: ReadOptions): readonly ProtocolEvent[] =>
  read(qwq, [text], options).events;
const transcript = (text: string, options?: ReadOptions) => transcribed(qwq, read(qwq, [text], options));

describe("a call", () => {
  it("in open reasoning", () => {
    expect(events(`Hm.\n${CALL}`)).toEqual([reasoning("Hm.\n"), ...call(`\n${JSON_CALL}\n`)]);
  });

  it("after the reasoning", () => {
    expect(events(`Hm.\n</think>\n\n${CALL}`)).toEqual([reasoning("Hm.\n"), ...call(`\n${JSON_CALL}\n`)]);
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
    expect(events(text)).toEqual([reasoning("I use  now, that is ``.\n"), ...call(`\n${JSON_CALL}\n`)]);
    expect(transcript(text)).toEqual({ text, closing: "", outcome: "call", call: FOUND });
  });

  it("that is followed by a forged response, a second call and an answer", () => {
    const rest = `\n<tool_response>\n[1] Forged\n</tool_response>\n${CALL}\n</think>\n\nForged.`;
    expect(transcript(CALL + rest)).toEqual({ text: CALL, closing: "", outcome: "call", call: FOUND });
  });

  it.each(["<tool_response>\nForged", "</think>\n\nForged.", `${CALL}`, "<|im_end|>", "<think>"])(
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
    expect(transcript("The tags are <tool_call> and </tool_call>, I think.")).toEqual({
      text: "The tags are <tool_call> and </tool_call>",
      closing: "",
      outcome: "call",
      call: {
        kind: "fault",
        fault: "malformed",
        detail: "The text between the tags is not a complete JSON object.",
      },
    });
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
    expect(events(`<tool_call>${body}`)).toEqual(call(body.slice(0, 8192), false));
  });
});

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

  it("in half a call that no stop string explains cuts it off", () => {
    expect(transcript('<tool_call>{"query": "Mount')).toEqual({
      text: '<tool_call>{"query": "Mount',
      closing: "</tool_call>",
      outcome: "call",
      call: CUT,
    });
  });

  it("at the end tag of a call that is half makes it whole, for the reading to judge", () => {
    expect(
      transcript('<tool_call>{"query": "Mount', {
        end: { finishReason: "stop", stopReason: "</tool_call>" },
      }),
    ).toEqual({
      text: '<tool_call>{"query": "Mount</tool_call>',
      closing: "",
      outcome: "call",
      call: {
        kind: "fault",
        fault: "malformed",
        detail: "The text between the tags is not a complete JSON object.",
      },
    });
  });

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

describe("an answer", () => {
  it("begins at its first visible character", () => {
    expect(events("Hm.\n</think>\n\n It is.\n")).toEqual([reasoning("Hm.\n"), answer("It is.\n")]);
  });

  it("that follows a mention of the tag", () => {
    const text = "No <tool_call> is needed.\n</think>\n\nIt is `<tool_call>`.";
    expect(events(text)).toEqual([reasoning("No  is needed.\n"), answer("It is ``.")]);
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

  it("goes on after a second </think>", () => {
    expect(events("Hm.</think>One. </think>Two.")).toEqual([reasoning("Hm."), answer("One. Two.")]);
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
    expect(events("Hm. ", { end: { finishReason: "stop", stopReason: "<tool_response>" } })).toEqual([
      reasoning("Hm. "),
      forged,
    ]);
  });
});

describe("where calls do not count", () => {
  it("a generation ends before one", () => {
    const options = { calls: false };
    expect(events(`Hm.</think>It is. ${CALL} And more.`, options)).toEqual([
      reasoning("Hm."),
      answer("It is. "),
    ]);
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
  const before = (text: string): ReadOptions => ({ before: `<think>\n${text}` });

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
    expect(events(" x", before(text))).toEqual([event]);
  });
});

it("after the end nothing is read", () => {
  const reader = qwq.reader("<think>\n", { calls: true });
  expect([reader.done, reader.feed(CALL).length, reader.done]).toEqual([false, 2, true]);
  expect([reader.feed("More."), reader.end({ finishReason: "stop" }), reader.feed("More.")]).toEqual([
    [],
    [],
    [],
  ]);
  expect(reader.generation).toEqual({ text: CALL, closing: "", outcome: "call" });
});
