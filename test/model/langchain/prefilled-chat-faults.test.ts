import { inspect } from "node:util";
import { AIMessageChunk } from "@langchain/core/messages";
import { describe, expect, test } from "vitest";
import { AgenticRagError } from "../../../src/errors.ts";
import type { PromptMessage } from "../../../src/model/model.ts";
import {
  createPrefilledChatModel,
  type PrefilledChatOptions,
} from "../../../src/model/langchain/prefilled-chat.ts";
import { json, unusedUrl } from "../../servers/completions.ts";
import { messagesWire, refused } from "../../servers/messages-wire.ts";
import { startMessagesServer, type MessagesServerReply } from "../../servers/messages.ts";
import { collect, collectUntilError, HELLO, textOf } from "../collect.ts";
import { FakeToolsModel } from "../native-tools/fake.ts";
import { KEY, overAnthropic } from "./prefilled-chat-ask.ts";

const TEXT = "Hello there, and on.";
const WIRE = messagesWire({ text: TEXT, chunkSize: 4 }, { model: "m", messages: [] });
/** Where the event that says how it ended is complete. */
const FINISHED_AT = WIRE.indexOf("\n\n", WIRE.indexOf('"stop_reason":"end_turn"')) + 2;
const TURN: readonly PromptMessage[] = [...HELLO, { role: "assistant", content: "<think>\n" }];

async function ask(reply: MessagesServerReply, options: Partial<PrefilledChatOptions> = {}) {
  await using server = await startMessagesServer([reply]);
  return { ...(await collectUntilError(overAnthropic(server.url, options))), requests: server.requests };
}

test("a body that ends before it says how is truncated, and whole from there on", async () => {
  const cuts = [...Array(WIRE.length + 1).keys()].filter(
    (at) => at % 41 === 0 || Math.abs(at - FINISHED_AT) < 5 || at === WIRE.length,
  );
  await using server = await startMessagesServer(
    cuts.map((after) => ({ body: WIRE.slice(0, after), headers: { "content-type": "text/event-stream" } })),
  );
  const model = overAnthropic(server.url);
  for (const after of cuts) {
    const { text, error } = await collectUntilError(model);
    const code = AgenticRagError.isInstance(error) ? error.code : "whole";
    const whole = after >= FINISHED_AT;
    expect([after, code]).toEqual([after, whole ? "whole" : "model-truncated"]);
    expect(whole ? text : TEXT.startsWith(text)).toBe(whole ? TEXT : true);
  }
});

test.each(["end", "break", "reset"] as const)("so it is over a connection with %s", async (kind) => {
  for (const after of [0, 1, 300, FINISHED_AT - 1]) {
    const { error } = await ask({ text: TEXT, chunkSize: 4, fault: { kind, after } });
    expect(error).toMatchObject({ code: expect.stringMatching(/^model-(truncated|unreachable)$/) });
  }
});

function broken(chunks: readonly AIMessageChunk[]) {
  return createPrefilledChatModel({ chatModel: new FakeToolsModel(chunks, new TypeError("terminated")) });
}

test("a connection that breaks after it has lost nothing", async () => {
  const end = new AIMessageChunk({ content: "", additional_kwargs: { stop_reason: "end_turn" } });
  const said = new AIMessageChunk("Hi");
  expect(await collectUntilError(broken([said, end]))).toEqual({ text: "Hi", error: undefined });
  expect((await collectUntilError(broken([said]))).error).toMatchObject({ code: "model-truncated" });
});

describe("silence is a timeout, and closes the connection", () => {
  test.each([
    [{ kind: "no-headers" }, { headersTimeoutMs: 1_000 }, "did not begin to reply within 1000 ms."],
    [{ kind: "stall", after: 700 }, { idleTimeoutMs: 200 }, "fell silent for 200 ms within its reply."],
    [{ kind: "drip", everyMs: 5 }, { totalTimeoutMs: 200 }, "was not done within 200 ms."],
  ] as const)("%j", async (fault, limits, message) => {
    const { error, requests } = await ask({ text: TEXT, chunkSize: 4, fault }, limits);
    expect(error).toMatchObject({ code: "model-timeout", message: expect.stringContaining(message) });
    expect(await requests[0]?.closedEarly).toBe(true);
  });
});

test.each([
  ["overloaded_error", "Overloaded", "model-server-error", 529],
  ["api_error", "Internal server error", "model-server-error", 500],
  ["rate_limit_error", "slow down", "model-rate-limited", 429],
  ["invalid_request_error", "no", "model-rejected", 400],
])("an error event %s inside the stream", async (type, message, code, status) => {
  const asked = await ask({ text: "Hello", error: { type, message } });
  expect(asked).toMatchObject({
    text: "Hello",
    error: { code, facts: { status }, message: expect.stringContaining(`(${status}: ${message})`) },
  });
});

test("an event that is not JSON is a bad reply", async () => {
  expect(await ask({ text: "Hello", data: "{delta}" })).toMatchObject({
    text: "Hello",
    error: { code: "model-bad-reply", message: expect.stringContaining("sent what is not JSON") },
  });
});

test("a page with status 200 is no answer", async () => {
  const page = { headers: { "content-type": "text/html" }, body: "<html><title>Sign in</title></html>" };
  expect(await ask(page)).toMatchObject({ text: "", error: { code: "model-truncated" } });
});

test("a refusal is rejected", async () => {
  expect(await ask({ text: "Hello", stopReason: "refusal" })).toMatchObject({
    text: "Hello",
    error: { code: "model-rejected", message: expect.stringContaining("(refusal)") },
  });
});

test.each([
  [400, "invalid_request_error", "max_tokens: Field required", "model-rejected"],
  [
    400,
    "invalid_request_error",
    "prompt is too long: 210000 tokens > 200000 maximum",
    "model-context-overflow",
  ],
  [401, "authentication_error", `invalid x-api-key ${KEY}`, "model-unauthorized"],
  [403, "permission_error", `not for ${KEY}`, "model-unauthorized"],
  [404, "not_found_error", `model: claude-9 ${KEY}`, "model-rejected"],
  [413, "request_too_large", "too large", "model-rejected"],
  [429, "rate_limit_error", `slow down ${KEY}`, "model-rate-limited"],
  [500, "api_error", `failed ${KEY}`, "model-server-error"],
  [529, "overloaded_error", "Overloaded", "model-server-error"],
])("status %i %s is named, and the key is not", async (status, type, message, code) => {
  const { error, requests } = await ask(refused(message, type, status), { baseUrl: "https://claude.test" });
  expect(error).toMatchObject({ code, facts: { status } });
  expect(inspect(error, { depth: null, showHidden: true })).not.toContain(KEY);
  expect(String(error)).not.toContain("Troubleshooting");
  expect(requests).toHaveLength(1);
});

test.each([
  "This model does not support assistant message prefill. The conversation must end with a user message.",
  "Your API request included an `assistant` message in the final position, which would pre-fill the `assistant` response. When using tools, pre-filling the `assistant` response is not supported.",
])("a model that does not continue: the way out is named (%s)", async (message) => {
  const { error } = await ask(refused(message), { baseUrl: "https://claude.test" });
  expect(error).toMatchObject({
    code: "model-rejected",
    facts: { status: 400 },
    message: expect.stringMatching(
      /^The model "claude-sonnet-4-5" at https:\/\/claude\.test does not continue an assistant's message \(400: .*\)\. Use the family native-tools \(AGENTIC_RAG_MODEL_FAMILY=native-tools\), or/,
    ),
  });
});

test("extended thinking is in the way, and the error says so", async () => {
  await using server = await startMessagesServer(["Hi"]);
  const fields = { thinking: { type: "enabled", budget_tokens: 1024 }, maxTokens: 2048 } as const;
  await expect(collect(overAnthropic(server.url, { fields }), {}, TURN)).rejects.toMatchObject({
    code: "model-rejected",
    message: expect.stringMatching(/native-tools.*extended thinking that is in the way, switch that off\.$/),
  });
});

test("what ChatAnthropic itself refuses to send is rejected", async () => {
  const fields = { model: "claude-opus-4-7", temperature: 0.6 };
  const { error } = await collectUntilError(overAnthropic("http://127.0.0.1:9", { fields }));
  expect(error).toMatchObject({
    code: "model-rejected",
    message: expect.stringContaining("temperature is not supported for claude-opus-4-7"),
  });
});

test("a limit that says how long to wait is waited for, and an overload is asked again", async () => {
  const limited = refused("slow down", "rate_limit_error", 429);
  await using server = await startMessagesServer([
    { ...limited, headers: { ...limited.headers, "retry-after": "7" } },
    refused("Overloaded", "overloaded_error", 529),
    { text: "", error: { type: "overloaded_error", message: "Overloaded" } },
    "Hi",
  ]);
  const slept: number[] = [];
  const model = overAnthropic(server.url, {
    maxRetries: 3,
    clock: { now: Date.now, random: () => 0, sleep: async (milliseconds) => void slept.push(milliseconds) },
  });
  expect(textOf(await collect(model, {}, TURN))).toBe("Hi");
  expect(slept).toEqual([7000, 500, 1000]);
  expect(server.requests.map(({ body }) => body)).toEqual([1, 2, 3, 4].map(() => server.requests[0]?.body));
});

test("what was seen in part is not asked again", async () => {
  const error = { type: "overloaded_error", message: "Overloaded" };
  await using server = await startMessagesServer([{ text: "Hello", error }, "never"]);
  const { text } = await collectUntilError(overAnthropic(server.url, { maxRetries: 2 }));
  expect(text).toBe("Hello");
  expect(server.requests).toHaveLength(1);
});

test("nobody there is unreachable", async () => {
  const baseUrl = await unusedUrl();
  expect((await collectUntilError(overAnthropic(baseUrl, { baseUrl }))).error).toMatchObject({
    code: "model-unreachable",
    message: `No connection to the model server at ${baseUrl} (ECONNREFUSED). Start it, or correct the base URL.`,
  });
});

test("a body without an error object is told as it is", async () => {
  const { error } = await ask({ status: 502, ...json({}) });
  expect(error).toMatchObject({ code: "model-server-error", facts: { status: 502 } });
});
