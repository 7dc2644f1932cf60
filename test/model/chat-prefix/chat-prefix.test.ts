import { describe, expect, test } from "vitest";
import { createChatPrefixModel } from "../../../src/model/chat-prefix/chat-prefix.ts";
import type { ChatDialect } from "../../../src/model/server/dialects.ts";
import { askChat, CONTINUED, GIVEN } from "./ask.ts";
import { HELLO } from "../collect.ts";
import { KEY } from "../key.ts";

const USER = { role: "user", content: "Hello" };
const STANDARD = { temperature: 0.6, top_p: 0.95 };
const EXTENDED = { ...STANDARD, top_k: 40, min_p: 0 };
const USAGE = { stream_options: { include_usage: true } };
const CONTINUE = { add_generation_prompt: false, continue_final_message: true };
const AS_IT_IS = { role: "assistant", content: GIVEN };

test.each<[ChatDialect, Record<string, unknown>, path?: string]>([
  ["vllm", { messages: [USER, AS_IT_IS], ...CONTINUE, ...USAGE, ...EXTENDED }],
  ["sglang", { messages: [USER, AS_IT_IS], ...CONTINUE, separate_reasoning: false, ...USAGE, ...EXTENDED }],
  [
    "llamacpp",
    {
      messages: [USER, AS_IT_IS],
      ...CONTINUE,
      reasoning_format: "none",
      parse_tool_calls: false,
      ...USAGE,
      ...EXTENDED,
    },
  ],
  [
    "deepseek",
    {
      messages: [USER, { role: "assistant", content: "", prefix: true, reasoning_content: "\nWell, I " }],
      ...USAGE,
      ...STANDARD,
    },
    "/beta/chat/completions",
  ],
  ["mistral", { messages: [USER, { ...AS_IT_IS, prefix: true }], ...STANDARD }],
  ["openrouter", { messages: [USER, AS_IT_IS], ...USAGE, ...EXTENDED }],
  ["generic", { messages: [USER, AS_IT_IS], ...USAGE, ...STANDARD }],
])("%s is asked to continue in its own way, with what it knows", async (dialect, body, path) => {
  const { request } = await askChat("x", CONTINUED, { dialect });
  expect(request?.body).toEqual({
    model: "qwq",
    max_tokens: 8192,
    stream: true,
    stop: ["</tool_call>"],
    ...body,
  });
  expect(request?.path).toBe(path ?? "/v1/chat/completions");
});

test.each(["vllm", "sglang", "llamacpp", "deepseek", "mistral"] as const)(
  "%s is not asked to continue where there is nothing to be continued",
  async (dialect) => {
    for (const messages of [HELLO, [...HELLO, { role: "assistant", content: "" } as const]]) {
      const { request } = await askChat("x", messages, { dialect });
      expect(request?.body.messages).toEqual([USER]);
      expect(request?.body).not.toHaveProperty("continue_final_message");
      expect(request?.body).not.toHaveProperty("add_generation_prompt");
    }
  },
);

test("sampling, limits, headers and further fields are sent, under the names of the dialect", async () => {
  const sampling = {
    temperature: 0,
    topP: null,
    topK: 5,
    minP: 0.1,
    presencePenalty: 1,
    frequencyPenalty: 0.5,
    repetitionPenalty: 1.1,
    seed: 7,
  };
  const sent = { model: "qwq", messages: [USER], max_tokens: 5, stream: true, stop: ["</tool_call>"] };
  const penalties = { temperature: 0, presence_penalty: 1, frequency_penalty: 0.5 };
  const options = { sampling, maxTokens: 5, headers: { "x-team": "a" }, extraBody: { user: "u" } };
  const mistral = await askChat("x", HELLO, { ...options, dialect: "mistral", apiKey: "secret-key-1" });
  expect(mistral.request?.body).toEqual({ ...sent, ...penalties, random_seed: 7, user: "u" });
  expect(mistral.request?.headers).toMatchObject({ "x-team": "a", authorization: "Bearer secret-key-1" });
  const llamacpp = await askChat("x", HELLO, { ...options, dialect: "llamacpp" });
  expect(llamacpp.request?.body).toMatchObject({ ...penalties, seed: 7, repeat_penalty: 1.1, top_k: 5 });
});

describe("the end of a reply", () => {
  test.each([
    ["stop", {}, { finishReason: "stop" }],
    ["stop", { stop_reason: null }, { finishReason: "stop", stopReason: null }],
    ["stop", { stop_reason: "</tool_call>" }, { finishReason: "stop", stopReason: "</tool_call>" }],
    ["stop", { matched_stop: 151_645 }, { finishReason: "stop", stopReason: null }],
    ["eos", {}, { finishReason: "stop", stopReason: null }],
    ["tool_calls", {}, { finishReason: "stop", stopReason: null }],
    ["length", {}, { finishReason: "length" }],
    ["model_length", {}, { finishReason: "length" }],
  ])("%s with %j", async (finish_reason, more, expected) => {
    const choice = { index: 0, delta: { content: "x" }, finish_reason, ...more };
    const { chunks } = await askChat({
      headers: { "content-type": "text/event-stream" },
      body: `data: ${JSON.stringify({ choices: [choice] })}\n\n`,
    });
    expect(chunks).toEqual([
      { type: "text", text: "x" },
      { type: "end", ...expected, usage: {} },
    ]);
  });

  test.each([
    ["vllm", "</tool_call>"],
    ["sglang", "</tool_call>"],
    ["llamacpp", undefined],
    ["deepseek", undefined],
    ["mistral", undefined],
  ] as const)("%s names the stop string, or does not", async (dialect, stopReason) => {
    const { chunks, text } = await askChat({ dialect, text: "a</tool_call>b", chunkSize: 2 }, CONTINUED, {
      dialect,
    });
    expect(text).toBe("a");
    expect(chunks.at(-1)).toEqual({
      type: "end",
      finishReason: "stop",
      ...(stopReason !== undefined && { stopReason }),
      usage: {
        promptTokens: dialect === "deepseek" ? 5 : 5 + GIVEN.length,
        completionTokens: 1,
        ...((dialect === "deepseek" || dialect === "llamacpp") && { cachedTokens: 0 }),
      },
    });
  });

  test.each([
    ["content_filter", "model-rejected", "A content filter of the model server"],
    ["insufficient_system_resource", "model-truncated", "broke off before it was finished"],
    ["error", "model-truncated", "broke off before it was finished"],
    ["later", "model-bad-reply", 'the finish reason "later"'],
  ])("%s is a %s", async (finishReason, code, message) => {
    await expect(askChat({ text: "a", finishReason })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  test.each([
    [{ prompt_tokens: 9, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 8 } }, 8],
    [{ prompt_tokens: 9, completion_tokens: 2, prompt_cache_hit_tokens: 7 }, 7],
  ])("counts %j", async (usage, cachedTokens) => {
    const { chunks } = await askChat({ text: "a", usage });
    expect(chunks.at(-1)).toMatchObject({ usage: { promptTokens: 9, completionTokens: 2, cachedTokens } });
  });
});

test("a key is shown nowhere", async () => {
  const apiKey = KEY;
  const model = createChatPrefixModel({
    baseUrl: "http://127.0.0.1:9/v1",
    modelName: "qwq",
    dialect: "generic",
    apiKey,
    headers: { "x-key": apiKey },
  });
  expect(JSON.stringify([model, model.toJSON(), Object.entries(model)])).not.toContain(apiKey);
});
