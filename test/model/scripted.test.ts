import { HumanMessage } from "@langchain/core/messages";
import { expect, test } from "vitest";
import { createScriptedModel } from "../../src/model/scripted.ts";
import { asItCame, collect, HELLO } from "./collect.ts";

test("says each step in order and records what it was asked", async () => {
  const model = createScriptedModel([
    "One",
    { text: "Two", finishReason: "length", usage: { promptTokens: 3 } },
  ]);
  const stop = ["</s>"];
  expect(await collect(model, { stop })).toEqual([
    { type: "text", text: "One" },
    { type: "end", finishReason: "stop", usage: {} },
  ]);
  expect(await collect(model)).toEqual([
    { type: "text", text: "Two" },
    { type: "end", finishReason: "length", usage: { promptTokens: 3 } },
  ]);
  expect(model.calls).toEqual([
    {
      prompt: "<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n",
      messages: HELLO,
      options: { stop },
    },
    { prompt: "<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n", messages: HELLO, options: {} },
  ]);
  expect(() => model.assertConsumed()).not.toThrow();
});

test("a function answers by the prompt, and an error is thrown", async () => {
  const model = createScriptedModel([(prompt) => `${prompt.length} characters`, new Error("out of order")]);
  expect(await collect(model)).toMatchObject([{ text: "55 characters" }, { type: "end" }]);
  await expect(collect(model)).rejects.toThrow("out of order");
});

test("cuts a text into chunks of a size, or as told", async () => {
  const model = createScriptedModel(["a👍c", { chunks: ["a", "👍c"] }], { chunkSize: 2 });
  expect(await asItCame(model)).toMatchObject([{ text: "a👍" }, { text: "c" }, { type: "end" }]);
  expect(await asItCame(model)).toMatchObject([{ text: "a" }, { text: "👍c" }, { type: "end" }]);
});

test.each([
  ["ignore", ["ab", "</s>", "cd"], undefined],
  ["include", ["ab", "</s>"], "</s>"],
  ["exclude", ["ab"], "</s>"],
] as const)("can %s stop strings", async (stop, texts, stopReason) => {
  const model = createScriptedModel([{ chunks: ["ab", "</s>", "cd"], finishReason: "stop" }], { stop });
  expect(await asItCame(model, { stop: ["d", "</s>"] })).toEqual([
    ...texts.map((text) => ({ type: "text", text })),
    { type: "end", finishReason: "stop", ...(stopReason !== undefined && { stopReason }), usage: {} },
  ]);
});

test("a request too many tells its number and the end of the prompt", async () => {
  const model = createScriptedModel(["One"]);
  await collect(model);
  await expect(collect(model)).rejects.toMatchObject({
    code: "script-exhausted",
    message:
      "The scripted model was asked for step 2, but its script has 1. The prompt ends: " +
      JSON.stringify("<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n"),
  });
});

test("steps that nobody asked for are reported", async () => {
  const model = createScriptedModel(["One", "Two", "Three"]);
  await collect(model);
  expect(() => model.assertConsumed()).toThrow(
    expect.objectContaining({
      code: "script-left-over",
      message: "The scripted model has 2 of 3 steps left. Remove them, or find out why it was not asked.",
    }),
  );
});

test("is a LangChain chat model", async () => {
  const model = createScriptedModel([
    { text: "Hi", stopReason: null, usage: { promptTokens: 4, completionTokens: 1 } },
  ]);
  const message = await model.invoke([new HumanMessage("Hello")]);
  expect(message.content).toBe("Hi");
  expect(message.response_metadata).toEqual({ finish_reason: "stop", stop_reason: null });
  expect(message.usage_metadata).toMatchObject({ input_tokens: 4, output_tokens: 1, total_tokens: 5 });
});

test.each([
  [{}, undefined],
  [{ promptTokens: 4 }, undefined],
  [{ completionTokens: 1 }, undefined],
  [{ cachedTokens: 3 }, undefined],
  [
    { promptTokens: 0, completionTokens: 0 },
    { input_tokens: 0, output_tokens: 0, total_tokens: 0 },
  ],
  [
    { promptTokens: 4, completionTokens: 1, cachedTokens: 3 },
    { input_tokens: 4, output_tokens: 1, total_tokens: 5, input_token_details: { cache_read: 3 } },
  ],
])("tokens that are told as %j are told to LangChain as %j", async (usage, told) => {
  const model = createScriptedModel([
    { text: "Hi", usage },
    { text: "Hi", usage },
  ]);
  expect(await model.invoke([new HumanMessage("Hello")])).toMatchObject({ usage_metadata: told });
  let streamed: unknown;
  for await (const chunk of await model.stream([new HumanMessage("Hello")]))
    streamed ??= chunk.usage_metadata;
  expect(streamed).toEqual(told);
});
