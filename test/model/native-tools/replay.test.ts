import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { describe, expect, test } from "vitest";
import type { TurnPiece } from "../../../src/model/model.ts";
import { startChatServer } from "../../servers/chat.ts";
import { collect } from "../collect.ts";
import { askNative, callText, OPENED } from "./ask.ts";
import { overOpenAi } from "./openai.ts";

const USER = { role: "user", content: "Hello" };
const RESPONSE = (body: string): string => `\n<tool_response>\n${body}\n</tool_response>\n`;
const called = (id: string, content: string, query: unknown) => ({
  role: "assistant",
  content,
  tool_calls: [
    { id, type: "function", function: { name: "web_search", arguments: JSON.stringify({ query }) } },
  ],
});
const result = (tool_call_id: string, content: string) => ({
  role: "tool",
  tool_call_id,
  name: "web_search",
  content,
});
const model = (text: string): TurnPiece => ({ origin: "model", text });
const search = (body: string): TurnPiece => ({ origin: "search", text: RESPONSE(body) });
const runtime = (text: string): TurnPiece => ({ origin: "runtime", text });

describe("a turn is replayed as messages", () => {
  const cases: readonly [string, readonly TurnPiece[], readonly unknown[]][] = [
    ["nothing but the opening tag", [], []],
    [
      "a call with its result",
      [model(`Let me look.\n${callText("a")}`), search("[1] A\n\nSearches left: 4.")],
      [called("search001", "Let me look.", "a"), result("search001", "[1] A\n\nSearches left: 4.")],
    ],
    [
      "two calls, the second without a word and with two queries",
      [model(`One.\n${callText("a")}`), search("[1] A"), model(callText(["b", "c"])), search("[2] B")],
      [
        called("search001", "One.", "a"),
        result("search001", "[1] A"),
        called("search002", "", ["b", "c"]),
        result("search002", "[2] B"),
      ],
    ],
    [
      "a call that was refused",
      [model(callText("a")), runtime(RESPONSE("All searches for this question are used up."))],
      [called("search001", "", "a"), result("search001", "All searches for this question are used up.")],
    ],
    [
      "a call that was cut off",
      [
        model('Look.\n<tool_call>\n{"name": "web_search", "arguments": {"query": "ha'),
        runtime("</tool_call>"),
        runtime(RESPONSE("The call was not run.")),
      ],
      [
        {
          role: "assistant",
          content: 'Look.\n\n{"name": "web_search", "arguments": {"query": "ha',
        },
        { role: "user", content: "The call was not run." },
      ],
    ],
    [
      "a note behind text",
      [model("I think it is 7."), runtime("\n\nI have thought enough.\n</think>\n\n")],
      [
        { role: "assistant", content: "I think it is 7." },
        { role: "user", content: "I have thought enough." },
      ],
    ],
    [
      "a note behind a result, and behind nothing",
      [model(callText("a")), search("[1] A"), runtime("\n\nI answer now.\n</think>\n\n")],
      [called("search001", "", "a"), result("search001", "[1] A\n\nI answer now.")],
    ],
    [
      "an answer that was cut off",
      [model("So.\n</think>\n\nThe answer is")],
      [
        { role: "assistant", content: "So.\n\nThe answer is" },
        { role: "user", content: "Go on exactly where your last message ends. Repeat nothing of it." },
      ],
    ],
    [
      "a call that nobody answered",
      [model(callText("a"))],
      [called("search001", "", "a"), result("search001", "This call was not run.")],
    ],
  ];
  test.each(cases)("%s", async (_name, turn, expected) => {
    const { request } = await askNative({ text: "x" }, [...OPENED, ...turn]);
    expect(request?.body.messages).toEqual([USER, ...expected]);
  });

  test("a note behind the question goes to it", async () => {
    const { request } = await askNative({ text: "x" }, [...OPENED, runtime("\n\nI write the call now.\n")]);
    expect(request?.body.messages).toEqual([{ role: "user", content: "Hello\n\nI write the call now." }]);
  });

  test("without pieces, the last message is the model's own", async () => {
    await using server = await startChatServer(["x"]);
    await overOpenAi(server.url).invoke([
      new HumanMessage("Hello"),
      new AIMessage(`<think>\nOh.\n${callText("a")}`),
    ]);
    expect(server.requests[0]?.body.messages).toEqual([
      USER,
      called("search001", "Oh.", "a"),
      result("search001", "This call was not run."),
    ]);
  });

  test("earlier turns stay, empty ones do not", async () => {
    await using server = await startChatServer(["x"]);
    await collect(overOpenAi(server.url), {}, [
      { role: "system", content: "Be brief." },
      { role: "user", content: "One?" },
      { role: "assistant", content: "1." },
      { role: "user", content: "Two?" },
      { role: "assistant", content: "" },
    ]);
    expect(server.requests[0]?.body.messages).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "One?" },
      { role: "assistant", content: "1." },
      { role: "user", content: "Two?" },
    ]);
  });
});
