import { AIMessage, AIMessageChunk } from "@langchain/core/messages";
import { fakeModel } from "@langchain/core/testing";
import { ChatOpenAI } from "@langchain/openai";
import { describe, expect, test } from "vitest";
import type { ModelChunk, TurnPiece } from "../../../src/model/model.ts";
import { createNativeToolsModel } from "../../../src/model/native-tools/native-tools.ts";
import { createScriptedModel } from "../../../src/model/scripted.ts";
import { startChatServer, type ChatReply } from "../../servers/chat.ts";
import { collect, textOf } from "../collect.ts";
import { askNative, callText, continuing, OPENED } from "./ask.ts";
import { FakeToolsModel } from "./fake.ts";
import { qwqNativeSide } from "./side.ts";
import { KEY } from "../key.ts";

const USER = { role: "user", content: "Hello" };
const call = (query: unknown) => ({ arguments: JSON.stringify({ query }) });
const read = async (
  chunks: readonly AIMessageChunk[],
  options: { endsSilently?: boolean } = {},
): Promise<ModelChunk[]> => {
  const chatModel = new FakeToolsModel(chunks);
  const [given, messages] = continuing(OPENED);
  return collect(createNativeToolsModel({ chatModel, side: qwqNativeSide, ...options }), given, messages);
};
const end = (response_metadata: Record<string, unknown>) =>
  new AIMessageChunk({ content: "", response_metadata });

describe("the request", () => {
  test("offers the search, and carries what the model was made with for it", async () => {
    const { request } = await askNative({ text: "x" }, OPENED, {
      maxTokens: 77,
      sampling: { temperature: 0.5 },
      modelName: "other",
      stop: ["</tool_call>"],
    });
    expect(request?.body).toEqual({
      model: "other",
      messages: [USER],
      max_tokens: 77,
      temperature: 0.5,
      stream: true,
      stream_options: { include_usage: true },
      tools: [
        {
          type: "function",
          function: {
            name: "web_search",
            description: expect.stringContaining("Searches the web."),
            parameters: {
              type: "object",
              properties: {
                query: {
                  description: "What you are looking for, or a list of such queries.",
                  anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
                },
              },
              required: ["query"],
            },
          },
        },
      ],
    });
  });

  test("takes the tool away where the model may only answer", async () => {
    const { request } = await askNative({ text: "x" }, OPENED, { calls: false });
    expect(request?.body).toMatchObject({ tool_choice: "none", tools: [{ type: "function" }] });
  });

  test("a model that is handed in keeps what it was made with", async () => {
    await using server = await startChatServer(["x"]);
    const chatModel = new ChatOpenAI({
      model: "mine",
      apiKey: KEY,
      maxTokens: 9,
      configuration: { baseURL: server.url },
    });
    const model = createNativeToolsModel({ chatModel, side: qwqNativeSide, toolDescription: "Looks it up." });
    await collect(model, { maxTokens: 5, modelName: "other" });
    expect(model.modelName).toBe("mine");
    expect(server.requests[0]?.body).toMatchObject({ model: "mine", max_tokens: 9 });
    expect(server.requests[0]?.body["tools"]).toMatchObject([{ function: { description: "Looks it up." } }]);
  });

  test("a model without tool calling is refused when it is handed in", () => {
    const chatModel = createScriptedModel([]);
    expect(() => createNativeToolsModel({ chatModel, side: qwqNativeSide })).toThrow(
      expect.objectContaining({
        code: "settings-invalid",
        message:
          "The chat model ScriptedModel has no tool calling. Use one that has, or another family of models.",
      }),
    );
  });
});

describe("a reply is text of the protocol", () => {
  const cases: readonly [string, ChatReply, expected: string, finishReason?: "length"][] = [
    ["an answer closes the reasoning", { text: "Yes.", chunkSize: 1 }, "\n</think>\n\nYes."],
    ["reasoning, then an answer", { reasoning: "Hm.", text: "Yes." }, "Hm.\n</think>\n\nYes."],
    [
      "reasoning, then a call",
      { reasoning: "Hm.", calls: [call("a")], chunkSize: 2 },
      `Hm.\n${callText("a")}`,
    ],
    ["a word, then a call", { text: "Wait.", calls: [call("a")] }, `\n</think>\n\nWait.\n${callText("a")}`],
    ["blanks in front of a call are nothing", { text: "\n\n", calls: [call("a")] }, callText("a")],
    ["a list of queries", { calls: [call(["a", "b"])] }, callText(["a", "b"])],
    [
      "several calls are one",
      { calls: [call("a"), call(["b", "c"]), call("d")] },
      callText(["a", "b", "c", "d"]),
    ],
    [
      "a query about tags",
      { calls: [call("</tool_call>")] },
      callText("</tool_call>").replace('"</', '"\\u003c/'),
    ],
    [
      "a call of another tool is for the protocol to judge",
      { calls: [{ name: "python", arguments: '{"code": 1}' }] },
      '<tool_call>\n{"name": "python", "arguments": {"code": 1}}\n</tool_call>',
    ],
    [
      "so is one without a query",
      { calls: [{ arguments: "{}" }] },
      '<tool_call>\n{"name": "web_search", "arguments": {}}\n</tool_call>',
    ],
    [
      "a call that cannot be run does not hinder one that can",
      { calls: [{ arguments: "{}" }, call("a")] },
      callText("a"),
    ],
    ["nothing", { text: "" }, ""],
    ["an answer that is cut off", { text: "Ye", finishReason: "length" }, "\n</think>\n\nYe", "length"],
    [
      "a call that is cut off is never closed",
      { reasoning: "Hm.", calls: [{ arguments: '{"query": "ha' }], finishReason: "length" },
      'Hm.\n<tool_call>\n{"name": "web_search", "arguments": {"query": "ha',
      "length",
    ],
    [
      "not even when all of it is there",
      { calls: [call("a")], finishReason: "length" },
      '<tool_call>\n{"name": "web_search", "arguments": {"query": "a"}',
      "length",
    ],
    [
      "or when calls before it are whole",
      { calls: [call("a"), { arguments: '{"q' }], finishReason: "length" },
      '<tool_call>\n{"name": "web_search", "arguments": {"q',
      "length",
    ],
    [
      "or when the model claims to be done",
      { calls: [{ arguments: '{"query": "ha' }] },
      '<tool_call>\n{"name": "web_search", "arguments": {"query": "ha',
    ],
  ];
  test.each(cases)("%s", async (_name, reply, expected, finishReason) => {
    const { chunks, text } = await askNative(reply);
    expect(text).toBe(expected);
    expect(chunks.at(-1)).toMatchObject({ type: "end", finishReason: finishReason ?? "stop" });
  });

  test("reasoning behind a closed one is opened anew", async () => {
    const turn: TurnPiece[] = [...OPENED, { origin: "model", text: "\n</think>\n\nWait.\n" }];
    expect((await askNative({ reasoning: "Hm.", text: "Yes." }, turn)).text).toBe(
      "<think>\nHm.\n</think>\n\nYes.",
    );
    expect((await askNative({ text: "Yes." }, turn)).text).toBe("Yes.");
  });

  test("tokens are counted, with those of the cache", async () => {
    const usage = {
      prompt_tokens: 60,
      completion_tokens: 2,
      total_tokens: 62,
      prompt_tokens_details: { cached_tokens: 48 },
    };
    const { chunks } = await askNative({ text: "x", usage });
    expect(chunks.at(-1)).toEqual({
      type: "end",
      finishReason: "stop",
      usage: { promptTokens: 60, completionTokens: 2, cachedTokens: 48 },
    });
  });
});

describe("other chat models", () => {
  test.each<[string, AIMessageChunk[], string]>([
    [
      "Anthropic's thinking",
      [
        new AIMessageChunk({ content: [{ type: "thinking", thinking: "Hm.", index: 0 }] }),
        new AIMessageChunk({ content: [{ type: "text", text: "Yes.", index: 1 }] }),
        end({ stop_reason: "end_turn" }),
      ],
      "Hm.\n</think>\n\nYes.",
    ],
    [
      "standard reasoning",
      [
        new AIMessageChunk({ content: [{ type: "reasoning", reasoning: "Hm.", index: 0 }] }),
        new AIMessageChunk("Yes."),
        end({ finishReason: "STOP" }),
      ],
      "Hm.\n</think>\n\nYes.",
    ],
    [
      "a call with an id in each part and no index",
      [
        new AIMessageChunk({
          content: "",
          tool_call_chunks: [{ type: "tool_call_chunk", id: "a", name: "web_search", args: '{"query": ' }],
        }),
        new AIMessageChunk({
          content: "",
          tool_call_chunks: [{ type: "tool_call_chunk", id: "a", args: '"x"}' }],
        }),
        end({ stop_reason: "tool_use" }),
      ],
      callText("x"),
    ],
  ])("%s", async (_name, chunks, expected) => {
    expect(textOf(await read(chunks))).toBe(expected);
  });

  test.each([
    [{ finishReason: "MAX_TOKENS" }, "length"],
    [{ stop_reason: "max_tokens" }, "length"],
    [{ done_reason: "stop" }, "stop"],
    [{ stopReason: "end_turn" }, "stop"],
    [{ status: "incomplete" }, "length"],
  ])("%j is the end", async (metadata, finishReason) => {
    const chunks = await read([new AIMessageChunk("x"), end(metadata)]);
    expect(chunks.at(-1)).toEqual({ type: "end", finishReason, usage: {} });
  });

  test.each([
    [{ finishReason: "SAFETY" }, "model-rejected"],
    [{ stop_reason: "refusal" }, "model-rejected"],
    [{ finishReason: "MALFORMED_FUNCTION_CALL" }, "model-bad-reply"],
    [{ status: "failed" }, "model-truncated"],
    [{ status: "in_progress" }, "model-truncated"],
    [{}, "model-truncated"],
  ])("%j is a failure", async (metadata, code) => {
    await expect(read([new AIMessageChunk("x"), end(metadata)])).rejects.toMatchObject({ code });
  });

  test("the end of a stream counts where it is said to be the only sign", async () => {
    const chunks = await read([new AIMessageChunk("x")], { endsSilently: true });
    expect(chunks.at(-1)).toEqual({ type: "end", finishReason: "stop", usage: {} });
  });

  test("a message that comes in one piece is whole", async () => {
    const chatModel = fakeModel()
      .respond(
        new AIMessage({ content: "", tool_calls: [{ id: "1", name: "web_search", args: { query: "x" } }] }),
      )
      .respond(new AIMessage("Yes."));
    const model = createNativeToolsModel({ chatModel, side: qwqNativeSide });
    const [given, messages] = continuing(OPENED);
    expect(textOf(await collect(model, given, messages))).toBe(callText("x"));
    expect(textOf(await collect(model, given, messages))).toBe("\n</think>\n\nYes.");
    expect(model.modelName).toBe("FakeBuiltModel");
  });
});
