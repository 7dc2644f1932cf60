import { expect, test } from "vitest";
import { createChatToolsModel } from "../../../src/model/native-tools/chat-tools.ts";
import { obeyingFetch } from "../../../src/model/exchange/obeying-fetch.ts";
import { startChatServer, type ChatReply, type ChatServerReply } from "../../servers/chat.ts";
import { json, type PlainReply } from "../../servers/completions.ts";
import { startEndpoint } from "../../servers/endpoint.ts";
import { collect, textOf } from "../collect.ts";
import { qwqNativeSide } from "../native-tools/side.ts";
import { probe } from "../probe/ask.ts";
import { KEY } from "../key.ts";

function refused(message: string, param: string): PlainReply {
  const error = { message, type: "invalid_request_error", param, code: "unsupported_parameter" };
  return { status: 400, ...json({ error }) };
}

/** What OpenAI's reasoning models say to a request that is made as for others. */
function refusal(body: Readonly<Record<string, unknown>>): PlainReply | undefined {
  if ("max_tokens" in body) {
    return refused(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      "max_tokens",
    );
  }
  if ("stop" in body) {
    return refused("Unsupported parameter: 'stop' is not supported with this model.", "stop");
  }
  if ("temperature" in body && body["temperature"] !== 1) {
    return refused(
      "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
      "temperature",
    );
  }
  return "top_p" in body
    ? refused("Unsupported parameter: 'top_p' is not supported with this model.", "top_p")
    : undefined;
}

test("a probe of a reasoning model finds that it takes tools", async () => {
  const { report, choice, endpoint } = await probe({
    completions: { status: 404, ...json({ error: { message: "This is a chat model" } }) },
    chat: (request): ChatReply | PlainReply => {
      const no = refusal(request);
      if (no !== undefined) return no;
      if (request["max_completion_tokens"] !== 1024) return { text: "", finishReason: "length" };
      return request["tools"] === undefined
        ? { text: "Sure! Monday" }
        : { calls: [{ arguments: '{"query":"Rome"}' }] };
    },
  });
  expect(report.chat).toMatchObject({ exists: "yes", continues: "no", tools: "called" });
  expect(choice).toMatchObject({ family: "native-tools", dialect: "generic" });
  // each refusal is heard once, and heeded from then on
  const chats = endpoint.requests.filter(({ route }) => route.includes("/chat/"));
  expect(chats.map(({ body }) => refusal(body ?? {}) !== undefined)).toEqual([
    true,
    true,
    true,
    false,
    true,
    false,
    false,
    false,
  ]);
});

const reasoning: ChatServerReply = ({ body }) =>
  refusal(body) ?? { text: "Four.", chunkSize: 2, dialect: "generic" };

test("native tools, where the name of the model does not tell that it reasons", async () => {
  await using server = await startChatServer(Array(5).fill(reasoning) as ChatServerReply[]);
  const model = createChatToolsModel({
    baseUrl: server.url,
    modelName: "my-deployment",
    apiKey: KEY,
    dialect: "generic",
    side: qwqNativeSide,
  });
  for (const _ of [1, 2]) expect(textOf(await collect(model, { maxTokens: 50 }))).toContain("Four.");
  expect(server.requests).toHaveLength(5);
  for (const { body } of server.requests.slice(3)) {
    expect(body).toMatchObject({ model: "my-deployment", max_completion_tokens: 50 });
    expect(refusal(body)).toBeUndefined();
  }
});

test("what a model refuses is its own, and another is asked as before", async () => {
  const endpoint = await startEndpoint({
    chat: (request) => (request.model === "o3" ? refusal(request) : undefined) ?? { text: "Hi" },
  });
  const fetch = obeyingFetch(globalThis.fetch);
  const send = async (model: string): Promise<number> => {
    const body = JSON.stringify({ model, messages: [], max_tokens: 5 });
    const response = await fetch(`${endpoint.url}/chat/completions`, { method: "POST", body });
    await response.text();
    return response.status;
  };
  expect([await send("o3"), await send("qwq"), await send("o3")]).toEqual([200, 200, 200]);
  expect(endpoint.requests.map(({ body }) => [body?.["model"], body?.["max_tokens"]])).toEqual([
    ["o3", 5],
    ["o3", undefined],
    ["qwq", 5],
    ["o3", undefined],
  ]);
});

test.each([
  ["Unsupported parameter: 'messages' is not supported", "messages"],
  ["Unsupported parameter: 'stop'", "stop"],
  ["no such model", ""],
])("a refusal that nothing can be done about is handed on: %s", async (message) => {
  const endpoint = await startEndpoint({ chat: { status: 400, ...json({ error: { message } }) } });
  const body = JSON.stringify({ model: "m", messages: [], max_tokens: 5 });
  const url = `${endpoint.url}/chat/completions`;
  const response = await obeyingFetch(globalThis.fetch)(url, { method: "POST", body });
  expect([response.status, await response.json()]).toEqual([400, { error: { message } }]);
  expect(endpoint.requests).toHaveLength(1);
});

test("what has no JSON body is none of its business", async () => {
  const endpoint = await startEndpoint({ facts: { "/v1/models": [] } });
  const fetch = obeyingFetch(globalThis.fetch);
  expect((await fetch(`${endpoint.url}/models`)).status).toBe(200);
  expect((await fetch(`${endpoint.url}/none`, { method: "POST", body: "{" })).status).toBe(404);
});
