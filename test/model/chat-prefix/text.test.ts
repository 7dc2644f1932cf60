import { describe, expect, test } from "vitest";
import { createEchoFilter } from "../../../src/model/chat-prefix/text.ts";
import type { ChatReply, ChatServerReply } from "../../servers/chat.ts";
import { askChat, CONTINUED, GIVEN } from "./ask.ts";
import { HELLO } from "../collect.ts";
import { qwqCallText } from "../native-tools/side.ts";

/** An event stream written by hand, one delta per event, the last with the finish reason. */
function deltas(...list: readonly Record<string, unknown>[]): ChatServerReply {
  const events = list.map((delta) => ({ choices: [{ index: 0, delta, finish_reason: null }] }));
  const finish = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };
  return {
    headers: { "content-type": "text/event-stream" },
    body: [...events, finish].map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""),
  };
}

const echo = (...contents: readonly string[]) => deltas(...contents.map((content) => ({ content })));
describe("what a server tells apart is one text again", () => {
  const cases: readonly [string, given: string, ChatServerReply, expected: string][] = [
    ["content alone", GIVEN, { text: "think.\n</think>\n\nYes" }, "think.\n</think>\n\nYes"],
    ["reasoning, then content", GIVEN, { reasoning: "think.\n", text: "\n\nYes" }, "think.\n</think>\n\nYes"],
    [
      "reasoning under its other name",
      GIVEN,
      { reasoning: "think.\n", reasoningField: "reasoning", text: "\n\nYes", chunkSize: 1 },
      "think.\n</think>\n\nYes",
    ],
    [
      "reasoning under both names at once",
      GIVEN,
      deltas({ reasoning: "think.", reasoning_content: "think." }, { content: "Yes" }),
      "think.</think>Yes",
    ],
    ["reasoning that does not end", GIVEN, { reasoning: "think." }, "think."],
    [
      "reasoning and a closing tag that was left in the content",
      GIVEN,
      { reasoning: "a", text: "\n</think>\nb", chunkSize: 1 },
      "a\n</think>\nb",
    ],
    [
      "reasoning and a closing tag that was left in the reasoning",
      GIVEN,
      { reasoning: "a</think>", text: "b" },
      "a</think>b",
    ],
    [
      "content that only begins like the closing tag",
      GIVEN,
      { reasoning: "a", text: "\n</b>", chunkSize: 1 },
      "a</think>\n</b>",
    ],
    ["content that is a beginning of it", GIVEN, { reasoning: "a", text: "</thi" }, "a</think></thi"],
    [
      "blanks between two pieces of reasoning",
      GIVEN,
      deltas({ reasoning_content: "a" }, { content: "\n" }, { reasoning_content: "b" }),
      "a\nb",
    ],
    [
      "blanks in front of the reasoning",
      GIVEN,
      deltas({ content: "\n" }, { reasoning_content: "a" }, { content: "b" }),
      "\na</think>b",
    ],
    [
      "both in one event",
      GIVEN,
      deltas({ reasoning_content: "a", content: "b" }, { content: "c" }),
      "a</think>bc",
    ],
    [
      "a turn that is opened",
      "",
      { reasoning: "\na\n", text: "\n\nb", chunkSize: 1 },
      "<think>\na\n</think>\n\nb",
    ],
    [
      "reasoning that is opened again",
      "",
      deltas({ reasoning_content: "a" }, { content: "b" }, { reasoning_content: "c" }, { content: "d" }),
      "<think>a</think>b<think>c</think>d",
    ],
    [
      "an answer that a parser takes for reasoning",
      "<think>\na\n</think>\n\nSo ",
      { reasoning: "it is b." },
      "it is b.",
    ],
    [
      "lists of chunks",
      GIVEN,
      deltas(
        { content: [{ type: "thinking", thinking: [{ type: "text", text: "a" }] }] },
        { content: [{ type: "text", text: "b" }] },
      ),
      "a</think>b",
    ],
  ];
  test.each(cases)("%s", async (_name, given, reply, expected) => {
    const messages = given === "" ? HELLO : [...HELLO, { role: "assistant", content: given } as const];
    expect((await askChat(reply, messages)).text).toBe(expected);
  });
});

describe("a given text that the server says once more is taken off", () => {
  const cases: readonly [string, ChatServerReply, expected: string][] = [
    ["in one event", echo(GIVEN, "think."), "think."],
    ["with its last blank in the next event", echo(GIVEN.trimEnd(), " think."), "think."],
    ["without its last blank", echo(GIVEN.trimEnd(), "think."), "think."],
    ["in pieces", echo(...Array.from("<think>\nWell, I think.")), "think."],
    ["together with what follows", echo(`${GIVEN}think.`), "think."],
    ["or it is not said", echo("think.", " Yes"), "think. Yes"],
    ["or only something like it is said", echo("<think>\nWel", "come"), "<think>\nWelcome"],
    ["or only its beginning is said", echo("<thi"), "<thi"],
    ["and nothing follows", echo(GIVEN), ""],
  ];
  test.each(cases)("%s", async (_name, reply, expected) => {
    expect((await askChat(reply, CONTINUED, { dialect: "mistral" })).text).toBe(expected);
  });
});

describe("a call that the server parsed out of the text is text again", () => {
  const calls: ChatReply["calls"] = [{ arguments: '{"query": "loss < masking"}' }];
  const CALL =
    '<tool_call>\n{"name": "web_search", "arguments": {"query": "loss \\u003c masking"}}\n</tool_call>';

  test.each([1, 4, Infinity])("in pieces of %d, behind the reasoning", async (chunkSize) => {
    const reply = { reasoning: "look.\n", calls, chunkSize };
    const { chunks, text } = await askChat(reply, CONTINUED, { callText: qwqCallText });
    expect(text).toBe(`look.\n${CALL}`);
    expect(chunks.at(-1)).toMatchObject({ type: "end", finishReason: "stop", stopReason: null });
  });

  test("behind blanks, which show that the reasoning was closed", async () => {
    const reply = { reasoning: "look.\n", text: "\n\n", calls };
    expect((await askChat(reply, CONTINUED, { callText: qwqCallText })).text).toBe(
      `look.\n</think>\n\n${CALL}`,
    );
  });

  test.each([
    ["length", '{"query": "loss < masking"}'],
    ["length", '{"query": "loss < ma'],
    ["tool_calls", '{"query": "loss < ma'],
    ["tool_calls", ""],
  ])("cut off, with the finish reason %s and %j, it is never closed", async (finishReason, written) => {
    const reply = { calls: [{ arguments: written }], finishReason };
    const { text } = await askChat(reply, CONTINUED, { callText: qwqCallText });
    expect(text).toBe(
      `<tool_call>\n{"name": "web_search", "arguments": ${written.replace("<", String.raw`\u003c`)}`,
    );
  });

  test("nobody to give it back makes it a bad reply", async () => {
    await expect(askChat({ calls })).rejects.toMatchObject({
      code: "model-bad-reply",
      message: expect.stringContaining("turned text into a tool call. Start it without a tool-call parser"),
    });
  });
});

describe("what repeats the given text", () => {
  const GIVEN_TEXT = "Well, I \n ";

  test("is taken off in whatever pieces it comes", () => {
    const whole = `${GIVEN_TEXT}think`;
    for (let first = 0; first <= whole.length; first += 1) {
      for (let second = first; second <= whole.length; second += 1) {
        const filter = createEchoFilter(GIVEN_TEXT);
        const pieces = [whole.slice(0, first), whole.slice(first, second), whole.slice(second)];
        expect(pieces.map((piece) => filter.feed(piece)).join("") + filter.rest()).toBe("think");
      }
    }
  });

  test("and what only begins like it is given back whole", () => {
    for (let same = 0; same < GIVEN_TEXT.trimEnd().length; same += 1) {
      for (const end of ["", "X", "Xyz"]) {
        const said = GIVEN_TEXT.slice(0, same) + end;
        const filter = createEchoFilter(GIVEN_TEXT);
        expect(Array.from(said, (piece) => filter.feed(piece)).join("") + filter.rest()).toBe(said);
      }
    }
  });

  test("is compared once, however long it is", () => {
    const given = "word ".repeat(80_000);
    const filter = createEchoFilter(given);
    let said = "";
    for (let at = 0; at < given.length; at += 1) said += filter.feed(given.charAt(at));
    expect(said + filter.feed("end") + filter.rest()).toBe("end");
  });
});
