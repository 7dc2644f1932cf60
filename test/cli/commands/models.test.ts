import { expect, test } from "vitest";
import { runProgram } from "../../../src/cli/program.ts";
import { unusedUrl } from "../../servers/completions.ts";
import { startEndpoint } from "../../servers/endpoint.ts";
import { createStage, type StageOptions } from "../surroundings.ts";

const KEY = "sk-canary-model-key";

async function run(args: readonly string[], options: StageOptions = {}) {
  const stage = createStage(options);
  const exitCode = await runProgram(["models", ...args], stage.surroundings);
  return { exitCode, out: stage.out(), err: stage.err() };
}

const serving = (...data: readonly { readonly id: string; readonly max_model_len?: number }[]) =>
  startEndpoint({ facts: { "/v1/models": { data: data.map((card) => ({ ...card, owned_by: "vllm" })) } } });

test("the models of the server that is set, with its key", async () => {
  const endpoint = await serving({ id: "Qwen/QwQ-32B", max_model_len: 40_960 }, { id: "bge-\u001B[2Jm3" });
  const environment = {
    AGENTIC_RAG_MODEL_URL: endpoint.url,
    AGENTIC_RAG_MODEL_API_KEY: KEY,
    AGENTIC_RAG_MODEL: "Qwen/QwQ-32B",
    AGENTIC_RAG_MODEL_FAMILY: "offline",
  };
  expect(await run([], { environment })).toEqual({
    exitCode: 0,
    out: `${endpoint.url}:\n  Qwen/QwQ-32B, context of 40,960 tokens, the one that is set\n  bge-[2Jm3\n`,
    err: "",
  });
  expect(endpoint.requests.at(-1)?.headers.authorization).toBe(`Bearer ${KEY}`);
  const { out } = await run(["--json", "--model-url", endpoint.url]);
  expect(JSON.parse(out)).toEqual({
    servers: [
      {
        baseUrl: endpoint.url,
        models: [{ id: "Qwen/QwQ-32B", contextTokens: 40_960 }, { id: "bge-\u001B[2Jm3" }],
      },
    ],
  });
});

test("without one, those of the servers of this machine", async () => {
  const endpoint = await serving({ id: "Qwen/QwQ-32B" });
  const { host } = new URL(endpoint.url);
  const localServers = [await unusedUrl(), endpoint.url];
  expect(await run([], { localServers })).toEqual({
    exitCode: 0,
    out: `vLLM at ${host}:\n  Qwen/QwQ-32B\n`,
    err: "",
  });
});

test("no server, no model, and a server that is not there end with 1", async () => {
  expect(await run([])).toMatchObject({ exitCode: 1, out: "" });
  const empty = await serving();
  expect(await run(["--model-url", empty.url])).toMatchObject({
    exitCode: 1,
    out: `${empty.url}:\n  It lists no model.\n`,
  });
  const { exitCode, err } = await run(["--model-url", await unusedUrl()]);
  expect(exitCode).toBe(1);
  expect(err).toContain("No connection to the model server at ");
});
