import { inspect } from "node:util";
import { expect, test } from "vitest";
import { assemble } from "../../src/assemble/assemble.ts";
import { loadAnthropicChat } from "../../src/model/langchain/anthropic-chat.ts";
import type { ContinuationModel } from "../../src/model/model.ts";
import { QWQ_SAMPLING } from "../../src/model/sampling.ts";
import { readSettings } from "../../src/settings/settings.ts";
import { collect, HELLO, textOf } from "../model/collect.ts";
import { startEndpoint, type Endpoint, type EndpointOptions } from "../servers/endpoint.ts";
import { refused } from "../servers/messages-wire.ts";

const KEY = "sk-ant-0123456789abcdef";
const TURN = [...HELLO, { role: "assistant", content: "Monday, Tuesday, Wednesday, Thur" }] as const;
const NO_PREFILL = refused("This model does not support assistant message prefill.");

async function assembled(
  messages: NonNullable<EndpointOptions["messages"]>,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ endpoint: Endpoint; model: ContinuationModel }> {
  const endpoint = await startEndpoint({ messages, completions: "missing", chat: "missing" });
  const { model, protocol } = assemble(
    readSettings({
      AGENTIC_RAG_MODEL_URL: endpoint.url,
      AGENTIC_RAG_MODEL: "claude-sonnet-4-5",
      AGENTIC_RAG_MODEL_API_KEY: KEY,
      AGENTIC_RAG_MODEL_DIALECT: "anthropic",
      ...environment,
    }),
  );
  return { endpoint, model: typeof model === "function" ? model(protocol) : model };
}

test.each([
  [{}, "proven"],
  [{ AGENTIC_RAG_MODEL_FAMILY: "chat-prefix" }, undefined],
])("a Claude that continues is prefilled, with a prompt cache: %j", async (environment, continues) => {
  const { endpoint, model } = await assembled((_, text) => ({ text }), environment);
  expect(textOf(await collect(model, {}, TURN))).toBe("sday, Friday, Saturday, Sunday");
  expect(await model.describe()).toEqual({
    family: "chat-prefix",
    name: "claude-sonnet-4-5",
    dialect: "anthropic",
    ...(continues !== undefined && {
      continues,
      reason: "/v1/messages was seen to continue the assistant's last message.",
    }),
  });
  const { headers, body, route } = endpoint.requests.at(-1)!;
  expect([route, headers["x-api-key"]]).toEqual(["POST /v1/messages", KEY]);
  // what QwQ is recommended is nothing to Claude
  expect(Object.keys(body ?? {}).sort()).toEqual(["max_tokens", "messages", "model", "stream"]);
  expect(body?.["messages"]).toEqual([
    { role: "user", content: "Hello" },
    {
      role: "assistant",
      content: [{ type: "text", text: TURN[1]!.content, cache_control: { type: "ephemeral" } }],
    },
  ]);
  for (const shown of [JSON.stringify(model), inspect(model, { depth: null, showHidden: true })]) {
    expect(shown).not.toContain(KEY);
  }
});

test.each(["chat-prefix", "native-tools"])("%s: exactly the sampling that is set is sent", async (family) => {
  const { temperature, topP, topK } = QWQ_SAMPLING;
  const cases = [
    [{}, {}],
    [{ AGENTIC_RAG_TEMPERATURE: "0.25" }, { temperature: 0.25 }],
    [{ AGENTIC_RAG_TEMPERATURE: "none" }, {}],
    // what QwQ is recommended is sent like any other value
    [{ AGENTIC_RAG_TEMPERATURE: String(temperature) }, { temperature }],
    [{ AGENTIC_RAG_TOP_P: String(topP) }, { top_p: topP }],
    [{ AGENTIC_RAG_TOP_K: String(topK) }, { top_k: topK }],
  ] as const;
  for (const [environment, sent] of cases) {
    const { endpoint, model } = await assembled((_, text) => ({ text }), {
      AGENTIC_RAG_MODEL_FAMILY: family,
      ...environment,
    });
    await collect(model, { maxTokens: 9 });
    const { temperature: t, top_p, top_k, max_tokens } = endpoint.requests[0]?.body ?? {};
    const fields = Object.entries({ temperature: t, top_p, top_k }).filter(
      ([, value]) => value !== undefined,
    );
    expect([Object.fromEntries(fields), max_tokens]).toEqual([sent, 9]);
  }
});

test("sampling of a request is sent, over that of the settings", async () => {
  const { endpoint, model } = await assembled((_, text) => ({ text }), {
    AGENTIC_RAG_MODEL_FAMILY: "chat-prefix",
    AGENTIC_RAG_TOP_K: "7",
  });
  await collect(model, { sampling: { topK: 40 } });
  expect(endpoint.requests[0]?.body).toMatchObject({ top_k: 40 });
});

test.each([{}, { AGENTIC_RAG_MODEL_FAMILY: "native-tools" }])(
  "a Claude that does not is given tools: %j",
  async (environment) => {
    const { endpoint, model } = await assembled(({ messages, tools }) => {
      if (messages.at(-1)?.role === "assistant") return NO_PREFILL;
      return tools === undefined ? { text: "Hi." } : { calls: [{ arguments: '{"query":"Rome"}' }] };
    }, environment);
    expect(textOf(await collect(model))).toContain('{"query": "Rome"}');
    expect(await model.describe()).toMatchObject({ family: "native-tools", continues: "replayed" });
    expect(endpoint.requests.at(-1)?.body?.["tools"]).toMatchObject([{ name: "web_search" }]);
  },
);

test("prefilling one that does not says what to set", async () => {
  const { endpoint, model } = await assembled(() => NO_PREFILL, { AGENTIC_RAG_MODEL_FAMILY: "chat-prefix" });
  await expect(collect(model, {}, TURN)).rejects.toMatchObject({
    code: "model-rejected",
    message: expect.stringContaining(
      `at ${endpoint.url} does not continue an assistant's message (400: This model does not support assistant message prefill.). Use the family native-tools`,
    ),
  });
});

test("an overload is asked again before anything was said", async () => {
  let asked = 0;
  const { endpoint, model } = await assembled(
    (_, text) => {
      asked += 1;
      return asked === 1
        ? { ...refused("Overloaded", "overloaded_error", 529), headers: { "retry-after-ms": "1" } }
        : { text };
    },
    { AGENTIC_RAG_MODEL_FAMILY: "chat-prefix" },
  );
  expect(textOf(await collect(model, {}, TURN))).toBe("sday, Friday, Saturday, Sunday");
  expect(endpoint.requests).toHaveLength(2);
});

test("raw completions are no family of it, and that is told", () => {
  const settings = {
    AGENTIC_RAG_MODEL_URL: "https://api.anthropic.com",
    AGENTIC_RAG_MODEL: "claude-sonnet-4-5",
    AGENTIC_RAG_MODEL_DIALECT: "anthropic",
    AGENTIC_RAG_MODEL_FAMILY: "completions",
  };
  expect(() => readSettings(settings)).toThrow(
    "AGENTIC_RAG_MODEL_FAMILY is completions, which a server of the dialect anthropic does not have.",
  );
});

const load = () => Promise.reject(new Error("Cannot find package '@langchain/anthropic'\nstack"));

test("without @langchain/anthropic it says what to install", async () => {
  const options = { baseUrl: "http://127.0.0.1:9", modelName: "m", sampling: QWQ_SAMPLING, maxRetries: 0 };
  await expect(loadAnthropicChat({ ...options, load })).rejects.toMatchObject({
    code: "dependency-missing",
    message:
      "The model family chat-prefix is spoken to Anthropic's API through @langchain/anthropic, which could not be loaded (Cannot find package '@langchain/anthropic'). Run: npm install @langchain/anthropic@1",
  });
});
