import { expect, test } from "vitest";
import { createChatToolsModel } from "../../../src/model/native-tools/chat-tools.ts";
import { createResponsesModel } from "../../../src/model/native-tools/responses/responses.ts";
import type { ServerDialect } from "../../../src/model/server/dialects.ts";
import { startEndpoint, type EndpointOptions } from "../../servers/endpoint.ts";
import { startOllama } from "../../servers/ollama.ts";
import { collect } from "../../model/collect.ts";
import { qwqNativeSide } from "./side.ts";

const card = (more: Readonly<Record<string, unknown>>) => ({
  "/v1/models": { data: [{ id: "qwq", ...more }] },
});
const BUILD = { build_info: "b1", default_generation_settings: { n_ctx: 8_192 } };

const SERVERS: readonly (readonly [
  dialect: ServerDialect | "auto",
  facts: NonNullable<EndpointOptions["facts"]>,
  asked: readonly string[],
])[] = [
  ["vllm", card({ max_model_len: 8_192 }), ["/v1/models"]],
  ["auto", card({ owned_by: "vllm", max_model_len: 8_192 }), ["/v1/models"]],
  ["llamacpp", { "/props": BUILD }, ["/props"]],
  [
    "lmstudio",
    { "/api/v0/models": { data: [{ id: "qwq", loaded_context_length: 8_192 }] } },
    ["/api/v0/models"],
  ],
  ["generic", card({ context_length: 8_192 }), ["/v1/models"]],
];

const steps = async (model: ReturnType<typeof createChatToolsModel>) => {
  const sizes: (number | undefined)[] = [];
  for (let run = 0; run < 3; run += 1) {
    sizes.push((await model.describe()).contextTokens);
    await collect(model, { maxTokens: 26_214 });
  }
  return sizes;
};

test.each(SERVERS)("the context of %s is asked for once, in %j", async (dialect, facts, asked) => {
  const endpoint = await startEndpoint({ facts });
  const served = { baseUrl: endpoint.url, modelName: "qwq", dialect, side: qwqNativeSide, maxRetries: 0 };
  expect(await steps(createChatToolsModel(served))).toEqual([8_192, 8_192, 8_192]);
  const gets = endpoint.routes().filter((route) => route.startsWith("GET"));
  expect(gets).toEqual(asked.map((path) => `GET ${path}`));
  const wishes = endpoint.requests.flatMap(({ body }) =>
    body === undefined ? [] : [Number(body["max_tokens"])],
  );
  expect(wishes).toHaveLength(3);
  for (const wish of wishes) expect(wish).toBeLessThan(8_192);
});

test("a server that tells nothing of itself is asked each question once, and gets the whole wish", async () => {
  const endpoint = await startEndpoint();
  const served = { baseUrl: endpoint.url, modelName: "qwq", dialect: "auto" as const, side: qwqNativeSide };
  expect(await steps(createChatToolsModel(served))).toEqual([undefined, undefined, undefined]);
  const gets = endpoint.routes().filter((route) => route.startsWith("GET"));
  expect(gets.length).toBe(new Set(gets).size);
  expect(endpoint.requests.at(-1)?.body).toMatchObject({ max_tokens: 26_214 });
});

test("what Ollama loads a model with by default is told as assumed, and lowers no wish", async () => {
  const server = await startOllama({ says: [] });
  const model = createChatToolsModel({
    baseUrl: server.url,
    modelName: "qwq",
    dialect: "ollama",
    side: qwqNativeSide,
  });
  expect(await model.describe()).toMatchObject({ contextTokens: 4_096, assumedContext: true });
});

test("over /responses nobody is asked, and a size that is set is kept to", async () => {
  const endpoint = await startEndpoint({ facts: card({ max_model_len: 8_192 }) });
  const served = { baseUrl: endpoint.url, modelName: "qwq", dialect: "vllm" as const, side: qwqNativeSide };
  expect(await createResponsesModel(served).describe()).not.toHaveProperty("contextTokens");
  const set = createResponsesModel({ ...served, contextTokens: 2_048 });
  expect(await set.describe()).toMatchObject({ contextTokens: 2_048, continues: "replayed" });
  expect(endpoint.routes()).toEqual([]);
});
