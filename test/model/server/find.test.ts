import { describe, expect, test } from "vitest";
import { createJsonClient } from "../../../src/model/exchange/json-client.ts";
import { findDialect } from "../../../src/model/server/find.ts";
import { unusedUrl } from "../../servers/completions.ts";
import { startEndpoint, type Failure } from "../../servers/endpoint.ts";

function find(url: string, timeoutMs = 5_000) {
  return findDialect(createJsonClient({ timeoutMs }), url);
}

/** In place of the network. */
function refuse(): never {
  throw new TypeError("fetch failed");
}

function models(owner: unknown) {
  return { object: "list", data: [{ id: "qwq", owned_by: owner }] };
}

test.each(["vllm", "sglang", "llamacpp"] as const)(
  "%s is known by its list of models alone",
  async (owner) => {
    const server = await startEndpoint({ facts: { "/v1/models": models(owner) } });
    expect(await find(server.url)).toEqual({ dialect: owner, certain: true });
    expect(server.routes()).toEqual(["GET /v1/models"]);
  },
);

test.each([
  ["https://api.anthropic.com", "anthropic"],
  ["https://api.deepseek.com/beta", "deepseek"],
  ["https://api.mistral.ai/v1", "mistral"],
  ["https://openrouter.ai/api/v1", "openrouter"],
])("%s is known by its address, and not asked", async (url, dialect) => {
  expect(await findDialect(createJsonClient({ fetch: refuse }), url)).toEqual({ dialect, certain: true });
});

/** What tells each kind of server, and where. */
const SIGNS = [
  ["llamacpp", "/props", { build_info: "b11669", default_generation_settings: { n_ctx: 4096 } }],
  ["sglang", "/get_model_info", { model_path: "Qwen/QwQ-32B", is_generation: true }],
  ["ollama", "/api/version", { version: "0.12.6" }],
  ["tgi", "/info", { model_id: "Qwen/QwQ-32B", max_total_tokens: 4096 }],
  ["lmstudio", "/api/v0/models", { data: [{ state: "loaded", compatibility_type: "gguf" }] }],
] as const;

describe.each(SIGNS)("%s", (dialect, path, sign) => {
  test("is known by what only it says", async () => {
    const server = await startEndpoint({ facts: { [path]: sign, "/v1/models": models("library") } });
    expect(await find(server.url)).toEqual({ dialect, certain: true });
    expect(server.routes()).toHaveLength(6);
  });

  test.each<Failure>([408, 429, 500, 502, 503, 504, "reset", "hang"])(
    "is found later where that was lost once: %s",
    async (failure) => {
      const facts = { [path]: sign, "/v1/models": models("library") };
      const server = await startEndpoint({ facts, failures: { [path]: [failure] } });
      expect(await find(server.url, failure === "hang" ? 300 : 5_000)).toEqual({
        dialect: "generic",
        certain: false,
      });
      expect(await find(server.url)).toEqual({ dialect, certain: true });
    },
  );
});

test.each([
  { "/v1/models": models("openai") },
  { "/v1/models": models(null), "/props": "<html>", "/info": [], "/api/version": "1" },
  { "/v1/models": { data: [] } },
  {},
])("a server that says nothing that is known is generic: %j", async (facts) => {
  const server = await startEndpoint({ facts });
  expect(await find(server.url)).toEqual({ dialect: "generic", certain: true });
});

test.each<Failure>([401, 403, 400])("a sign that is refused with %s is answered", async (status) => {
  const server = await startEndpoint({ failures: { "/props": [status] } });
  expect(await find(server.url)).toEqual({ dialect: "generic", certain: true });
});

test.each<Failure>([429, 503, "reset", "hang"])(
  "a server that does not say what it serves (%s) is generic for now",
  async (failure) => {
    const server = await startEndpoint({
      facts: { "/v1/models": models("vllm") },
      failures: { "/v1/models": [failure] },
    });
    expect(await find(server.url, failure === "hang" ? 300 : 5_000)).toEqual({
      dialect: "generic",
      certain: false,
    });
    expect(await find(server.url)).toEqual({ dialect: "vllm", certain: true });
  },
);

test("so is one that is not there", async () => {
  expect(await find(await unusedUrl())).toEqual({ dialect: "generic", certain: false });
});
