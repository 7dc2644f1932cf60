import { AIMessage } from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
import { expect, test } from "vitest";
import type { PromptMessage, TurnPiece } from "../../../src/model/model.ts";
import {
  cachedPrefill,
  createPrefilledChatModel,
  trimmedTexts,
} from "../../../src/model/langchain/prefilled-chat.ts";
import { startChatServer } from "../../servers/chat.ts";
import { startMessagesServer } from "../../servers/messages.ts";
import { collect, HELLO, textOf } from "../collect.ts";
import { qwqCallText } from "../native-tools/side.ts";
import { anthropic, KEY, overAnthropic } from "./prefilled-chat-ask.ts";

const continuing = (content: string): readonly PromptMessage[] => [
  { role: "system", content: "You may search." },
  ...HELLO,
  { role: "assistant", content },
];

test("the turn is the last message, whose white space at the end is not sent", async () => {
  await using server = await startMessagesServer(["Okay."]);
  const model = overAnthropic(server.url);
  expect(model).toMatchObject({ family: "chat-prefix", modelName: "claude-sonnet-4-5" });
  const chunks = await collect(model, { maxTokens: 77, stop: ["</tool_call>"] }, continuing("<think>\n"));
  expect(chunks).toEqual([
    { type: "text", text: "Okay." },
    {
      type: "end",
      finishReason: "stop",
      stopReason: null,
      usage: { promptTokens: 10, completionTokens: 6, cachedTokens: 0 },
    },
  ]);
  const [request] = server.requests;
  expect(request?.headers).toMatchObject({ "x-api-key": KEY, "anthropic-version": "2023-06-01" });
  expect(request?.body).toEqual({
    model: "claude-sonnet-4-5",
    max_tokens: 77,
    stream: true,
    stop_sequences: ["</tool_call>"],
    system: "You may search.",
    messages: [
      { role: "user", content: "Hello" },
      { role: "assistant", content: "<think>" },
    ],
  });
});

test.each([
  // what is given ends in, what the model writes, what follows the given text
  ["\n", "Okay", "Okay"],
  ["\n", "\nOkay", "Okay"],
  ["\n", "\n\nOkay", "\nOkay"],
  ["\n\n", "\nOkay", "Okay"],
  ["\n\n", "\n\nOkay", "Okay"],
  [" \n", " Okay", "Okay"],
  ["\n", " Okay", " Okay"],
  ["", "\nOkay", "\nOkay"],
  ["\n", "\n", ""],
])("behind %j, %j is %j", async (end, written, said) => {
  await using server = await startMessagesServer([{ text: written, chunkSize: 1 }, { text: written }]);
  const model = overAnthropic(server.url);
  for (const _ of [1, 2]) {
    expect(textOf(await collect(model, {}, continuing(`<think>${end}`)))).toBe(said);
  }
  expect(server.requests.map(({ body }) => body.messages.at(-1)?.content)).toEqual(["<think>", "<think>"]);
});

test("a turn of nothing but white space is not there yet", async () => {
  await using server = await startMessagesServer(["\nHi"]);
  expect(textOf(await collect(overAnthropic(server.url), {}, continuing("\n")))).toBe("Hi");
  expect(server.requests[0]?.body.messages).toEqual([{ role: "user", content: "Hello" }]);
});

test("a stop string ends it and is named; one of white space is not sent", async () => {
  await using server = await startMessagesServer(["one</search> two"]);
  const stop = ["</search>", " ", "\n\n", "</search>"];
  const chunks = await collect(overAnthropic(server.url), { stop });
  expect(textOf(chunks)).toBe("one");
  expect(chunks.at(-1)).toMatchObject({ finishReason: "stop", stopReason: "</search>" });
  expect(server.requests[0]?.body.stop_sequences).toEqual(["</search>"]);
});

test.each([
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["pause_turn", "stop"],
])("a stop reason %s is %s", async (stopReason, finishReason) => {
  await using server = await startMessagesServer([{ text: "Hi", stopReason }]);
  expect((await collect(overAnthropic(server.url))).at(-1)).toMatchObject({ finishReason });
});

test("tokens are counted once, those of the cache among them", async () => {
  await using server = await startMessagesServer([
    {
      text: "Hi there",
      usage: { input_tokens: 3, cache_creation_input_tokens: 20, cache_read_input_tokens: 100 },
    },
  ]);
  expect((await collect(overAnthropic(server.url))).at(-1)).toMatchObject({
    usage: { promptTokens: 123, completionTokens: 9, cachedTokens: 100 },
  });
});

test("with a prompt cache, the blocks of one step are the first of the next", async () => {
  const turn: readonly TurnPiece[] = [
    { origin: "runtime", text: "<think>\n" },
    { origin: "model", text: "Hm.\n<tool_call>\n{}\n</tool_call>" },
    { origin: "search", text: "\n<tool_response>\nSeven.\n</tool_response>\n" },
    { origin: "model", text: "So it is seven. " },
  ];
  await using server = await startMessagesServer(turn.map(() => "more"));
  const model = overAnthropic(server.url, { lastMessage: cachedPrefill });
  for (const at of turn.keys()) {
    const pieces = turn.slice(0, at + 1);
    await collect(model, { turn: pieces }, continuing(pieces.map(({ text }) => text).join("")));
  }
  const sent = server.requests.map(({ body }) => body.messages.at(-1)?.content);
  const texts = [
    "<think>",
    "\nHm.\n<tool_call>\n{}\n</tool_call>",
    "\n<tool_response>\nSeven.\n</tool_response>",
    "\nSo it is seven.",
  ];
  expect(sent).toEqual(
    texts.map((_, at) =>
      texts.slice(0, at + 1).map((text, of) => ({
        type: "text",
        text,
        ...(of === at && { cache_control: { type: "ephemeral" } }),
      })),
    ),
  );
});

test("texts keep their white space, at the beginning of the next one", () => {
  expect(trimmedTexts(["a\n", "\n", "b ", "c"])).toEqual(["a", "\n\nb", " c"]);
  expect(trimmedTexts(["a", " \n"])).toEqual(["a"]);
  expect(trimmedTexts(["", "\n"])).toEqual([]);
});

test("a message can be marked for its endpoint, and a repetition is taken off", async () => {
  await using server = await startChatServer([{ text: " and more", dialect: "mistral", chunkSize: 2 }]);
  const chatModel = new ChatOpenAI({
    model: "magistral",
    apiKey: KEY,
    maxRetries: 0,
    streamUsage: false,
    configuration: { baseURL: server.url },
    __includeRawResponse: true,
  });
  const marked: string[] = [];
  const model = createPrefilledChatModel({
    chatModel,
    echoes: true,
    lastMessage(texts) {
      marked.push(texts.join(""));
      return new AIMessage({ content: texts.join(""), additional_kwargs: { prefix: true } });
    },
  });
  const said = textOf(await collect(model, {}, continuing("One thing ")));
  expect(marked).toEqual(["One thing"]);
  // ChatOpenAI drops the mark, so that the server does not know of it and repeats nothing
  expect(said).toBe(" and more");
});

test("what an endpoint tells apart becomes the text that it was", async () => {
  const said = { calls: [{ arguments: '{"query": "a"}' }], text: "Hm.\n" };
  await using server = await startMessagesServer([said, said]);
  const withCalls = overAnthropic(server.url, { callText: qwqCallText });
  expect(textOf(await collect(withCalls, {}, continuing("<think>\n")))).toBe(
    'Hm.\n<tool_call>\n{"name": "web_search", "arguments": {"query": "a"}}\n</tool_call>',
  );
  await expect(collect(overAnthropic(server.url))).rejects.toMatchObject({ code: "model-bad-reply" });
});

test("a chat model that was handed in keeps what it was made with", async () => {
  await using server = await startMessagesServer(["Hi"]);
  const chatModel = anthropic(server.url, { maxTokens: 5, temperature: 0.25 });
  await collect(createPrefilledChatModel({ chatModel }), { maxTokens: 99, sampling: { temperature: 1 } });
  expect(server.requests[0]?.body).toMatchObject({ max_tokens: 5, temperature: 0.25 });
});
