import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { describeServer, listModels } from "../../../src/model/completions/describe.ts";
import { createJsonClient } from "../../../src/model/exchange/json-client.ts";
import { createCompletionsModel } from "../../../src/model/completions/completions.ts";
import { startEngineServer } from "../../servers/completions-engine.ts";
import { json, startCompletionsServer, unusedUrl } from "../../servers/completions.ts";
import { collect, textOf } from "../collect.ts";

/** A server that answers these paths with JSON, and all others with a 404; `hang` answers never. */
async function startRoutes(routes: Readonly<Record<string, unknown>>) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const route = routes[path];
    if (route === "hang") return;
    response.writeHead(route === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(typeof route === "string" ? route : JSON.stringify(route ?? { error: "Not Found" }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    asked,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

test("it is asked once, whatever it says, and again only when it was not there", async () => {
  const paths: string[] = [];
  await using server = await startCompletionsServer(["one", "two"]);
  let up = false;
  const model = createCompletionsModel({
    baseUrl: server.url,
    modelName: "qwq",
    maxRetries: 0,
    fetch: (url, init) => {
      paths.push(new URL(url).pathname);
      return up ? fetch(url, init) : Promise.reject(new TypeError("fetch failed"));
    },
  });
  await expect(collect(model)).rejects.toMatchObject({ code: "model-unreachable" });
  up = true;
  expect(textOf(await collect(model))).toBe("one");
  expect(textOf(await collect(model))).toBe("two");
  const signs = ["/props", "/get_model_info", "/api/version", "/info", "/api/v0/models"];
  const completions = "/v1/completions";
  expect(paths).toEqual(["/v1/models", completions, "/v1/models", ...signs, completions, completions]);
});

test("an abort while it is asked is an AbortError", async () => {
  await using server = await startRoutes({ "/v1/models": "hang" });
  const controller = new AbortController();
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq" });
  const said = collect(model, { signal: controller.signal });
  controller.abort();
  await expect(said).rejects.toMatchObject({ name: "AbortError" });
});

test("tgi: the stop string is taken off and named, however it was split", async () => {
  for (const chunkSize of [1, 2, 3, 100]) {
    await using server = await startCompletionsServer([
      { dialect: "tgi", text: "a</b></s>never", chunkSize, usage: false },
    ]);
    const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq", dialect: "tgi" });
    const said = await collect(model, { stop: ["</s>"] });
    expect(textOf(said)).toBe("a</b>");
    expect(said.at(-1)).toEqual({
      type: "end",
      finishReason: "stop",
      stopReason: "</s>",
      usage: {},
      promptForm: "text",
    });
  }
});

test("a reply that breaks off in what may be a stop string loses no text", async () => {
  await using server = await startCompletionsServer([
    { dialect: "tgi", chunks: ["a", "</", "s"], error: { code: 503, message: "gone" } },
  ]);
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq", dialect: "tgi" });
  let text = "";
  const saying = (async () => {
    for await (const chunk of model.continueText([{ role: "user", content: "Hello" }], { stop: ["</s>"] })) {
      if (chunk.type === "text") text += chunk.text;
    }
  })();
  await expect(saying).rejects.toMatchObject({ code: "model-server-error" });
  expect(text).toBe("a</s");
});

test("the models that are served, with their contexts", async () => {
  const data = [
    { id: "a", owned_by: "vllm", max_model_len: 40_960 },
    { id: "b", owned_by: "llamacpp", meta: { n_ctx: 4096, n_ctx_train: 32_768 } },
    { id: "c" },
  ];
  await using server = await startRoutes({ "/v1/models": { data } });
  expect(await listModels({ baseUrl: server.url })).toEqual([
    { id: "a", contextTokens: 40_960 },
    { id: "b", contextTokens: 4096 },
    { id: "c" },
  ]);
});

test.each([
  ["<html>", "model-bad-reply", "/models is not answered with a list of models"],
  [{ data: "none" }, "model-bad-reply", "/models is not answered with a list of models"],
  [undefined, "model-rejected", "has no /models there (404)"],
  ["hang", "model-timeout", "did not answer in time"],
])("a list of models that is %j", async (route, code, message) => {
  await using server = await startRoutes({ "/v1/models": route });
  const timeoutMs = route === "hang" ? 50 : 5_000;
  await expect(listModels({ baseUrl: server.url, timeoutMs })).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
});

test("what a server offers", async () => {
  await using vllm = await startEngineServer({ dialect: "vllm", replies: [] });
  expect(await describeServer({ baseUrl: vllm.url, modelName: "qwq" })).toEqual({
    dialect: "vllm",
    contextTokens: 40_960,
    template: false,
    tokenIds: true,
    tokenize: true,
    logprobs: true,
  });
  await using closed = await startEngineServer({ dialect: "sglang", replies: [], tokenize: false });
  expect(await describeServer({ baseUrl: closed.url, modelName: "other" })).toEqual({
    dialect: "sglang",
    contextTokens: 40_960,
    template: false,
    tokenIds: false,
    tokenize: false,
    logprobs: true,
  });
  await using generic = await startCompletionsServer([]);
  expect(await describeServer({ baseUrl: generic.url, modelName: "qwq" })).toEqual({
    dialect: "generic",
    template: false,
    tokenIds: false,
    tokenize: false,
    logprobs: false,
  });
  await expect(describeServer({ baseUrl: await unusedUrl(), modelName: "qwq" })).rejects.toMatchObject({
    code: "model-unreachable",
  });
});

test.each([
  [{ "/props": { chat_template: "" } }, "tells no chat template; only llama.cpp does. Use chatml"],
  [{}, "tells no chat template; only llama.cpp does. Use chatml"],
  [{ "/props": { chat_template: "{% for %}" } }, 'The chat template "server" failed'],
])("a chat template that cannot be had is a matter of the settings", async (routes, message) => {
  await using server = await startRoutes(routes);
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq", template: "server" });
  await expect(collect(model)).rejects.toMatchObject({
    code: "settings-invalid",
    message: expect.stringContaining(message),
  });
});

test("a chat template that is asked of a server that is not there says so", async () => {
  const model = createCompletionsModel({
    baseUrl: await unusedUrl(),
    modelName: "qwq",
    template: "server",
  });
  await expect(collect(model)).rejects.toMatchObject({ code: "model-unreachable" });
});

test("the token that begins each prompt is written by the server or by the template, not by both", async () => {
  for (const begins of [true, false]) {
    const prompts: unknown[] = [];
    const model = createCompletionsModel({
      baseUrl: "http://127.0.0.1:9/v1",
      modelName: "qwq",
      dialect: "llamacpp",
      template: "server",
      fetch: async (url, init) => {
        const path = new URL(url).pathname;
        const body = JSON.parse(init?.body ?? "{}") as Record<string, unknown>;
        if (path === "/props") {
          const chatTemplate = "{{ bos_token }}{{ messages[0].content }}";
          return Response.json({ chat_template: chatTemplate, bos_token: "<s>", eos_token: "</s>" });
        }
        if (path === "/tokenize")
          return Response.json({ tokens: begins || body["content"] !== "" ? [1] : [] });
        prompts.push(body["prompt"]);
        return new Response('data: {"choices":[{"text":"Hi","finish_reason":"stop"}]}\n\n', {
          headers: { "content-type": "text/event-stream" },
        });
      },
    });
    await collect(model);
    expect(prompts).toEqual([begins ? "Hello" : "<s>Hello"]);
  }
});

test("a reply to a question that is no JSON is none", async () => {
  const reply = json({ a: 1 });
  await using server = await startRoutes({ "/a": reply.body, "/b": "no", "/c": "hang" });
  const client = createJsonClient({ timeoutMs: 5_000 });
  const root = server.url.replace("/v1", "");
  expect(await client.get(`${root}/a`)).toEqual({ kind: "value", value: { a: 1 } });
  expect(await client.get(`${root}/b`)).toEqual({ kind: "value", value: undefined });
  expect(await client.post(`${root}/d`, {})).toEqual({
    kind: "refused",
    status: 404,
    text: '{"error":"Not Found"}',
  });
  expect(await createJsonClient({ timeoutMs: 50 }).get(`${root}/c`)).toEqual({ kind: "silent" });
});
