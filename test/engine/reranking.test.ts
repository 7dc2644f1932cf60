import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createHttpReranker } from "../../src/search/around/reranker.ts";
import { withReranking } from "../../src/search/around/reranking.ts";
import { toOutcome } from "../../src/search/outcome.ts";
import { createFolder } from "../search/temporary-folder.ts";
import { startLlamaServer, WHY_NO_LLAMA_SERVER } from "./llama-server.ts";
import { createTinyBert } from "./tiny-bert.ts";

const MEANINGS = [["tide", "tides"], ["moon"], ["noon"]];
const FOUND = [
  { title: "", url: "https://example.com/a", text: "Noon, moon, noon." },
  { title: "", url: "https://example.com/b", text: "The moon at tide." },
  { title: "", url: "https://example.com/c", text: "Tides, tide, tides!" },
];
const engine = { name: "found", search: async () => toOutcome(FOUND, 5) };
const why = WHY_NO_LLAMA_SERVER === undefined ? "" : ` (${WHY_NO_LLAMA_SERVER})`;

async function serve(task: "--reranking" | "--embedding") {
  const model = join(createFolder(), "tiny.gguf");
  const kind = task === "--reranking" ? "reranking" : "embedding";
  writeFileSync(model, createTinyBert({ meanings: MEANINGS, task: kind }));
  return startLlamaServer({ model, task, context: 128, apiKey: "llama-canary-0123" });
}

describe.skipIf(WHY_NO_LLAMA_SERVER !== undefined)(`a real llama-server${why}`, () => {
  test("orders by its scores, below /v1 and without it", async () => {
    await using server = await serve("--reranking");
    for (const baseUrl of [server.url, server.url.replace(/\/v1$/u, "")]) {
      const reranker = createHttpReranker({ baseUrl, apiKey: "llama-canary-0123" });
      const { reranking, note } = await withReranking(engine, { reranker }).search("tide");
      expect(note).toBeUndefined();
      expect(reranking?.order.map(({ before }) => before)).toEqual([3, 2, 1]);
      expect(reranking?.order.every(({ score }) => Number.isFinite(score))).toBe(true);
    }
  });

  test.each([
    [
      "a text that is too long for it",
      "llama-canary-0123",
      "moon ".repeat(200),
      "larger than the max context size",
    ],
    ["a wrong key", "llama-canary-9999", "moon", "HTTP status 401"],
  ])("%s is a reason to keep the order", async (_name, apiKey, text, reason) => {
    await using server = await serve("--reranking");
    const found = { name: "found", search: async () => toOutcome([...FOUND, { text }], 5) };
    const reranker = createHttpReranker({ baseUrl: server.url, apiKey });
    const outcome = await withReranking(found, { reranker }).search("tide");
    expect(outcome).toMatchObject({ status: "found", note: expect.stringContaining(reason) as string });
    expect(outcome.note).not.toContain("canary");
  });

  test("one that was started for embeddings says what it lacks", async () => {
    await using server = await serve("--embedding");
    const reranker = createHttpReranker({ baseUrl: server.url, apiKey: "llama-canary-0123" });
    expect((await withReranking(engine, { reranker }).search("tide")).note).toContain(
      "(This server does not support reranking. Start it with `--reranking`)",
    );
  });
});
