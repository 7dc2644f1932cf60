import { inspect } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { probeEndpoint } from "../../../src/model/probe/probe.ts";
import { json, unusedUrl } from "../../servers/completions.ts";
import { startEndpoint } from "../../servers/endpoint.ts";
import { startWireServer } from "../../servers/wire-server.ts";
import { probe } from "./ask.ts";
import { KEY } from "../key.ts";

test("neither route: nothing is chosen, and it says why and what to do", async () => {
  const { choice, endpoint } = await probe({ completions: "missing", chat: "missing" });
  expect(choice).toEqual({
    family: null,
    reason: `The model server at ${endpoint.url} has neither /completions (404: Not Found) nor /chat/completions (404: Not Found) for the model "QwQ-32B".`,
    advice: "Check AGENTIC_RAG_MODEL_URL (it mostly ends in /v1) and AGENTIC_RAG_MODEL.",
  });
});

test("a route that fails is told apart from one that is not there", async () => {
  const failing = { status: 500, ...json({ error: { message: "CUDA out of memory" } }) };
  const { report, choice } = await probe({ completions: failing });
  expect(report.completions).toMatchObject({ exists: "failed", why: "500: CUDA out of memory" });
  expect(choice).toMatchObject({ family: "chat-prefix" });
  const page = { headers: { "content-type": "text/html" }, body: "<h1>It\u001B[31m works</h1>" };
  const paged = await probe({ completions: page, chat: page });
  expect(paged.report.completions).toMatchObject({
    exists: "no",
    why: "no completion, but <h1>It [31m works</h1>",
  });
});

test.each([
  [401, "model-unauthorized"],
  [429, "model-rate-limited"],
  [503, "model-server-error"],
])("%i says nothing about the server, and is an error", async (status, code) => {
  const reply = { status, ...json({ error: { message: `no, ${KEY}` } }) };
  const probing = probe({ completions: reply, chat: reply });
  const error: unknown = await probing.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code });
  expect(inspect(error, { depth: null, showHidden: true })).not.toContain(KEY);
});

const never: typeof fetch = (_, init) =>
  new Promise((_resolve, reject) => {
    init?.signal?.addEventListener("abort", () => reject(new Error("aborted")));
  });

test("a server that is not there, and one that does not answer in time", async () => {
  const baseUrl = await unusedUrl();
  await expect(probeEndpoint({ baseUrl, modelName: "x" })).rejects.toMatchObject({
    code: "model-unreachable",
  });
  await expect(
    probeEndpoint({ baseUrl, modelName: "x", dialect: "vllm", timeoutMs: 1, fetch: never }),
  ).rejects.toMatchObject({ code: "model-timeout" });
});

const EVENT = `data: ${JSON.stringify({ choices: [{ delta: { content: "a" } }] })}\n\n`;

test.each([
  [200, "text/event-stream", EVENT],
  [200, "application/json", '{"choices":[],"x":"x"},'],
  [200, "application/x-ndjson", '{"response":"a","done":false}\n'],
  [400, "application/json", "unsupported parameter: 'no_such' "],
  [500, "text/html", "<p>"],
])("a reply %i %s that never ends is read in part", async (status, type, text) => {
  const chunk = text.repeat(1_000);
  const server = await startWireServer((response, { method }) => {
    response.writeHead(method === "GET" ? 404 : status, { "content-type": type });
    if (method === "GET") return void response.end();
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on("drain", more);
    more();
  });
  onTestFinished(() => server.close());
  const report = await probeEndpoint({
    baseUrl: `${server.url}/v1`,
    modelName: "x",
    dialect: type.endsWith("ndjson") ? "ollama" : "generic",
    timeoutMs: 5_000,
  });
  expect(report.completions.exists).toBe(
    { 200: type.endsWith("/json") ? "no" : "yes", 400: "no", 500: "failed" }[status],
  );
});

test("an abort ends it", async () => {
  const endpoint = await startEndpoint();
  const signal = AbortSignal.abort();
  await expect(probeEndpoint({ baseUrl: endpoint.url, modelName: "x", signal })).rejects.toMatchObject({
    name: "AbortError",
  });
  expect(endpoint.requests).toEqual([]);
});

test("a key that a server repeats is in no report", async () => {
  const { report } = await probe({
    completions: { status: 400, ...json({ error: { message: `bad ${KEY}` } }) },
    chat: () => ({ text: `Your key is ${KEY}` }),
  });
  expect(JSON.stringify(report)).not.toContain(KEY);
  expect(report.completions.why).toBe("400: bad ***");
});

test("a probe goes where the operator sent it, and no further", async () => {
  const elsewhere = await startEndpoint();
  const redirect = {
    status: 307,
    headers: { location: `${elsewhere.url}/completions?key=${KEY}` },
    body: "",
  };
  const { report, choice } = await probe({ completions: redirect, chat: redirect });
  expect(elsewhere.requests).toEqual([]);
  expect(choice.family).toBeNull();
  expect(report.completions).toMatchObject({ exists: "no", why: "307: " });
  expect(inspect({ report, choice }, { depth: null })).not.toContain(KEY);
});
