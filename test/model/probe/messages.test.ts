import { expect, test } from "vitest";
import { json } from "../../servers/completions.ts";
import type { EndpointOptions } from "../../servers/endpoint.ts";
import { refused } from "../../servers/messages-wire.ts";
import { probe } from "./ask.ts";
import { KEY } from "../key.ts";

const NO_PREFILL = refused(
  "This model does not support assistant message prefill. The conversation must end with a user message.",
);
const CALL = { calls: [{ arguments: '{"query":"Rome"}' }] };

function ask(messages: NonNullable<EndpointOptions["messages"]>) {
  return probe({ completions: "missing", chat: "missing", messages }, { dialect: "anthropic" });
}

test("an older Claude continues: by the Messages API, with its key, and nothing that it refuses", async () => {
  const { report, choice, missing, endpoint } = await ask((_, text) => ({ text, chunkSize: 3 }));
  expect(report.completions).toMatchObject({ exists: "no", why: "anthropic has none that continue a text" });
  expect(report.chat).toMatchObject({
    exists: "yes",
    continues: "yes",
    evidence: ["sday, Friday,", "il, May, June, July"],
    streams: true,
    stop: "left out",
    usage: true,
    cachedTokens: true,
    tools: "not asked",
  });
  expect(choice).toEqual({
    family: "chat-prefix",
    dialect: "anthropic",
    continues: "proven",
    reason: "/v1/messages was seen to continue the assistant's last message.",
  });
  expect(missing).toEqual(["token ids, which no chat takes: the turn is tokenised anew at each step"]);
  expect(new Set(endpoint.routes())).toEqual(new Set(["POST /v1/messages"]));
  for (const { headers, body } of endpoint.requests) {
    expect(headers).toMatchObject({ "x-api-key": KEY, "anthropic-version": "2023-06-01" });
    expect(headers.authorization).toBeUndefined();
    expect(Object.keys(body ?? {})).not.toContain("temperature");
  }
});

test("a newer one refuses, and is given tools", async () => {
  const { report, choice, endpoint } = await ask(({ messages, tools }, text) => {
    if (messages.at(-1)?.role === "assistant") return NO_PREFILL;
    return tools === undefined ? { text } : CALL;
  });
  expect(report.chat).toMatchObject({
    exists: "yes",
    continues: "no",
    why: expect.stringContaining("400: This model does not support assistant message prefill."),
    tools: "called",
  });
  expect(choice).toMatchObject({ family: "native-tools", dialect: "anthropic", continues: "replayed" });
  expect(endpoint.requests.at(-1)?.body?.["tools"]).toEqual([
    {
      name: "web_search",
      description: "Searches the web.",
      input_schema: { type: "object", properties: { query: { type: "string" } }, required: ["query"] },
    },
  ]);
});

test("one that begins anew is caught", async () => {
  const { report, choice } = await ask((_, _text, anew) => ({ text: anew }));
  expect(report.chat.continues).toBe("no");
  expect(choice).toMatchObject({ family: "native-tools" });
});

test("reasoning and calls in blocks of their own are seen", async () => {
  const thinks = await ask(({ messages }, text) =>
    messages.length === 1 ? { thinking: { text: "Two and", signature: "s" }, text } : { text },
  );
  expect(thinks.report.chat.reasoning).toBe("thinking blocks");
  const calls = await ask(({ messages }, text) =>
    JSON.stringify(messages.at(-1)).includes("<tool_call>") ? CALL : { text },
  );
  expect(calls.report.chat.callText).toBe("tool_calls");
});

test("a reply in one piece is read, and does not stream", async () => {
  const whole = {
    type: "message",
    content: [{ type: "text", text: "Four." }],
    stop_reason: "end_turn",
    usage: { input_tokens: 9, output_tokens: 3 },
  };
  const { report, choice } = await ask(json(whole));
  expect(report.chat).toMatchObject({ exists: "yes", streams: false });
  expect(choice).toMatchObject({ family: null });
});

test("no such address", async () => {
  const { choice, endpoint } = await ask("missing");
  expect(choice).toMatchObject({
    family: null,
    reason: `The model server at ${endpoint.url} has neither /completions (anthropic has none that continue a text) nor /v1/messages (404: Not Found) for the model "QwQ-32B".`,
  });
});

test.each([
  [401, "authentication_error", "model-unauthorized"],
  [429, "rate_limit_error", "model-rate-limited"],
])("status %i says nothing about what it does", async (status, type, code) => {
  await expect(ask(refused("no", type, status))).rejects.toMatchObject({ code });
});
