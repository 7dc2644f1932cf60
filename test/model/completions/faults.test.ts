import { expect, test } from "vitest";
import { AgenticRagError } from "../../../src/errors.ts";
import {
  createCompletionsModel,
  type CompletionsOptions,
} from "../../../src/model/completions/completions.ts";
import { completionWire } from "../../servers/completions-wire.ts";
import { json, startCompletionsServer, type ServerReply } from "../../servers/completions.ts";
import { collect, collectUntilError, textOf } from "../collect.ts";

const REPLY = { chunks: ["Hello ", "<tool_call>", '{"na'], dialect: "vllm" } as const;
const WIRE = completionWire(REPLY, { prompt: "", model: "qwq", stream_options: { include_usage: true } });
/** Where the event that says how it finished is complete. */
const FINISHED_AT = WIRE.indexOf("\n\n", WIRE.indexOf('"finish_reason":"stop"')) + 2;
const stream = { headers: { "content-type": "text/event-stream" } };

/** One request to a server that gives this reply; no second try. */
async function ask(
  reply: ServerReply,
  options: Partial<CompletionsOptions> = {},
): Promise<{ text: string; error: unknown; requests: number }> {
  await using server = await startCompletionsServer([reply]);
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq", maxRetries: 0, ...options });
  return { ...(await collectUntilError(model)), requests: server.requests.length };
}

test("a body that ends at any byte before the finish is truncated, and whole from there on", async () => {
  for (let after = 0; after <= WIRE.length; after += 1) {
    const model = createCompletionsModel({
      baseUrl: "http://127.0.0.1:9/v1",
      modelName: "qwq",
      maxRetries: 0,
      fetch: async () => new Response(WIRE.slice(0, after), stream),
    });
    const { text, error } = await collectUntilError(model);
    expect('Hello <tool_call>{"na'.startsWith(text)).toBe(true);
    const code = AgenticRagError.isInstance(error) ? error.code : "whole";
    expect([after, code]).toEqual([after, after < FINISHED_AT ? "model-truncated" : "whole"]);
  }
});

test.each(["end", "break", "reset"] as const)("so it is over a connection with %s", async (kind) => {
  for (const after of [0, 1, 100, FINISHED_AT - 1]) {
    const { error } = await ask({ ...REPLY, fault: { kind, after } });
    expect(error).toMatchObject({ code: expect.stringMatching(/^model-(truncated|unreachable)$/) });
  }
});

test("a connection that breaks in the middle of a reply is a truncated reply where it is not to be asked again", async () => {
  await using server = await startCompletionsServer([
    { ...REPLY, fault: { kind: "break", after: FINISHED_AT - 5 } },
    "never asked",
  ]);
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq", maxRetries: 0 });
  const { text, error } = await collectUntilError(model);
  expect(text).toBe("Hello <tool_call>");
  expect(error).toMatchObject({
    code: "model-truncated",
    message:
      `The reply of the model server at ${server.url} broke off before it was finished. ` +
      "Ask again; if it happens often, the server's log says why it stops.",
  });
  expect(server.requests).toHaveLength(1);
});

test("a connection that breaks after the finish has lost nothing", async () => {
  const { text, error } = await ask({ ...REPLY, fault: { kind: "break", after: FINISHED_AT } });
  expect(text).toBe('Hello <tool_call>{"na');
  expect(error).toBeUndefined();
});

test("a server that keeps quiet after the finish has lost nothing", async () => {
  const { text, error } = await ask(
    { ...REPLY, fault: { kind: "stall", after: FINISHED_AT } },
    { idleTimeoutMs: 500 },
  );
  expect(text).toBe('Hello <tool_call>{"na');
  expect(error).toBeUndefined();
});

test("headers that never come are a timeout", async () => {
  const { error } = await ask({ text: "Hi", fault: { kind: "no-headers" } }, { headersTimeoutMs: 50 });
  expect(error).toMatchObject({
    code: "model-timeout",
    message: expect.stringMatching(
      /^The model server at http:\/\/127\.0\.0\.1:\d+\/v1 did not begin to reply within 50 ms\. Check whether/,
    ),
  });
});

test.each([150, WIRE.length - 400])("silence after %i bytes is a timeout", async (after) => {
  const { error } = await ask({ ...REPLY, fault: { kind: "stall", after } }, { idleTimeoutMs: 50 });
  expect(error).toMatchObject({
    code: "model-timeout",
    message: expect.stringMatching(
      /fell silent for 50 ms within its reply\. Ask again, or raise the idle timeout \(AGENTIC_RAG_MODEL_IDLE_SECONDS\)\.$/,
    ),
  });
});

test("a drip that is never silent ends at the total deadline", async () => {
  const { error } = await ask(
    { ...REPLY, fault: { kind: "drip", everyMs: 5 } },
    { idleTimeoutMs: 60_000, totalTimeoutMs: 100 },
  );
  expect(error).toMatchObject({
    code: "model-timeout",
    message: expect.stringContaining("not done within 100 ms"),
  });
});

test("the silence while the consumer is busy does not count", async () => {
  const bytes = new TextEncoder().encode(WIRE);
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(bytes.subarray(at, at + 200));
      at += 200;
      if (at >= bytes.length) controller.close();
    },
  });
  const model = createCompletionsModel({
    baseUrl: "http://127.0.0.1:9/v1",
    modelName: "qwq",
    dialect: "generic",
    idleTimeoutMs: 30,
    fetch: async () => new Response(body, stream),
  });
  let text = "";
  for await (const chunk of model.continueText([{ role: "user", content: "Hello" }], {})) {
    if (chunk.type === "text") text += chunk.text;
    await new Promise((resolve) => void setTimeout(resolve, 60));
  }
  expect(text).toBe('Hello <tool_call>{"na');
});

test.each([
  [{ code: 429, message: "busy" }, "model-rate-limited"],
  [{ code: 401, message: "who" }, "model-unauthorized"],
  [{ code: "rate_limit_exceeded", message: "busy" }, "model-rate-limited"],
  [{ code: 400, message: "This model's maximum context length is 10 tokens." }, "model-context-overflow"],
  [{ message: "the context length was exceeded" }, "model-context-overflow"],
  [{ code: 400, message: "no" }, "model-rejected"],
  [{ code: 503, message: "gone" }, "model-server-error"],
  [{ type: "server_error", message: "CUDA out of memory" }, "model-server-error"],
  ["CUDA out of memory", "model-server-error"],
  [{}, "model-server-error"],
])("an error %j inside the stream", async (error, code) => {
  const asked = await ask({ chunks: ["Hello"], error });
  expect(asked).toMatchObject({ text: "Hello", error: { code } });
});

test("an error event in the old form of vLLM", async () => {
  const { error } = await ask({
    data: '{"object":"error","message":"engine died","type":"InternalServerError","code":500}',
  });
  expect(error).toMatchObject({
    code: "model-server-error",
    message: expect.stringContaining("failed (500: engine died). Its log says why."),
  });
});

test.each([
  ["not JSON", '{"choices":[{"text":"', "an event that is not JSON"],
  ["no object", '"Hello"', "an event that is no completion"],
  ["of another form", '{"choices":[{"text":5}]}', "an event that is no completion"],
  [
    "of a finish that is not known",
    '{"choices":[{"text":"","finish_reason":"later"}]}',
    'the finish reason "later"',
  ],
])("an event that is %s is a bad reply", async (_, data, what) => {
  const asked = await ask({ chunks: ["Hello"], data });
  expect(asked).toMatchObject({
    text: "Hello",
    error: { code: "model-bad-reply", message: expect.stringContaining(` sent ${what}`) },
  });
});

test.each([
  [
    "an HTML page",
    { headers: { "content-type": "text/html" }, body: "<html><title>Sign in</title><p>Hi</p></html>" },
    'answered with text/html instead of an event stream: "Sign in".',
  ],
  ["JSON that is no completion", json({ text: "Hi" }), "answered with application/json instead"],
])("%s with status 200 is a bad reply", async (_, reply, message) => {
  expect(await ask(reply)).toMatchObject({
    text: "",
    error: { code: "model-bad-reply", message: expect.stringContaining(message), facts: { status: 200 } },
  });
});

test("a completion in one piece is read", async () => {
  const reply = json({ choices: [{ text: "Hi", finish_reason: "stop" }] });
  expect(await ask(reply)).toMatchObject({ text: "Hi", error: undefined });
});

test("an event of 2 MB is a bad reply", async () => {
  const { error } = await ask({ ...stream, body: `data: ${"x".repeat(2_000_000)}` });
  expect(error).toMatchObject({
    code: "model-bad-reply",
    message: expect.stringContaining("an event of more than 1000000 characters"),
  });
});

test("a redirect is not followed", async () => {
  const { error, requests } = await ask({
    status: 302,
    headers: { location: "https://login.test/?next=1" },
    body: "",
  });
  expect(error).toMatchObject({
    code: "model-rejected",
    message: expect.stringContaining("(302: it redirects to https://login.test)"),
  });
  expect(requests).toBe(1);
});

test("text cut at every byte and every size of write comes out whole", async () => {
  const text = "é € 😀 e\u0301 中文 \u{1F468}\u200D\u{1F469} end";
  const sizes = [1, 2, 3, 5, 7, 1000];
  await using server = await startCompletionsServer(
    sizes.map((writeSize) => ({ text, chunkSize: 3, writeSize })),
  );
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq" });
  for (const _ of sizes) expect(textOf(await collect(model))).toBe(text);
});

test("bytes that are no UTF-8 become replacement characters", async () => {
  const body = Buffer.concat([
    Buffer.from('data: {"choices":[{"text":"a'),
    Buffer.from([0xff, 0xc3]),
    Buffer.from('b","finish_reason":"stop"}]}\n\n'),
  ]);
  expect(await ask({ ...stream, body })).toMatchObject({ text: "a\uFFFD\uFFFDb", error: undefined });
});

/** A body of so many chunks, made one by one as they are read. */
function lazyBody(count: number, chunkOf: (at: number) => string) {
  const encoder = new TextEncoder();
  let made = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (made < count) controller.enqueue(encoder.encode(chunkOf(made)));
        else controller.close();
        made += 1;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, made: () => made };
}

function modelOf(body: ReadableStream<Uint8Array>) {
  return createCompletionsModel({
    baseUrl: "http://127.0.0.1:9/v1",
    modelName: "qwq",
    dialect: "generic",
    maxRetries: 0,
    fetch: async () => new Response(body, stream),
  });
}

test("of a line of 20 MB no more is read than the longest event", async () => {
  const { body, made } = lazyBody(20, () => `${made() === 0 ? "data: " : ""}${"x".repeat(1_000_000)}`);
  const { error } = await collectUntilError(modelOf(body));
  expect(error).toMatchObject({ code: "model-bad-reply" });
  expect(made()).toBeLessThanOrEqual(2);
});

test("a hundred thousand tiny events are read as they come, what comes together as one text, and no further than they are wanted", async () => {
  const EVENTS = 1000;
  const chunk = 'data: {"choices":[{"text":"x"}]}\n\n'.repeat(EVENTS);
  const last = 'data: {"choices":[{"text":"","finish_reason":"stop"}]}\n\n';
  const all = lazyBody(101, (at) => (at < 100 ? chunk : last));
  let count = 0;
  let texts = 0;
  let ahead = 0;
  for await (const said of modelOf(all.body).continueText([{ role: "user", content: "Hello" }], {})) {
    if (said.type === "end") break;
    count += said.text.length;
    texts += 1;
    ahead = Math.max(ahead, all.made() * EVENTS - count);
  }
  expect([count, texts]).toEqual([100_000, 100]);
  // no more was made than the chunk that was being read
  expect(ahead).toBeLessThanOrEqual(EVENTS);
});
