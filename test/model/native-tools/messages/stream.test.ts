import { expect, test } from "vitest";
import { createMessagesModel } from "../../../../src/model/native-tools/messages/messages.ts";
import type { ModelChunk } from "../../../../src/model/model.ts";
import { json, type PlainReply } from "../../../servers/completions.ts";
import { messagesWire, refused, type MessagesReply } from "../../../servers/messages-wire.ts";
import { startMessagesServer, type MessagesServerReply } from "../../../servers/messages.ts";
import { HELLO, textOf } from "../../collect.ts";
import { KEY } from "../../key.ts";
import { qwqNativeSide } from "../side.ts";

const REPLY: MessagesReply = {
  thinking: { text: "Hm.", signature: "s" },
  calls: [{ arguments: '{"query": "a"}' }],
  chunkSize: 4,
};
const SAID = "<think>\nHm.";
const CALL = '\n<tool_call>\n{"action": "web_search", "action_input": {"query": "a"}}\n</tool_call>';

/** One reply: what was said, whether it was kept, and how it failed. */
async function ask(reply: MessagesServerReply) {
  await using server = await startMessagesServer([reply]);
  const options = { baseUrl: server.url, modelName: "claude", apiKey: KEY, side: qwqNativeSide };
  const chunks: ModelChunk[] = [];
  let error: unknown;
  try {
    const model = createMessagesModel({ ...options, maxRetries: 0 });
    for await (const chunk of model.continueText(HELLO, {})) chunks.push(chunk);
  } catch (thrown) {
    error = thrown;
  }
  const kept = chunks.some((chunk) => "received" in chunk && chunk.received !== undefined);
  return { text: textOf(chunks), kept, error, end: chunks.at(-1) };
}

/** The reply with something else in its place. */
function changed(from: string, to: string, reply = REPLY): PlainReply {
  const wire = messagesWire(reply, { model: "claude", messages: [] });
  expect(wire).toContain(from);
  return { headers: { "content-type": "text/event-stream" }, body: wire.replaceAll(from, to) };
}

test("a call is written behind its reasoning, and kept", async () => {
  expect(await ask(REPLY)).toMatchObject({ text: SAID + CALL, kept: true, error: undefined });
});

test("a call whose input stands at its beginning", async () => {
  const call = { type: "tool_use", id: "t", name: "web_search", input: { query: "a" } };
  const content = [{ type: "thinking", thinking: "Hm.", signature: "s" }, call];
  const whole = { type: "message", role: "assistant", content, stop_reason: "tool_use" };
  expect(await ask(json(whole))).toMatchObject({ text: SAID + CALL, kept: true });
});

test.each([
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
] as const)("a reply that ends with %s is cut, and not kept", async (reason, finishReason) => {
  const { kept, end, error } = await ask({ ...REPLY, calls: [], text: "And so", stopReason: reason });
  expect({ kept, end, error }).toMatchObject({ kept: false, end: { type: "end", finishReason } });
});

test("a refusal is told as one", async () => {
  const { error } = await ask({ text: "I", stopReason: "refusal" });
  expect(error).toMatchObject({ code: "model-rejected", message: expect.stringContaining("(refusal)") });
});

test.each([
  ["overloaded_error", "model-server-error"],
  ["rate_limit_error", "model-rate-limited"],
  ["invalid_request_error", "model-rejected"],
] as const)("an error event %s: %s, without the key", async (type, code) => {
  const { error } = await ask({ text: "It", error: { type, message: `no, ${KEY}` } });
  expect(error).toMatchObject({ code, message: expect.stringContaining("no, ***") });
});

test.each([
  ["a delta that is not known", '"type":"signature_delta"', '"type":"secret_delta"'],
  ["input that is no JSON", String.raw`{\"qu`, String.raw`{\"qu\"`],
  ["thinking alone", '"type":"tool_use"', '"type":"tool_thought"'],
])("%s is not kept", async (_, from, to) => {
  expect((await ask(changed(from, to))).kept).toBe(false);
});

test("what is no event of it, and a stream that breaks off", async () => {
  expect((await ask(changed('"index":0', '"index":"zero"'))).error).toMatchObject({
    code: "model-bad-reply",
  });
  const { body } = changed("Hm", "Hm");
  const headers = { "content-type": "text/event-stream" };
  const cut = String(body).slice(0, String(body).indexOf("event: message_delta"));
  expect(await ask({ headers, body: cut })).toMatchObject({ text: SAID, error: { code: "model-truncated" } });
});

test.each([
  [
    "messages.1.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. These blocks must remain as they were in the original response.",
    /wants the reasoning before its calls back as it gave it \(400: messages\.1/,
  ],
  [
    "messages.1.content.0: Invalid `signature` in `thinking` block",
    /wants the reasoning before its calls back as it gave it/,
  ],
  [
    "adaptive thinking is not supported on this model",
    /thinks with a budget only .* AGENTIC_RAG_MODEL_BODY to \{"thinking"/,
  ],
  [
    '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
    /thinks as much as it chooses, without a budget .* set AGENTIC_RAG_MODEL_REASONING to on/,
  ],
])("%s is told with the way out", async (words, told) => {
  const { error } = await ask(refused(words));
  expect(error).toMatchObject({ code: "model-rejected", message: expect.stringMatching(told) });
});
