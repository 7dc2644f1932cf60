import { describe, expect, test } from "vitest";
import {
  createCompletionsModel,
  type CompletionsOptions,
} from "../../../src/model/completions/completions.ts";
import { unusedUrl } from "../../servers/completions.ts";
import { startEndpoint, type EndpointOptions, type Failure } from "../../servers/endpoint.ts";
import { collect, textOf } from "../collect.ts";
import type { DialectName } from "../../../src/model/server/dialects.ts";
import { chatmlTemplate, rawTemplate } from "../../../src/model/template/chat-template.ts";
import { CONTROL_TOKENS } from "../../../src/text/control-tokens.ts";

const controlTokens = CONTROL_TOKENS["chatml"];

const CHATML = "<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n";
const OWN = { chat_template: "[INST]{{ messages[0].content }}[/INST]" };

/** The prompt that a model without any template is asked with, and what else was asked. */
async function promptAt(facts: EndpointOptions["facts"], options: Partial<CompletionsOptions> = {}) {
  const endpoint = await startEndpoint({ ...(facts !== undefined && { facts }) });
  const model = createCompletionsModel({ baseUrl: endpoint.url, modelName: "some-model", ...options });
  await collect(model);
  await collect(model);
  const asked = endpoint.requests.filter(({ route }) => route === "POST /v1/completions");
  return { prompts: asked.map(({ body }) => body?.["prompt"]), routes: endpoint.routes() };
}

const models = (owner: string) => ({ "/v1/models": { data: [{ id: "qwq", owned_by: owner }] } });

describe("where no template is set", () => {
  test("llama.cpp is asked for its own, once", async () => {
    const { prompts, routes } = await promptAt({ "/props": OWN }, { dialect: "llamacpp" });
    expect(prompts).toEqual(["[INST]Hello[/INST]", "[INST]Hello[/INST]"]);
    expect(routes.filter((route) => route === "GET /props")).toHaveLength(1);
  });

  test.each([{}, { "/props": { chat_template: "" } }, { "/props": [] }])(
    "ChatML is taken where it tells none: %j",
    async (facts) => {
      const { prompts } = await promptAt(facts, { dialect: "llamacpp" });
      expect(prompts).toEqual([CHATML, CHATML]);
    },
  );

  test("ChatML is taken where a model of its kin has one that cannot be parsed; of others that is told", async () => {
    const facts = { "/props": { chat_template: "{% for %}" } };
    const { prompts } = await promptAt(facts, { dialect: "llamacpp", modelName: "QwQ-32B" });
    expect(prompts).toEqual([CHATML, CHATML]);
    await expect(promptAt(facts, { dialect: "llamacpp" })).rejects.toMatchObject({
      code: "settings-invalid",
      message: expect.stringContaining('The chat template "server" failed'),
    });
  });

  test.each(["vllm", "sglang", "tgi", "generic"] as const)(
    "%s, which tells none, is not asked",
    async (dialect) => {
      const { prompts, routes } = await promptAt({ "/props": OWN }, { dialect });
      expect(prompts).toEqual([CHATML, CHATML]);
      expect(routes).not.toContain("GET /props");
    },
  );

  test("a server that is not there, and one that is not well, are not taken for ones that tell none", async () => {
    const baseUrl = await unusedUrl();
    const model = createCompletionsModel({ baseUrl, modelName: "qwq", dialect: "llamacpp", maxRetries: 0 });
    await expect(collect(model)).rejects.toMatchObject({ code: "model-unreachable" });
    for (const [status, code] of [
      [401, "model-unauthorized"],
      [503, "model-server-error"],
    ] as const) {
      const refusing = createCompletionsModel({
        baseUrl,
        modelName: "qwq",
        dialect: "llamacpp",
        fetch: () => Promise.resolve(Response.json({ error: { message: "no" } }, { status })),
      });
      await expect(collect(refusing)).rejects.toMatchObject({ code, facts: { status } });
    }
  });
});

describe("what it says it is", () => {
  test.each(["vllm", "sglang", "llamacpp"])("%s, by what the server answers, asked once", async (dialect) => {
    const endpoint = await startEndpoint({ facts: models(dialect) });
    const model = createCompletionsModel({ baseUrl: endpoint.url, modelName: "qwq" });
    const wanted = { family: "completions", name: "qwq", dialect, controlTokens };
    expect(await Promise.all([model.describe(), model.describe()])).toEqual([wanted, wanted]);
    expect(endpoint.routes().filter((route) => route.startsWith("GET /v1"))).toEqual(["GET /v1/models"]);
    await collect(model);
    expect(endpoint.routes().filter((route) => route === "GET /v1/models")).toHaveLength(1);
  });

  test("as it is set, without asking", async () => {
    const model = createCompletionsModel({
      baseUrl: "http://127.0.0.1:9/v1",
      modelName: "qwq",
      dialect: "ollama",
    });
    expect(await model.describe()).toEqual({
      family: "completions",
      name: "qwq",
      dialect: "ollama",
      controlTokens,
    });
  });

  const FALLBACK = {
    chat_template:
      "{%- for message in messages -%}\n  {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' -}}\n" +
      "{%- endfor -%}\n{%- if add_generation_prompt -%}\n  {{- '<|im_start|>assistant\\n' -}}\n{%- endif -%}",
  };
  test.each<[DialectName, string, CompletionsOptions["template"], unknown, true | undefined]>([
    ["llamacpp", "some-model", "auto", FALLBACK, true],
    ["llamacpp", "some-model", undefined, {}, true],
    ["llamacpp", "some-model", "auto", OWN, undefined],
    ["llamacpp", "SmolLM2-135M", "auto", FALLBACK, undefined],
    ["llamacpp", "some-model", "server", FALLBACK, undefined],
    ["vllm", "some-model", "auto", OWN, true],
    ["ollama", "llama3.2", undefined, OWN, true],
    ["vllm", "QwQ-32B", undefined, OWN, undefined],
    ["vllm", "some-model", chatmlTemplate, OWN, undefined],
    ["vllm", "some-model", rawTemplate, OWN, undefined],
  ])(
    "whether ChatML is only assumed: %s of %s with %j",
    async (dialect, modelName, template, props, assumed) => {
      const { url: baseUrl } = await startEndpoint({ facts: { "/props": props } });
      const model = createCompletionsModel({
        baseUrl,
        modelName,
        dialect,
        ...(template !== undefined && { template }),
      });
      expect((await model.describe()).assumedTemplate).toBe(assumed);
    },
  );

  test("nothing of a server that is not there, which is asked again", async () => {
    let up = false;
    const endpoint = await startEndpoint({ facts: models("vllm") });
    const model = createCompletionsModel({
      baseUrl: endpoint.url,
      modelName: "qwq",
      fetch: (url, init) => (up ? fetch(url, init) : Promise.reject(new TypeError("fetch failed"))),
    });
    expect(await model.describe()).toEqual({ family: "completions", name: "qwq", controlTokens });
    up = true;
    expect(await model.describe()).toMatchObject({ dialect: "vllm" });
  });

  test("nothing when it is aborted", async () => {
    const model = createCompletionsModel({ baseUrl: "http://127.0.0.1:9/v1", modelName: "qwq" });
    await expect(model.describe(AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
  });
});

test("a server that comes up between two tries is asked in its own way", async () => {
  const endpoint = await startEndpoint({
    facts: { "/v1/models": { data: [{ id: "qwq", owned_by: "llamacpp" }] }, "/props": OWN },
  });
  let up = false;
  const model = createCompletionsModel({
    baseUrl: endpoint.url,
    modelName: "qwq",
    fetch: (url, init) => (up ? fetch(url, init) : Promise.reject(new TypeError("fetch failed"))),
    clock: { now: () => 0, random: () => 0, sleep: () => Promise.resolve(void (up = true)) },
  });
  expect(await collect(model)).toMatchObject([{ text: "Hello" }, { type: "end" }]);
  const asked = endpoint.requests.filter(({ route }) => route === "POST /v1/completions");
  expect(asked.map(({ body }) => [body?.["prompt"], body?.["cache_prompt"]])).toEqual([
    ["[INST]Hello[/INST]", true],
  ]);
});

describe("a bad answer about the template is no word that there is none", () => {
  const clock = { now: () => 0, random: () => 0, sleep: () => Promise.resolve() };
  const OWN_PROMPT = "[INST]Hello[/INST]";

  test.each<Failure>([400, 401, 402, 403, 408, 409, 429, 500, 502, 503, 504, "reset", "no JSON"])(
    "%s once: the model's own is used, at the next try or by the next request",
    async (failure) => {
      for (const template of ["auto", "server"] as const) {
        const endpoint = await startEndpoint({ facts: { "/props": OWN }, failures: { "/props": [failure] } });
        const options = { baseUrl: endpoint.url, modelName: "qwen3", dialect: "llamacpp", template } as const;
        const model = createCompletionsModel({ ...options, clock });
        await collect(model).catch(() => {});
        await collect(model);
        const asked = endpoint.requests.filter(({ route }) => route === "POST /v1/completions");
        expect(new Set(asked.map(({ body }) => body?.["prompt"]))).toEqual(new Set([OWN_PROMPT]));
      }
    },
  );

  test.each<Failure>([404, 405, 501])("%s is that word", async (failure) => {
    const endpoint = await startEndpoint({ failures: { "/props": [failure] } });
    const model = createCompletionsModel({ baseUrl: endpoint.url, modelName: "llama", dialect: "llamacpp" });
    await collect(model);
    await collect(model);
    expect(endpoint.routes().filter((route) => route === "GET /props")).toHaveLength(1);
    expect(endpoint.requests.at(-1)?.body?.["prompt"]).toBe(CHATML);
  });

  test("what passes is waited for, what does not is told at once", async () => {
    for (const [failure, tries] of [
      [502, 3],
      [403, 1],
    ] as const) {
      const failures = { "/props": Array.from({ length: 9 }, () => failure) };
      const endpoint = await startEndpoint({ failures });
      const model = createCompletionsModel({
        baseUrl: endpoint.url,
        modelName: "llama",
        dialect: "llamacpp",
        clock,
      });
      await expect(collect(model)).rejects.toMatchObject({ facts: { status: failure } });
      expect(endpoint.routes()).toEqual(Array.from({ length: tries }, () => "GET /props"));
    }
  });
});

test("what is learnt of a template for one model is not taken for another's", async () => {
  const endpoint = await startEndpoint({ facts: { "/props": { chat_template: "{% for %}" } } });
  const model = createCompletionsModel({ baseUrl: endpoint.url, modelName: "QwQ-32B", dialect: "llamacpp" });
  expect(textOf(await collect(model))).toBe("Hello");
  await expect(collect(model, { modelName: "Llama-3.3" })).rejects.toMatchObject({
    code: "settings-invalid",
  });
  expect(textOf(await collect(model))).toBe("Hello");
});

test("a server whose sign was lost once is spoken to in its own way by the next request", async () => {
  const endpoint = await startEndpoint({
    facts: { "/v1/models": { data: [{ id: "qwq", owned_by: "library" }] }, "/api/version": { version: "1" } },
    failures: { "/api/version": [500] },
  });
  const model = createCompletionsModel({ baseUrl: endpoint.url, modelName: "qwq" });
  for (const wanted of ["POST /v1/completions", "POST /api/generate", "POST /api/generate"]) {
    await collect(model);
    expect(endpoint.routes().at(-1)).toBe(wanted);
  }
  expect(endpoint.routes().filter((route) => route === "GET /api/version")).toHaveLength(2);
});
