import { expect, test } from "vitest";
import { isAbort } from "../../../src/errors.ts";
import type { Embedded } from "../../../src/search/embedding/embedder.ts";
import { createEndpointEmbedder } from "../../../src/search/embedding/endpoint.ts";
import { createLangChainEmbedder } from "../../../src/search/embedding/langchain.ts";
import { html, json } from "../engines/wire/http-harness.ts";
import { type Answer, startWireServer } from "../../servers/wire-server.ts";
import { listOf, startEmbeddingServer } from "./embedding-server.ts";

const KEY = "emb-0123456789abcdef";
const DOCUMENTS = { purpose: "document", deadlineMs: 5_000 } as const;

function plain(embedded: Embedded): unknown {
  return embedded.status === "failed"
    ? embedded
    : { ...embedded, vectors: embedded.vectors.map((vector) => [...vector]) };
}

test.each([
  ["below /v1", (url: string) => `${url}/v1`],
  ["with its route", (url: string) => `${url}/v1/embeddings`],
  ["by its host alone", (url: string) => url],
])("a server %s", async (_name, address) => {
  const server = await startEmbeddingServer({ models: ["tiny", "other"], key: KEY });
  const embedder = createEndpointEmbedder({ baseUrl: address(server.url), model: "tiny", apiKey: KEY });
  expect(plain(await embedder.embed(["A ship", "An automobile and a car"], DOCUMENTS))).toEqual({
    status: "embedded",
    vectors: [
      [1, 0, 0, 0.25],
      [0, 2, 0, 0.25],
    ],
    model: "tiny",
  });
  expect(JSON.parse(server.requests[0]?.body ?? "")).toEqual({
    model: "tiny",
    input: ["A ship", "An automobile and a car"],
  });
});

test("vectors are put in the order of the texts", async () => {
  const server = await startWireServer(
    json(
      JSON.stringify({
        data: [
          { index: 1, embedding: [2] },
          { index: 0, embedding: [1] },
        ],
      }),
    ),
  );
  const embedder = createEndpointEmbedder({ baseUrl: server.url });
  expect(plain(await embedder.embed(["a", "b"], DOCUMENTS))).toEqual({
    status: "embedded",
    vectors: [[1], [2]],
  });
});

test.each([
  ["query:", "passage: ", "query: a", "passage: a"],
  ["", "search_document:", "a", "search_document: a"],
  [undefined, undefined, "a", "a"],
])("prefixes %s and %s", async (queryPrefix, documentPrefix, query, document) => {
  const server = await startEmbeddingServer();
  const embedder = createEndpointEmbedder({ baseUrl: server.url, queryPrefix, documentPrefix });
  await embedder.embed(["a"], { ...DOCUMENTS, purpose: "query" });
  await embedder.embed(["a"], DOCUMENTS);
  expect(server.texts()).toEqual([[query], [document]]);
});

const vectors = (...list: unknown[][]): Answer => json(JSON.stringify(listOf(list)));

test.each<readonly [string, Answer, string]>([
  ["too few vectors", vectors([1]), "answered with 1 vectors for 2 texts"],
  ["too many", vectors([1], [1], [1]), "answered with 3 vectors for 2 texts"],
  ["vectors of two lengths", vectors([1], [1, 2]), "vectors of different lengths"],
  ["empty ones", vectors([], []), "vectors of different lengths, or of none"],
  ["zeros", vectors([0, 0], [1, 1]), "a vector of zeros alone"],
  ["a number in words", vectors([1], ["x"]), "in an unknown form"],
  ["a missing number", vectors([1], [null]), "in an unknown form"],
  ["a number that 32 bits do not hold", vectors([1], [1e300]), "a vector with a number that is none"],
  ["NaN", json('{"data":[{"embedding":[NaN]},{"embedding":[1]}]}'), "that is not JSON"],
  ["base64", json(JSON.stringify({ data: [{ embedding: "AAAA" }] })), "in an unknown form"],
  ["a web page", html("<html>"), "answered with a web page that is not JSON"],
  ["a full server", json('{"error":{"message":"You exceeded your current quota"}}', 429), "HTTP status 429"],
  ["a refused key", json(JSON.stringify({ error: { message: `bad key ${KEY}` } }), 401), "(bad key [key])"],
  [
    "another key",
    json(JSON.stringify({ error: { message: "sk-0123456789abcdef0123 is none" } }), 401),
    "([hidden] is none)",
  ],
  ["a broken connection", (response) => void response.destroy(), "closed the connection"],
])("%s is a failure that says so", async (_name, answer, why) => {
  const server = await startWireServer(answer);
  const embedder = createEndpointEmbedder({ baseUrl: server.url, apiKey: KEY });
  const embedded = await embedder.embed(["a", "b"], DOCUMENTS);
  expect(embedded).toMatchObject({
    status: "failed",
    failure: { message: expect.stringContaining(why) as string },
  });
  expect(embedded).not.toHaveProperty("tooLong");
  expect(JSON.stringify(embedded)).not.toContain(KEY);
});

test.each<readonly [string, number, string]>([
  [
    "llama.cpp",
    500,
    "input (702 tokens) is too large to process. increase the physical batch size (current batch size: 512)",
  ],
  ["llama.cpp, newer", 400, "input (403 tokens) is larger than the max context size (128 tokens). skipping"],
  [
    "vLLM",
    400,
    "This model's maximum context length is 512 tokens. However, you requested 702 tokens in the input.",
  ],
  ["OpenAI", 400, "This model's maximum context length is 8192 tokens, however you requested 9000 tokens."],
  ["Ollama", 400, "the input length exceeds the context length"],
  ["text-embeddings-inference", 413, "`inputs` must have less than 512 tokens. Given: 702"],
])("a text that is too long for %s is told as that", async (_name, status, message) => {
  const server = await startWireServer(json(JSON.stringify({ error: { message } }), status));
  const embedded = await createEndpointEmbedder({ baseUrl: server.url }).embed(["a"], DOCUMENTS);
  expect(embedded).toMatchObject({ status: "failed", tooLong: true });
});

test("an abort ends the request", async () => {
  const server = await startEmbeddingServer({ silentFrom: 1 });
  const stopping = new AbortController();
  const embedder = createEndpointEmbedder({ baseUrl: server.url });
  const asked = embedder.embed(["a"], { ...DOCUMENTS, signal: stopping.signal });
  await server.asked;
  stopping.abort();
  await expect(asked).rejects.toSatisfy(isAbort);
  await server.disconnected;
});

test("Embeddings of LangChain: one call for documents, prefixes, and what they throw", async () => {
  const asked: unknown[] = [];
  const embeddings = {
    async embedQuery(text: string) {
      asked.push(text);
      return [1, 0];
    },
    async embedDocuments(texts: string[]) {
      asked.push(texts);
      return texts.map(() => [0, 1]);
    },
  };
  const embedder = createLangChainEmbedder(embeddings, {
    name: "E",
    queryPrefix: "q:",
    documentPrefix: "d:",
  });
  expect(plain(await embedder.embed(["a"], { ...DOCUMENTS, purpose: "query" }))).toEqual({
    status: "embedded",
    vectors: [[1, 0]],
  });
  expect(plain(await embedder.embed(["a", "b"], DOCUMENTS))).toEqual({
    status: "embedded",
    vectors: [
      [0, 1],
      [0, 1],
    ],
  });
  expect(asked).toEqual(["q: a", ["d: a", "d: b"]]);
  const broken = createLangChainEmbedder(
    {
      ...embeddings,
      embedDocuments: async () => Promise.reject(new Error("401 for api_key=sk-0123456789abcdef0123")),
    },
    { name: "E" },
  );
  const failed = await broken.embed(["a"], DOCUMENTS);
  expect(failed).toMatchObject({ status: "failed", failure: { kind: "server-error" } });
  expect(JSON.stringify(failed)).not.toContain("0123456789abcdef");
  const refusing = (status: number, message: string) =>
    createLangChainEmbedder(
      {
        ...embeddings,
        embedQuery: async () => Promise.reject(Object.assign(new Error(message), { status })),
      },
      { name: "E" },
    ).embed(["a"], { ...DOCUMENTS, purpose: "query" });
  expect(await refusing(400, "maximum context length is 512 tokens")).toMatchObject({ tooLong: true });
  expect(await refusing(429, "You exceeded your quota")).toEqual({
    status: "failed",
    failure: { kind: "rate-limited", message: "E failed: You exceeded your quota" },
  });
  const silent = createLangChainEmbedder(
    { ...embeddings, embedDocuments: async () => new Promise<never>(() => undefined) },
    { name: "E" },
  );
  expect(await silent.embed(["a"], { ...DOCUMENTS, deadlineMs: 20 })).toMatchObject({
    failure: { kind: "timeout", message: "E did not answer within 0.02 s." },
  });
});
