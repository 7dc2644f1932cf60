import { expect, test } from "vitest";
import { createJsonClient } from "../../../src/model/exchange/json-client.ts";
import { createContextFinder } from "../../../src/model/server/context-size.ts";
import type { ServerDialect } from "../../../src/model/server/dialects.ts";
import { startEndpoint, type EndpointOptions } from "../../servers/endpoint.ts";
import { startOllama } from "../../servers/ollama.ts";

function finderFor(baseUrl: string, dialect: ServerDialect, set?: number) {
  const client = createJsonClient({ timeoutMs: 5_000 });
  const { find } = createContextFinder({ client, baseUrl, dialect: () => Promise.resolve(dialect), set });
  return find;
}

const list = (card: Readonly<Record<string, unknown>>) => ({
  "/v1/models": {
    object: "list",
    data: [
      { id: "qwq", ...card },
      { id: "other", max_model_len: 1 },
    ],
  },
});

const TOLD: readonly (readonly [dialect: ServerDialect, facts: EndpointOptions["facts"]])[] = [
  ["vllm", list({ max_model_len: 8_192 })],
  ["sglang", list({ max_model_len: 8_192 })],
  ["generic", list({ context_window: 8_192 })],
  ["openrouter", list({ context_length: 8_192 })],
  ["mistral", list({ max_context_length: 8_192 })],
  [
    "llamacpp",
    { "/props": { default_generation_settings: { n_ctx: 8_192 } }, ...list({ meta: { n_ctx: 16_384 } }) },
  ],
  ["llamacpp", list({ meta: { n_ctx: 8_192 } })],
  [
    "lmstudio",
    { "/api/v0/models": { data: [{ id: "qwq", loaded_context_length: 8_192, max_context_length: 32_768 }] } },
  ],
];

test.each(TOLD)("%s tells it, and is asked once", async (dialect, facts = {}) => {
  const endpoint = await startEndpoint({ facts });
  const find = finderFor(endpoint.url, dialect);
  expect([await find("qwq"), await find("qwq")]).toEqual([{ tokens: 8_192 }, { tokens: 8_192 }]);
  expect(new Set(endpoint.routes()).size).toBe(endpoint.routes().length);
});

test("what is not told is not known, and is asked again only where the server failed", async () => {
  const none = await startEndpoint({ facts: list({ max_model_len: null, context_length: "long" }) });
  const find = finderFor(none.url, "generic");
  expect([await find("qwq"), await find("qwq")]).toEqual([undefined, undefined]);
  expect(none.routes()).toHaveLength(1);
  const failing = await startEndpoint({
    facts: list({ max_model_len: 8_192 }),
    failures: { "/v1/models": [503] },
  });
  const again = finderFor(failing.url, "vllm");
  expect([await again("qwq"), await again("qwq")]).toEqual([undefined, { tokens: 8_192 }]);
});

test("services that tell no sizes are not asked, and a size that is set asks nobody", async () => {
  const endpoint = await startEndpoint({ facts: list({ max_model_len: 8_192 }) });
  for (const dialect of ["anthropic", "openai", "deepseek"] as const) {
    expect(await finderFor(endpoint.url, dialect)("qwq")).toBeUndefined();
  }
  expect(await finderFor(endpoint.url, "vllm", 2_048)("qwq")).toEqual({ tokens: 2_048 });
  expect(endpoint.routes()).toEqual([]);
});

test.each([
  ["loaded", { loaded: true, context: 16_384 }, { tokens: 16_384 }],
  ["set by its file", { fileContext: 2_048 }, { tokens: 2_048 }],
  ["not loaded", {}, { tokens: 4_096, assumed: true }],
  ["trained with less", { trained: 2_048 }, { tokens: 2_048, assumed: true }],
])("Ollama, %s", async (_name, options, size) => {
  const server = await startOllama({ says: [], ...options });
  expect(await finderFor(server.url, "ollama")("qwq")).toEqual(size);
});
