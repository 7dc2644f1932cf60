import { expect, onTestFinished, test } from "vitest";
import { findLocalServers, pickModel, protocolFor, settingsFor } from "../../src/cli/discovery.ts";
import { runProgram } from "../../src/cli/program.ts";
import { startWireServer } from "../servers/wire-server.ts";
import { unusedUrl } from "../servers/completions.ts";
import { startEndpoint, type EndpointOptions } from "../servers/endpoint.ts";
import { createStage, type StageOptions } from "./surroundings.ts";

const modelsOf = (owner: string, ...ids: readonly string[]) => ({
  "/v1/models": { object: "list", data: ids.map((id) => ({ id, owned_by: owner })) },
});
const ollama = (...ids: readonly string[]) => ({
  ...modelsOf("library", ...ids),
  "/api/version": { version: "0.12.0" },
});
const THOUGHT: EndpointOptions["completions"] = (_, text) => ({
  text: text === "Hello" ? "</think>\n\nYes." : text,
});

async function ask(args: readonly string[], options: StageOptions) {
  const stage = createStage(options);
  const exitCode = await runProgram(args, stage.surroundings);
  const err = stage.err().replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:1");
  return { exitCode, out: stage.out(), err };
}

test("servers are known by what they answer, wherever they listen", async () => {
  const endpoints = await Promise.all([
    startEndpoint({ facts: ollama("qwen3:8b", "nomic-embed-text") }),
    startEndpoint({ facts: modelsOf("llamacpp", "local.gguf") }),
    startEndpoint({ facts: modelsOf("vllm", "Qwen/QwQ-32B") }),
    startEndpoint({
      facts: {
        ...modelsOf("organization_owner", "qwen2.5-7b"),
        "/api/v0/models": { data: [{ id: "qwen2.5-7b", state: "loaded", compatibility_type: "gguf" }] },
      },
    }),
    // a program of someone's that merely answers alike
    startEndpoint({ facts: modelsOf("me", "gpt-x") }),
    startEndpoint({ facts: { "/v1/models": { hello: "world" } } }),
    startEndpoint({ facts: ollama("nomic-embed-text") }),
  ]);
  const addresses = [...endpoints.map(({ url }) => url), await unusedUrl()];
  const servers = await findLocalServers({ addresses, timeoutMs: 10_000 });
  expect(servers).toEqual([
    { baseUrl: addresses[0], dialect: "ollama", models: ["qwen3:8b"] },
    { baseUrl: addresses[1], dialect: "llamacpp", models: ["local.gguf"] },
    { baseUrl: addresses[2], dialect: "vllm", models: ["Qwen/QwQ-32B"] },
    { baseUrl: addresses[3], dialect: "lmstudio", models: ["qwen2.5-7b"] },
  ]);
  expect(pickModel(servers)).toEqual({ server: servers[2], name: "Qwen/QwQ-32B" });
});

test.each([
  [["llama3.2", "gemma3"], "llama3.2"],
  [["llama3.2", "Qwen2.5"], "Qwen2.5"],
  [["qwen2.5", "deepseek-r1:7b"], "deepseek-r1:7b"],
  [["deepseek-r1:7b", "qwen3:8b"], "qwen3:8b"],
  [["qwen3:8b", "Search-R1-7b"], "Search-R1-7b"],
  [["Search-R1-7b", "QwQ:latest"], "QwQ:latest"],
  [[], undefined],
])("of %j it takes %s", (models, name) => {
  expect(pickModel([{ baseUrl: "http://127.0.0.1:1/v1", dialect: "ollama", models }])?.name).toBe(name);
});

test("a checkpoint is spoken to as it was trained, as far as its name tells", () => {
  expect(["SearchR1-nq", "PeterJinGo/Search-R1-7b", "R1-Searcher", "qwq"].map(protocolFor)).toEqual([
    undefined,
    "search-r1",
    "r1-searcher",
    undefined,
  ]);
});

test("with no model set, ask takes the one that runs here and says so in a line", async () => {
  const endpoint = await startEndpoint({
    facts: modelsOf("vllm", "llama", "Qwen/QwQ-32B"),
    completions: THOUGHT,
  });
  const { exitCode, out, err } = await ask(["Q?"], { localServers: [endpoint.url] });
  expect({ exitCode, out }).toEqual({ exitCode: 0, out: "Yes.\n" });
  expect(err.split("\n").slice(0, 3)).toEqual([
    "No model is set, so Qwen/QwQ-32B is taken from vLLM at 127.0.0.1:1. To choose another: agentic-rag setup; for none: AGENTIC_RAG_DISCOVER=off.",
    "Qwen/QwQ-32B at 127.0.0.1:1 answers, searching the shipped articles.",
    "",
  ]);
  expect(endpoint.requests.find(({ route }) => route === "POST /v1/completions")?.body).toMatchObject({
    model: "Qwen/QwQ-32B",
    prompt: expect.stringContaining("<|im_start|>user\nQ?<|im_end|>"),
  });
});

test("chat takes it too, and says so once", async () => {
  const endpoint = await startEndpoint({ facts: modelsOf("vllm", "qwq"), completions: THOUGHT });
  const { out, err } = await ask(["chat"], { localServers: [endpoint.url], stdin: "One?\nTwo?\n" });
  expect(out).toBe("\nYes.\n\nYes.\n");
  expect(err.match(/No model is set, so qwq is taken from vLLM/g)).toHaveLength(1);
});

test("nothing is looked for when a model is set, or none is wanted", async () => {
  const endpoint = await startEndpoint({ facts: modelsOf("vllm", "qwq") });
  const localServers = [endpoint.url];
  for (const environment of [
    { AGENTIC_RAG_DISCOVER: "off" },
    { AGENTIC_RAG_MODEL_FAMILY: "offline" },
    { AGENTIC_RAG_MODEL_FAMILY: "offline", AGENTIC_RAG_MODEL_URL: endpoint.url },
  ]) {
    const { err } = await ask(["Which licence does QwQ-32B have?"], { localServers, environment });
    expect(err.split("\n")[0]).toBe(
      "The offline extractive reader (no language model) answers from the shipped articles.",
    );
  }
  const elsewhere = { AGENTIC_RAG_MODEL_URL: await unusedUrl(), AGENTIC_RAG_MODEL: "x" };
  await ask(["Q?"], { localServers, environment: { ...elsewhere, AGENTIC_RAG_MODEL_FAMILY: "completions" } });
  expect(endpoint.requests).toEqual([]);
});

test("where nothing is found the offline reader answers as ever", async () => {
  const { exitCode, err } = await ask(["Which licence does QwQ-32B have?"], {
    localServers: [await unusedUrl()],
  });
  expect(exitCode).toBe(0);
  expect(err.split("\n")[0]).toMatch(/^The offline extractive reader /);
});

test("a server that does not say in time what it is does not count", async () => {
  const silent = await startWireServer(() => undefined);
  onTestFinished(() => silent.close());
  expect(await findLocalServers({ addresses: [`${silent.url}/v1`], timeoutMs: 20 })).toEqual([]);
});

test("doctor tells what ask would take", async () => {
  const endpoint = await startEndpoint({ facts: modelsOf("vllm", "qwq") });
  const { out } = await ask(["doctor"], { localServers: [endpoint.url] });
  expect(out).toMatch(/^warning {2}model: No model is set, so qwq is taken from vLLM at /m);
  expect(out).toMatch(/^ok {7}model: qwq at /m);
});

test.each([
  ["ollama", "qwen3:8b", {}, "completions"],
  ["vllm", "QwQ-32B", {}, "completions"],
  ["llamacpp", "llama-3.3.gguf", {}, "completions"],
  ["ollama", "llama3.2", {}, "auto"],
  ["ollama", "llama3.2", { AGENTIC_RAG_CHAT_TEMPLATE: "llama.jinja" }, "completions"],
  ["lmstudio", "qwen2.5-7b", {}, "auto"],
] as const)(
  "raw text over %s is taken for %s at once where its chat template is known",
  (dialect, name, set, family) => {
    const settings = settingsFor(
      { server: { baseUrl: "http://127.0.0.1:1/v1", dialect, models: [name] }, name },
      set,
    );
    expect(settings).toEqual({
      AGENTIC_RAG_MODEL_URL: "http://127.0.0.1:1/v1",
      AGENTIC_RAG_MODEL: name,
      AGENTIC_RAG_MODEL_FAMILY: family,
      AGENTIC_RAG_MODEL_DIALECT: dialect,
    });
  },
);
