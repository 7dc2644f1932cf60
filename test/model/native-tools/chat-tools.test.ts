import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { AgenticRagError } from "../../../src/errors.ts";
import type { ChatToolsOptions } from "../../../src/model/native-tools/chat-tools.ts";
import { describeModel } from "../../conformance/model.ts";
import { chatWire } from "../../servers/chat-wire.ts";
import { startChatServer, type ChatServerReply } from "../../servers/chat.ts";
import { json } from "../../servers/completions.ts";
import { collect, collectUntilError, textOf } from "../collect.ts";
import { KEY } from "../key.ts";
import { callText } from "./ask.ts";
import { overChat } from "./over-chat.ts";

const TEXT = "The first sentence. Then another one, in 中文 👩‍🚀.";

describeModel({
  family: "native-tools",
  stop: "ignore",
  start: async (kind) => {
    const reply: ChatServerReply = {
      reasoning: "I know that.",
      text: TEXT,
      chunkSize: 4,
      dialect: "generic",
      apart: kind === "apart",
      ...(kind === "unfinished" && { fault: { kind: "stall", after: 1000 } }),
    };
    const server = await startChatServer([reply, reply]);
    return {
      model: overChat(server.url),
      connectionClosed: () => server.requests.at(-1)?.closedEarly ?? Promise.resolve(false),
      [Symbol.asyncDispose]: () => server.close(),
    };
  },
});

const REPLY = {
  reasoning: "Hm.",
  calls: [{ arguments: '{"query": "a"}' }],
  chunkSize: 4,
  dialect: "generic",
} as const;
const SAID = "<think>\nHm.";
const CALL = `\n${callText("a")}`;
const WIRE = chatWire(REPLY, { messages: [], model: "qwq", stream_options: { include_usage: true } });
const FINISHED_AT = WIRE.indexOf("\n\n", WIRE.indexOf('"finish_reason":"tool_calls"')) + 2;

async function once(reply: ChatServerReply, options: Partial<ChatToolsOptions> = {}) {
  await using server = await startChatServer([reply]);
  return { ...(await collectUntilError(overChat(server.url, options))), requests: server.requests };
}

test("the request offers the search, and carries what is asked for it", async () => {
  await using server = await startChatServer(["x"]);
  await collect(overChat(server.url, { extraBody: { reasoning_effort: "none" } }), {
    maxTokens: 77,
    sampling: { temperature: 0.5 },
    modelName: "other",
    stop: ["</tool_call>"],
    calls: false,
  });
  expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  expect(server.requests[0]?.body).toEqual({
    model: "other",
    messages: [{ role: "user", content: "Hello" }],
    max_tokens: 77,
    temperature: 0.5,
    top_p: 0.95,
    stream: true,
    stream_options: { include_usage: true },
    tools: [expect.objectContaining({ type: "function" })],
    tool_choice: "none",
    reasoning_effort: "none",
  });
});

test("a body that ends before the finish is truncated, and its call is not there", async () => {
  const cuts = [...Array(WIRE.length).keys()].filter((at) => at % 23 === 0 || Math.abs(at - FINISHED_AT) < 5);
  for (const after of cuts) {
    const model = overChat("http://127.0.0.1:9/v1", {
      fetch: async () =>
        new Response(WIRE.slice(0, after), { headers: { "content-type": "text/event-stream" } }),
    });
    const { text, error } = await collectUntilError(model);
    const whole = after >= FINISHED_AT;
    const code = AgenticRagError.isInstance(error) ? error.code : "whole";
    expect([after, whole ? text : SAID.startsWith(text)]).toEqual([after, whole ? SAID + CALL : true]);
    expect([after, code]).toEqual([after, whole ? "whole" : "model-truncated"]);
  }
});

test("a reply that breaks off is not continued, since such a chat begins anew", async () => {
  await using server = await startChatServer([
    { ...REPLY, text: "It is", fault: { kind: "break", after: FINISHED_AT - 300 } },
    "again",
  ]);
  const { error } = await collectUntilError(overChat(server.url, { maxRetries: 2 }));
  expect(error).toMatchObject({ code: "model-truncated" });
  expect(server.requests).toHaveLength(1);
});

test("tries are made before anything is seen", async () => {
  await using server = await startChatServer([{ status: 503, body: "loading" }, "Hi"]);
  const clock = { now: () => 0, random: () => 0, sleep: async () => {} };
  expect(textOf(await collect(overChat(server.url, { maxRetries: 1, clock })))).toContain("Hi");
  expect(server.requests).toHaveLength(2);
});

test("silence within the reply is a timeout, and closes the connection", async () => {
  const { error, requests } = await once(
    { ...REPLY, fault: { kind: "stall", after: 500 } },
    { idleTimeoutMs: 200 },
  );
  expect(error).toMatchObject({ code: "model-timeout" });
  expect(await requests[0]?.closedEarly).toBe(true);
});

test.each([
  [400, { message: "no such parameter" }, "model-rejected"],
  [400, { message: "This model's maximum context length is 10 tokens." }, "model-context-overflow"],
  [401, { message: `Incorrect API key provided: ${KEY}` }, "model-unauthorized"],
  [429, { message: `slow down ${KEY}` }, "model-rate-limited"],
  [500, { message: `failed for ${KEY}` }, "model-server-error"],
])("status %i with %j is named, and the key is not", async (status, error, code) => {
  const asked = await once({ status, ...json({ error }) });
  expect(asked.error).toMatchObject({ code, facts: { status } });
  expect(inspect(asked.error, { depth: null, showHidden: true })).not.toContain(KEY);
});

test.each([
  [{ "content-type": "text/html" }, "<html><title>Sign in</title></html>", "model-bad-reply"],
  [{ "content-type": "application/json" }, '{"detail": "odd"}', "model-bad-reply"],
  [{ "content-type": "application/json" }, '{"choices": []}', "model-bad-reply"],
  [
    { "content-type": "application/json" },
    '{"error": {"code": 429, "message": "busy"}}',
    "model-rate-limited",
  ],
  [
    { "content-type": "application/json" },
    '{"choices": [{"message": {"content": "Ye"}, "finish_reason": "length"}]}',
    undefined,
  ],
])("%o with %s is %s", async (headers, body, code) => {
  const { text, error } = await once({ headers, body });
  expect([text, (error as AgenticRagError | undefined)?.code]).toEqual([
    code === undefined ? "Ye" : "",
    code,
  ]);
});

test("what GPT-5.4 and later refuse is told with its reason and the way out", async () => {
  const message =
    "Function tools with reasoning_effort are not supported for gpt-5.6 in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'.";
  const { error, requests } = await once({
    status: 400,
    ...json({ error: { message, type: "invalid_request_error", param: "reasoning_effort", code: null } }),
  });
  expect(requests).toHaveLength(1);
  expect(error).toMatchObject({
    code: "model-rejected",
    message: expect.stringMatching(
      /takes tools in its chat only where it does not reason \(400: Function tools .*'none'\.\)\. Set AGENTIC_RAG_MODEL_FAMILY to responses, or AGENTIC_RAG_MODEL_REASONING to off\.$/,
    ),
  });
});

/** Streams nothing, and says so in these words. */
const refusing =
  (words: string): ChatServerReply =>
  (request) =>
    request.body["stream"] === true
      ? { status: 400, ...json({ error: { message: words } }) }
      : json({ choices: [{ message: { content: "Hi" }, finish_reason: "stop" }] });

describe("streams", () => {
  test.each([
    "Streaming is not supported by this gateway.",
    "stream=True is not supported",
    "Unsupported value: 'stream' does not support true with this model. Only the default (false) is supported.",
    "Your organization must be verified to stream this model.",
    "This endpoint cannot stream responses",
  ])("auto: %s", async (words) => {
    const reply = refusing(words);
    await using server = await startChatServer([reply, reply, reply]);
    const model = overChat(server.url);
    for (const _ of [1, 2]) expect(textOf(await collect(model))).toBe("Hi");
    expect(server.requests.map(({ body }) => [body["stream"], "stream_options" in body])).toEqual([
      [true, true],
      [false, false],
      [false, false],
    ]);
  });

  test("off asks for none from the first; on tells the refusal", async () => {
    const reply = refusing("Streaming is not supported");
    await using server = await startChatServer([reply, reply]);
    expect(textOf(await collect(overChat(server.url, { stream: "off" })))).toBe("Hi");
    const { error } = await collectUntilError(overChat(server.url, { stream: "on" }));
    expect(error).toMatchObject({ message: expect.stringContaining("Streaming is not supported") });
    expect(server.requests.map(({ body }) => body["stream"])).toEqual([false, true]);
  });
});
