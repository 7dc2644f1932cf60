import { inspect } from "node:util";
import { AIMessageChunk } from "@langchain/core/messages";
import { describe, expect, test } from "vitest";
import { AgenticRagError } from "../../../src/errors.ts";
import {
  createNativeToolsModel,
  type NativeToolsOptions,
} from "../../../src/model/native-tools/native-tools.ts";
import { chatWire } from "../../servers/chat-wire.ts";
import { startChatServer, type ChatServerReply } from "../../servers/chat.ts";
import { json, unusedUrl } from "../../servers/completions.ts";
import { collect, collectUntilError, textOf } from "../collect.ts";
import { FakeToolsModel } from "./fake.ts";
import { overOpenAi } from "./openai.ts";
import { qwqNativeSide } from "./side.ts";
import { KEY } from "../key.ts";

const REPLY = {
  reasoning: "Hm.",
  calls: [{ arguments: '{"query": "a"}' }],
  chunkSize: 4,
  dialect: "generic",
} as const;
const SAID = "<think>\nHm.";
const CALL = '\n<tool_call>\n{"action": "web_search", "action_input": {"query": "a"}}\n</tool_call>';
const WIRE = chatWire(REPLY, { messages: [], model: "qwq", stream_options: { include_usage: true } });
const FINISHED_AT = WIRE.indexOf("\n\n", WIRE.indexOf('"finish_reason":"tool_calls"')) + 2;

async function ask(reply: ChatServerReply, options: Partial<NativeToolsOptions> = {}) {
  await using server = await startChatServer([reply]);
  return { ...(await collectUntilError(overOpenAi(server.url, options))), requests: server.requests };
}

test("a body that ends before the finish is truncated, and its call is not there", async () => {
  const cuts = [...Array(WIRE.length).keys()].filter((at) => at % 61 === 0 || Math.abs(at - FINISHED_AT) < 5);
  await using server = await startChatServer(
    cuts.map((after) => ({ body: WIRE.slice(0, after), headers: { "content-type": "text/event-stream" } })),
  );
  const model = overOpenAi(server.url);
  for (const after of cuts) {
    const { text, error } = await collectUntilError(model);
    const whole = after >= FINISHED_AT;
    const code = AgenticRagError.isInstance(error) ? error.code : "whole";
    expect([after, whole ? text : SAID.startsWith(text)]).toEqual([after, whole ? SAID + CALL : true]);
    expect([after, code]).toEqual([after, whole ? "whole" : "model-truncated"]);
  }
});

test.each(["end", "break", "reset"] as const)("so it is over a connection with %s", async (kind) => {
  for (const after of [0, 1, 100, FINISHED_AT - 1]) {
    const { error } = await ask({ ...REPLY, fault: { kind, after } });
    expect(error).toMatchObject({ code: expect.stringMatching(/^model-(truncated|unreachable)$/) });
  }
});

test.each(["end", "break", "stall"] as const)(
  "what was finished is whole, whatever becomes of the connection: %s",
  async (kind) => {
    const reply = { ...REPLY, fault: { kind, after: FINISHED_AT } };
    const { text, error } = await ask(reply, { idleTimeoutMs: 500 });
    expect({ text, error }).toEqual({ text: SAID + CALL, error: undefined });
  },
);

describe("silence is a timeout, and closes the connection", () => {
  test("before the headers", async () => {
    const { error, requests } = await ask(
      { text: "Hi", fault: { kind: "no-headers" } },
      { headersTimeoutMs: 50 },
    );
    expect(error).toMatchObject({
      code: "model-timeout",
      message: expect.stringContaining("did not begin to reply within 50 ms."),
    });
    expect(await requests[0]?.closedEarly).toBe(true);
  });

  test("within the reply", async () => {
    const { error, requests } = await ask(
      { ...REPLY, fault: { kind: "stall", after: 500 } },
      { idleTimeoutMs: 200 },
    );
    expect(error).toMatchObject({
      code: "model-timeout",
      message: expect.stringContaining("fell silent for 200 ms within its reply."),
    });
    expect(await requests[0]?.closedEarly).toBe(true);
  });

  test("or a drip that is never silent", async () => {
    const { error } = await ask({ ...REPLY, fault: { kind: "drip", everyMs: 5 } }, { totalTimeoutMs: 300 });
    expect(error).toMatchObject({ code: "model-timeout", message: expect.stringContaining("within 300 ms") });
  });

  test.each([
    ["", [], "did not begin to reply within 50 ms."],
    ["Hi", [new AIMessageChunk("Hi")], "fell silent for 50 ms"],
  ])("also behind %j of a chat model that does not heed the signal", async (said, chunks, message) => {
    const model = createNativeToolsModel({
      chatModel: new FakeToolsModel(chunks, "wait"),
      side: qwqNativeSide,
      idleTimeoutMs: 50,
      headersTimeoutMs: 50,
    });
    const { text, error } = await collectUntilError(model);
    expect(text).toBe(said);
    expect(error).toMatchObject({ code: "model-timeout", message: expect.stringContaining(message) });
  });

  test("a call that breaks off before anything could be said is truncated", async () => {
    const part = { type: "tool_call_chunk", index: 0, id: "a", name: "web_search", args: '{"q' } as const;
    const chunk = new AIMessageChunk({ content: "", tool_call_chunks: [part] });
    const chatModel = new FakeToolsModel([chunk], new TypeError("terminated"));
    const { text, error } = await collectUntilError(
      createNativeToolsModel({ chatModel, side: qwqNativeSide }),
    );
    expect(text).toBe("");
    expect(error).toMatchObject({ code: "model-truncated" });
  });
});

test.each([
  [{ code: 429, message: "busy" }, "model-rate-limited"],
  [{ code: "rate_limit_exceeded", message: "busy" }, "model-rate-limited"],
  [{ code: 400, message: "no" }, "model-rejected"],
  [{ type: "server_error", message: "CUDA out of memory" }, "model-server-error"],
])("an error %j inside the stream", async (error, code) => {
  const asked = await ask({ text: "Hello", error, dialect: "generic" });
  expect(asked).toMatchObject({ text: "Hello", error: { code } });
});

test("an event that is not JSON is a bad reply", async () => {
  expect(await ask({ text: "Hello", data: "{choices}", dialect: "generic" })).toMatchObject({
    text: "Hello",
    error: { code: "model-bad-reply", message: expect.stringContaining("sent what is not JSON") },
  });
});

test("a page with status 200 is no answer", async () => {
  const page = { headers: { "content-type": "text/html" }, body: "<html><title>Sign in</title></html>" };
  expect(await ask(page)).toMatchObject({ text: "", error: { code: "model-truncated" } });
});

test("a finish by a content filter is rejected", async () => {
  const { text, error } = await ask({ text: "Hello", finishReason: "content_filter", dialect: "generic" });
  expect(text).toBe("Hello");
  expect(error).toMatchObject({ code: "model-rejected" });
});

test.each([
  [400, { message: "no such parameter" }, "model-rejected"],
  [
    400,
    { message: "This model's maximum context length is 10 tokens.", code: "context_length_exceeded" },
    "model-context-overflow",
  ],
  [401, { message: `Incorrect API key provided: ${KEY}` }, "model-unauthorized"],
  [403, { message: `not for ${KEY}` }, "model-unauthorized"],
  [404, { message: `no model for ${KEY}` }, "model-rejected"],
  [429, { message: `slow down ${KEY}` }, "model-rate-limited"],
  [500, { message: `failed for ${KEY}` }, "model-server-error"],
])("status %i with %j is named, and the key is not", async (status, error, code) => {
  const asked = await ask({ status, ...json({ error }) }, { baseUrl: "https://models.test/v1" });
  expect(asked.error).toMatchObject({ code, facts: { status } });
  expect(inspect(asked.error, { depth: null, showHidden: true })).not.toContain(KEY);
  expect(String(asked.error)).not.toContain("Troubleshooting");
});

test("what the server says and asks for is told", async () => {
  const limited = { status: 429, ...json({ error: { message: "slow down" } }) };
  const { error } = await ask(
    { ...limited, headers: { ...limited.headers, "retry-after": "7" } },
    { baseUrl: "https://models.test/v1" },
  );
  expect(error).toMatchObject({
    message:
      "The model server at https://models.test/v1 limits requests (429: slow down). Send fewer, or try again later.",
    facts: { status: 429, retryAfterMs: 7000 },
  });
});

test("tries are the chat model's own, made before anything is seen", async () => {
  const failing = { status: 503, headers: { "retry-after-ms": "1" }, body: "loading" };
  await using server = await startChatServer([failing, "Hi"]);
  const model = overOpenAi(server.url, { maxRetries: 1 });
  expect(textOf(await collect(model))).toBe("Hi");
  expect(server.requests).toHaveLength(2);
});

test("nobody there is unreachable", async () => {
  const baseUrl = await unusedUrl();
  expect((await collectUntilError(overOpenAi(baseUrl, { baseUrl }))).error).toMatchObject({
    code: "model-unreachable",
    message: `No connection to the model server at ${baseUrl} (ECONNREFUSED). Start it, or correct the base URL.`,
  });
});

/** What a chat model that fails so is told as. */
async function fail(error: Error, chunks: readonly AIMessageChunk[] = []): Promise<unknown> {
  const chatModel = new FakeToolsModel(chunks, error);
  return (await collectUntilError(createNativeToolsModel({ chatModel, side: qwqNativeSide, apiKey: KEY })))
    .error;
}

describe("errors of other chat models", () => {
  test.each([
    [Object.assign(new Error("busy"), { statusCode: 529 }), "model-server-error"],
    [Object.assign(new Error("who"), { response: { status: 401 } }), "model-unauthorized"],
    [Object.assign(new Error("late"), { name: "TimeoutError" }), "model-timeout"],
    [Object.assign(new Error("Connection error."), { name: "APIConnectionError" }), "model-unreachable"],
    [Object.assign(new Error("long"), { name: "ContextOverflowError" }), "model-context-overflow"],
    [new Error(`something with ${KEY}`), "model-server-error"],
  ])("%s is %s", async (error, code) => {
    const failure = await fail(error);
    expect(failure).toMatchObject({ code });
    expect(inspect(failure, { depth: null, showHidden: true })).not.toContain(KEY);
  });

  test("a failure in the middle is a truncated reply", async () => {
    expect(await fail(new TypeError("terminated"), [new AIMessageChunk("Hi")])).toMatchObject({
      code: "model-truncated",
    });
  });

  test("an abort of its own, by name or by message, stays an abort", async () => {
    const named = await fail(Object.assign(new Error("stopped"), { name: "AbortError" }));
    expect(named).toMatchObject({ name: "AbortError" });
    expect(await fail(new Error("AbortError"))).toMatchObject({ name: "AbortError" });
  });
});
