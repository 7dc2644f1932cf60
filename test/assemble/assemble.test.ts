import { inspect } from "node:util";
import { expect, test } from "vitest";
import { assemble } from "../../src/assemble/assemble.ts";
import { createAgenticRag } from "../../src/graph/graph.ts";
import type { ContinuationModel } from "../../src/model/model.ts";
import { protocols } from "../../src/protocol/index.ts";
import { readSettings } from "../../src/settings/settings.ts";
import { collect, textOf } from "../model/collect.ts";
import { startEndpoint, type EndpointOptions } from "../servers/endpoint.ts";
import { KEY } from "../model/key.ts";

async function assembled(options: EndpointOptions, environment: Readonly<Record<string, string>> = {}) {
  const endpoint = await startEndpoint(options);
  const parts = assemble(
    readSettings({
      AGENTIC_RAG_MODEL_URL: endpoint.url,
      AGENTIC_RAG_MODEL: "QwQ-32B",
      AGENTIC_RAG_MODEL_API_KEY: KEY,
      ...environment,
    }),
  );
  const model: ContinuationModel =
    typeof parts.model === "function" ? parts.model(parts.protocol) : parts.model;
  return { endpoint, parts, model };
}

const TURN = [
  { role: "user", content: "Write the days of the week." },
  { role: "assistant", content: "Monday, Tuesday, Wednesday, Thur" },
] as const;

test.each([
  [{ AGENTIC_RAG_MODEL_FAMILY: "completions" }, { family: "completions", dialect: "generic" }],
  [{ AGENTIC_RAG_MODEL_FAMILY: "chat-prefix" }, { family: "chat-prefix", dialect: "generic" }],
  [
    { AGENTIC_RAG_MODEL_FAMILY: "chat-prefix", AGENTIC_RAG_MODEL_DIALECT: "vllm" },
    { family: "chat-prefix", dialect: "vllm" },
  ],
  [{ AGENTIC_RAG_MODEL_FAMILY: "native-tools" }, { family: "native-tools", continues: "replayed" }],
  [
    {},
    {
      family: "completions",
      dialect: "generic",
      continues: "by-construction",
      reason: "/completions was seen to continue raw text.",
    },
  ],
])("a server's family is made as it is set, or as it is found: %o", async (environment, description) => {
  const { endpoint, model } = await assembled({}, environment);
  expect(endpoint.requests).toEqual([]);
  const replayed = description.family === "native-tools";
  expect(textOf(await collect(model, {}, TURN))).toBe(replayed ? "Four." : "sday, Friday, Saturday, Sunday");
  const { controlTokens, ...described } = await model.describe();
  expect(described).toEqual({ name: "QwQ-32B", ...description });
  const isRendered = description.family === "completions";
  expect(controlTokens?.includes("<|im_end|>")).toBe(isRendered ? true : undefined);
  expect(endpoint.requests.at(-1)?.headers.authorization).toBe(`Bearer ${KEY}`);
  for (const shown of [JSON.stringify(model), inspect(model, { depth: null, showHidden: true })]) {
    expect(shown).not.toContain(KEY);
  }
});

test("the dialect that is set is spoken", async () => {
  const environment = { AGENTIC_RAG_MODEL_FAMILY: "chat-prefix", AGENTIC_RAG_MODEL_DIALECT: "vllm" };
  const { endpoint, model } = await assembled({}, environment);
  await collect(model, {}, TURN);
  expect(endpoint.requests.map(({ body }) => body)).toMatchObject([
    { continue_final_message: true, add_generation_prompt: false, top_k: 40 },
  ]);
});

/** The body of a request over native tools. */
async function bodyOver(dialect: string): Promise<Readonly<Record<string, unknown>>> {
  const { endpoint, model } = await assembled(
    {},
    { AGENTIC_RAG_MODEL_FAMILY: "native-tools", AGENTIC_RAG_MODEL_DIALECT: dialect, AGENTIC_RAG_SEED: "7" },
  );
  await collect(model, { maxTokens: 9 }, TURN);
  return endpoint.requests.at(-1)?.body ?? {};
}

test("native tools: what is not OpenAI's own is sent only where it is understood", async () => {
  const generic = await bodyOver("generic");
  expect(generic).toMatchObject({
    model: "QwQ-32B",
    max_tokens: 9,
    temperature: 0.6,
    top_p: 0.95,
    seed: 7,
    stream: true,
    stream_options: { include_usage: true },
    tools: [{ function: { name: "web_search" } }],
  });
  expect(generic).not.toHaveProperty("top_k");
  expect(await bodyOver("vllm")).toMatchObject({ top_k: 40, min_p: 0 });
  const mistral = await bodyOver("mistral");
  expect(mistral).toMatchObject({ random_seed: 7 });
  expect(mistral).not.toHaveProperty("stream_options");
});

test("native tools end to end: the call comes back as text of the protocol", async () => {
  const { parts } = await assembled({
    completions: "missing",
    chat: ({ messages, tools }, _, anew) => {
      if (messages.some(({ role }) => role === "tool")) return { text: "It is open source [1]." };
      return messages[0]?.role === "system" && tools !== undefined
        ? { calls: [{ name: "web_search", arguments: '{"query":"QwQ-32B licence"}' }] }
        : { text: anew };
    },
  });
  const state = await createAgenticRag(parts).invoke({ question: "Which licence does QwQ-32B have?" });
  expect(state).toMatchObject({ answered: true, stopReason: "answered", searches: 1 });
  expect(state.queries).toMatchObject([{ query: "QwQ-32B licence", status: "found" }]);
  expect(state.citations).toMatchObject([{ number: 1, known: true }]);
});

test("a protocol that cannot be spoken over native tools says so before anything is asked", async () => {
  const cannot = Object.values(protocols).filter(({ nativeSide }) => nativeSide === undefined);
  for (const { name } of cannot) {
    const environment = { AGENTIC_RAG_MODEL_FAMILY: "native-tools", AGENTIC_RAG_PROTOCOL: name };
    await expect(assembled({}, environment)).rejects.toMatchObject({
      code: "settings-invalid",
      message: `The protocol ${name} cannot be spoken over native tools. Set AGENTIC_RAG_PROTOCOL to qwq, or use a model server that continues a turn.`,
    });
  }
});
