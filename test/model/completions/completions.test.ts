import { expect, test } from "vitest";
import { createCompletionsModel } from "../../../src/model/completions/completions.ts";
import { json, startCompletionsServer, type PlainReply } from "../../servers/completions.ts";
import { collect, HELLO, textOf } from "../collect.ts";

const PROMPT = "<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n";

/** An event stream written by hand, one string per event. */
function events(...data: readonly string[]): PlainReply {
  return {
    headers: { "content-type": "text/event-stream" },
    body: data.map((line) => `data: ${line}\n\n`).join(""),
  };
}

test("sends the prompt as one string with all that is set, and nothing that is not", async () => {
  await using server = await startCompletionsServer(["Hi"]);
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq", apiKey: "secret-key-1" });
  await collect(model, { stop: ["</tool_call>"] });
  const [request] = server.requests;
  expect(request?.body).toEqual({
    model: "qwq",
    prompt: PROMPT,
    max_tokens: 8192,
    stream: true,
    stream_options: { include_usage: true },
    temperature: 0.6,
    top_p: 0.95,
    top_k: 40,
    min_p: 0,
    stop: ["</tool_call>"],
  });
  expect(request?.headers).toMatchObject({
    authorization: "Bearer secret-key-1",
    "content-type": "application/json",
    accept: "text/event-stream",
    connection: "keep-alive",
  });
});

test("what a call sets wins over what the model was made with", async () => {
  await using server = await startCompletionsServer(["Hi"]);
  const model = createCompletionsModel({
    baseUrl: `${server.url}//`,
    modelName: "qwq",
    maxTokens: 100,
    sampling: {
      temperature: null,
      topP: null,
      topK: null,
      minP: null,
      presencePenalty: 1,
      frequencyPenalty: 0.5,
      repetitionPenalty: 1.1,
      seed: 7,
    },
    headers: { "x-team": "research" },
    extraBody: { id_slot: 0, stream_options: undefined },
  });
  await collect(model, { modelName: "other", maxTokens: 5, sampling: { temperature: 0 }, stop: [] });
  const [request] = server.requests;
  expect(request?.body).toEqual({
    model: "other",
    prompt: PROMPT,
    max_tokens: 5,
    stream: true,
    temperature: 0,
    presence_penalty: 1,
    frequency_penalty: 0.5,
    repetition_penalty: 1.1,
    repeat_penalty: 1.1,
    seed: 7,
    id_slot: 0,
  });
  expect(request?.headers["x-team"]).toBe("research");
  expect(request?.headers.authorization).toBeUndefined();
});

test("an assistant's last message is continued in the same turn", async () => {
  await using server = await startCompletionsServer(["Hi"]);
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq" });
  await collect(model, {}, [...HELLO, { role: "assistant", content: "<think>\nWell" }]);
  expect(server.requests[0]?.body.prompt).toBe(`${PROMPT}<think>\nWell`);
});

test.each([
  ["vllm", "ab", "</s>"],
  ["sglang", "ab", "</s>"],
  ["llamacpp", "ab", undefined],
  ["tgi", "ab</s>", undefined],
] as const)("%s: reads a stop string that was split over events", async (dialect, text, stopReason) => {
  await using server = await startCompletionsServer([
    { dialect, chunks: ["a", "b", "<", "/s", ">", "never"] },
  ]);
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq" });
  expect(await collect(model, { stop: ["</s>"] })).toEqual([
    { type: "text", text },
    {
      type: "end",
      finishReason: "stop",
      ...(stopReason !== undefined && { stopReason }),
      usage: {
        promptTokens: PROMPT.length,
        completionTokens: text.length,
        ...(dialect === "llamacpp" && { cachedTokens: 0 }),
      },
      promptForm: "text",
    },
  ]);
});

test.each([
  ["vllm", null],
  ["sglang", null],
  ["llamacpp", undefined],
  ["tgi", null],
] as const)("%s: reads the end of the turn", async (dialect, stopReason) => {
  await using server = await startCompletionsServer([{ dialect, text: "Hi", usage: false }]);
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq" });
  expect(await collect(model, { stop: ["</s>"] })).toEqual([
    { type: "text", text: "Hi" },
    {
      type: "end",
      finishReason: "stop",
      ...(stopReason !== undefined && { stopReason }),
      usage: {},
      promptForm: "text",
    },
  ]);
});

test.each([
  ["stop", null, { finishReason: "stop", stopReason: null }],
  ["stop", 151_658, { finishReason: "stop", stopReason: null }],
  ["stop", "</tool_call>", { finishReason: "stop", stopReason: "</tool_call>" }],
  ["stop_token", undefined, { finishReason: "stop", stopReason: null }],
  ["stop_sequence", undefined, { finishReason: "stop", stopReason: null }],
  ["eos", undefined, { finishReason: "stop", stopReason: null }],
  ["length", undefined, { finishReason: "length", stopReason: null }],
  ["max_tokens", undefined, { finishReason: "length", stopReason: null }],
] as const)("finish reason %s with stop reason %s", async (finishReason, stopReason, expected) => {
  await using server = await startCompletionsServer([
    { finishReason, ...(stopReason !== undefined && { stopReason }), usage: false },
  ]);
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq" });
  expect(await collect(model)).toEqual([{ type: "end", ...expected, usage: {}, promptForm: "text" }]);
});

test("reads usage from a chunk without choices, with the tokens that were cached", async () => {
  const usage = { prompt_tokens: 60, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 48 } };
  await using server = await startCompletionsServer([{ text: "Hi", usage }]);
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq" });
  expect((await collect(model)).at(-1)).toMatchObject({
    usage: { promptTokens: 60, completionTokens: 2, cachedTokens: 48 },
  });
});

test("reads llama.cpp's own count of cached tokens", async () => {
  await using server = await startCompletionsServer([
    events(
      '{"choices":[{"text":"Hi","index":0,"finish_reason":null}]}',
      '{"choices":[{"text":"","index":0,"finish_reason":"stop"}],"usage":{"prompt_tokens":64},"timings":{"cache_n":63}}',
      "[DONE]",
    ),
  ]);
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq" });
  expect((await collect(model)).at(-1)).toEqual({
    type: "end",
    finishReason: "stop",
    usage: { promptTokens: 64, cachedTokens: 63 },
    promptForm: "text",
  });
});

test("puts reasoning that a gateway split off back in front, in order", async () => {
  await using server = await startCompletionsServer([
    events(
      '{"choices":[{"text":"","reasoning_content":"I ","reasoning":""}]}',
      '{"choices":[{"text":null,"reasoning":"think.","reasoning_content":""}]}',
      '{"choices":[{"reasoning":"</think>","reasoning_content":null,"text":"Yes"}]}',
      '{"choices":[{"text":".","finish_reason":"stop"}]}',
    ),
  ]);
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq" });
  expect(await collect(model)).toEqual([
    { type: "text", text: "I think.</think>Yes." },
    { type: "end", finishReason: "stop", usage: {}, promptForm: "text" },
  ]);
});

test("an empty completion is an end without text", async () => {
  await using server = await startCompletionsServer([""]);
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq" });
  expect(await collect(model)).toMatchObject([{ type: "end", finishReason: "stop" }]);
});

test("progress events and fields it does not know are left alone", async () => {
  await using server = await startCompletionsServer([
    events(
      '{"prompt_progress":{"total":9,"processed":3}}',
      '{"id":1,"choices":[{"text":"Hi","index":0,"logprobs":{"tokens":["Hi"]},"finish_reason":"stop"}],"extra":{}}',
    ),
  ]);
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq" });
  expect(textOf(await collect(model))).toBe("Hi");
});

test("a base URL that is none is refused when the model is made", () => {
  for (const baseUrl of [
    "",
    "127.0.0.1:8000/v1",
    "ftp://host/v1",
    "http://user:pass@host/v1",
    "http://host/v1?x=1",
  ]) {
    expect(() => createCompletionsModel({ baseUrl, modelName: "qwq" })).toThrow(
      expect.objectContaining({ code: "settings-invalid", message: expect.not.stringContaining("pass@") }),
    );
  }
});

test.each([
  ["vllm", "/completions"],
  ["ollama", "/api/generate"],
] as const)("%s: what is not there is named by its own route", async (dialect, route) => {
  await using server = await startCompletionsServer([
    { status: 404, ...json({ error: { message: "model not found" } }) },
  ]);
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq", dialect });
  await expect(collect(model)).rejects.toMatchObject({
    code: "model-rejected",
    message: expect.stringMatching(
      new RegExp(`^The model server at ${server.url} has no ${route}, or no model "qwq" \\(404: `),
    ),
  });
});
