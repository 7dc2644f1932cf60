import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { AgenticRagError } from "../../../src/errors.ts";
import { createChatPrefixModel, type ChatPrefixOptions } from "../../../src/model/chat-prefix/chat-prefix.ts";
import { chatWire } from "../../servers/chat-wire.ts";
import { startChatServer, type ChatServerReply } from "../../servers/chat.ts";
import { json, unusedUrl } from "../../servers/completions.ts";
import { collect, collectUntilError, HELLO, textOf } from "../collect.ts";
import { qwqCallText } from "../native-tools/side.ts";
import { KEY } from "../key.ts";

const REPLY = { reasoning: "Hm.", text: "\nHello ", calls: [{ arguments: '{"query": "a"}' }], chunkSize: 4 };
const SAID = "<think>Hm.</think>\nHello ";
const CALL = '<tool_call>\n{"name": "web_search", "arguments": {"query": "a"}}\n</tool_call>';
const WIRE = chatWire(REPLY, { messages: [], model: "qwq", stream_options: { include_usage: true } });
/** Where the event that says how it finished is complete. */
const FINISHED_AT = WIRE.indexOf("\n\n", WIRE.indexOf('"finish_reason":"tool_calls"')) + 2;

/** One request to a server that gives this reply; no second try. */
async function ask(reply: ChatServerReply, options: Partial<ChatPrefixOptions> = {}) {
  await using server = await startChatServer([reply]);
  const model = createChatPrefixModel({
    baseUrl: server.url,
    modelName: "qwq",
    dialect: "vllm",
    maxRetries: 0,
    callText: qwqCallText,
    ...options,
  });
  return { ...(await collectUntilError(model)), requests: server.requests };
}

test("a body that ends at any byte before the finish is truncated, and whole from there on", async () => {
  for (let after = 0; after <= WIRE.length; after += 1) {
    const model = createChatPrefixModel({
      baseUrl: "http://127.0.0.1:9/v1",
      modelName: "qwq",
      dialect: "vllm",
      maxRetries: 0,
      callText: qwqCallText,
      fetch: async () =>
        new Response(WIRE.slice(0, after), { headers: { "content-type": "text/event-stream" } }),
    });
    const { text, error } = await collectUntilError(model);
    const whole = after >= FINISHED_AT;
    // a call whose reply is not finished is not there at all
    expect(whole ? text : SAID.startsWith(text)).toBe(whole ? SAID + CALL : true);
    const code = AgenticRagError.isInstance(error) ? error.code : "whole";
    expect([after, code]).toEqual([after, whole ? "whole" : "model-truncated"]);
  }
});

test.each(["end", "break", "reset"] as const)("so it is over a connection with %s", async (kind) => {
  for (const after of [0, 1, 100, FINISHED_AT - 1]) {
    const { error } = await ask({ ...REPLY, fault: { kind, after } });
    expect(error).toMatchObject({ code: expect.stringMatching(/^model-(truncated|unreachable)$/) });
  }
});

test("a connection that breaks after the finish has lost nothing", async () => {
  const { text, error } = await ask({ ...REPLY, fault: { kind: "break", after: FINISHED_AT } });
  expect(text).toBe(SAID + CALL);
  expect(error).toBeUndefined();
});

describe("silence is a timeout", () => {
  test("before the headers", async () => {
    const { error } = await ask({ text: "Hi", fault: { kind: "no-headers" } }, { headersTimeoutMs: 50 });
    expect(error).toMatchObject({
      code: "model-timeout",
      message: expect.stringContaining("did not begin to reply within 50 ms."),
    });
  });

  test("within the reply, and it closes the connection", async () => {
    const { error, requests } = await ask(
      { ...REPLY, fault: { kind: "stall", after: 700 } },
      { idleTimeoutMs: 50 },
    );
    expect(error).toMatchObject({
      code: "model-timeout",
      message: expect.stringContaining("fell silent for 50 ms within its reply."),
    });
    expect(await requests[0]?.closedEarly).toBe(true);
  });

  test("or a drip that is never silent", async () => {
    const { error } = await ask(
      { ...REPLY, fault: { kind: "drip", everyMs: 5 } },
      { idleTimeoutMs: 60_000, totalTimeoutMs: 100 },
    );
    expect(error).toMatchObject({ code: "model-timeout", message: expect.stringContaining("within 100 ms") });
  });
});

test.each([
  [{ code: 429, message: "busy" }, "model-rate-limited"],
  [{ code: 400, message: "This model's maximum context length is 10 tokens." }, "model-context-overflow"],
  [{ code: 400, message: "no" }, "model-rejected"],
  [{ code: 502, message: "Provider disconnected" }, "model-server-error"],
  ["CUDA out of memory", "model-server-error"],
])("an error %j inside the stream", async (error, code) => {
  expect(await ask({ text: "Hello", error })).toMatchObject({ text: "Hello", error: { code } });
});

test.each([
  ["not JSON", '{"choices":[{"delta":', "an event that is not JSON"],
  ["of another form", '{"choices":[{"delta":{"content":5}}]}', "an event that is no "],
])("an event that is %s is a bad reply", async (_name, data, what) => {
  expect(await ask({ text: "Hello", data })).toMatchObject({
    text: "Hello",
    error: { code: "model-bad-reply", message: expect.stringContaining(` sent ${what}`) },
  });
});

test("a page with status 200 is a bad reply", async () => {
  const page = { headers: { "content-type": "text/html" }, body: "<html><title>Sign in</title></html>" };
  expect(await ask(page)).toMatchObject({
    text: "",
    error: {
      code: "model-bad-reply",
      message: expect.stringContaining('text/html instead of an event stream: "Sign in"'),
    },
  });
});

test.each([
  [400, "Assistant response prefill is incompatible with enable_thinking.", "model-rejected"],
  [401, `Incorrect API key provided: ${KEY}`, "model-unauthorized"],
  [404, `no route for ${KEY}`, "model-rejected"],
  [422, `Extra inputs are not permitted ${KEY}`, "model-rejected"],
  [500, `failed for ${KEY}`, "model-server-error"],
])("status %i is named, and the key is not", async (status, message, code) => {
  const { error, requests } = await ask({ status, ...json({ error: { message } }) }, { apiKey: KEY });
  expect(error).toMatchObject({ code, facts: { status } });
  expect(inspect(error, { depth: null, showHidden: true })).not.toContain(KEY);
  expect(requests).toHaveLength(1);
});

test("a limit that says how long to wait is waited for, and asked again", async () => {
  const busy = { status: 429, ...json({ error: { message: "slow down" } }) };
  await using server = await startChatServer([
    { ...busy, headers: { ...busy.headers, "retry-after": "7" } },
    { status: 503, body: "loading" },
    "Hi",
  ]);
  const slept: number[] = [];
  const model = createChatPrefixModel({
    baseUrl: server.url,
    modelName: "qwq",
    dialect: "vllm",
    clock: { now: Date.now, random: () => 0, sleep: async (milliseconds) => void slept.push(milliseconds) },
  });
  expect(textOf(await collect(model))).toBe("Hi");
  expect(slept).toEqual([7000, 500]);
  expect(server.requests.map(({ body }) => body)).toEqual([1, 2, 3].map(() => server.requests[0]?.body));
});

test("what was seen in part is not asked again", async () => {
  await using server = await startChatServer([
    { text: "Hello", error: { code: 503, message: "gone" } },
    "never",
  ]);
  const model = createChatPrefixModel({ baseUrl: server.url, modelName: "qwq", dialect: "vllm" });
  expect(await collectUntilError(model)).toMatchObject({
    text: "Hello",
    error: { code: "model-server-error" },
  });
  expect(server.requests).toHaveLength(1);
});

test("nobody there is unreachable", async () => {
  const baseUrl = await unusedUrl();
  const model = createChatPrefixModel({ baseUrl, modelName: "qwq", dialect: "generic", maxRetries: 0 });
  expect((await collectUntilError(model)).error).toMatchObject({
    code: "model-unreachable",
    message: `No connection to the model server at ${baseUrl} (ECONNREFUSED). Start it, or correct the base URL.`,
  });
});

test("an abort in a wait between tries ends it", async () => {
  await using server = await startChatServer([{ status: 503, body: "loading" }]);
  const controller = new AbortController();
  const model = createChatPrefixModel({
    baseUrl: server.url,
    modelName: "qwq",
    dialect: "generic",
    clock: { now: Date.now, random: () => 0, sleep: async () => controller.abort() },
  });
  await expect(collect(model, { signal: controller.signal }, HELLO)).rejects.toMatchObject({
    name: "AbortError",
  });
  expect(server.requests).toHaveLength(1);
});
