import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { createGgufEmbeddings } from "../../src/model/gguf/embedding.ts";
import { createEndpointEmbedder } from "../../src/search/embedding/endpoint.ts";
import { createLangChainEmbedder } from "../../src/search/embedding/langchain.ts";
import { buildIndex } from "../../src/search/local/index-builder.ts";
import { createLocalEngine } from "../../src/search/local/local.ts";
import { buildVectors } from "../../src/search/local/vectors/build-vectors.ts";
import { openMeaning } from "../../src/search/local/vectors/meaning.ts";
import { cosine } from "../../src/search/local/vectors/vector-table.ts";
import { notHere } from "../model/gguf/here.ts";
import { createFolder } from "../search/temporary-folder.ts";
import { startLlamaServer, WHY_NO_LLAMA_SERVER } from "./llama-server.ts";

const MODEL = fileURLToPath(
  new URL("../../.engine/embedding-model/all-MiniLM-L6-v2.F32.gguf", import.meta.url),
);
const lacking = existsSync(MODEL)
  ? (WHY_NO_LLAMA_SERVER ?? notHere)
  : "no embedding model is here; `sh scripts/get-embedding-model.sh` fetches one";
const why = lacking === "" ? "" : ` (${lacking})`;
const FILES = {
  "anchor.md": "# Anchoring\n\nThe vessel is held in place while the crew sleeps.",
  "leeks.md": "# Leeks\n\nSlice them and let them sweat in butter.",
  "comet.md": "# Comet\n\nIts tail points away from the sun.",
};

describe.skipIf(lacking !== "")(`all-MiniLM-L6-v2${why}`, { timeout: 120_000 }, () => {
  test("finds other words, by a server as in this process, with vectors of one in the other", async () => {
    const folder = createFolder(FILES);
    const file = join(createFolder(), "index.sqlite");
    const { index } = await buildIndex({ folder, file });
    const embeddings = createGgufEmbeddings({ modelPath: MODEL, gpu: false, threads: 1 });
    const here = createLangChainEmbedder(embeddings, { name: "all-MiniLM-L6-v2" });
    expect(await buildVectors({ file, embedder: here })).toMatchObject({ embedded: 3, dimensions: 384 });
    await using server = await startLlamaServer({ model: MODEL, task: "--embedding", context: 512 });
    const there = createEndpointEmbedder({ baseUrl: server.url, model: "all-MiniLM-L6-v2" });
    for (const embedder of [here, there]) {
      const meaning = openMeaning({ files: [file], embedder, deadlineMs: 60_000 });
      const engine = createLocalEngine({ index, meaning });
      const outcome = await engine.search("How do I stop my boat from drifting at night?", { maxResults: 1 });
      meaning.close();
      expect(outcome).toMatchObject({ results: [{ title: "Anchoring" }], embedding: "all-MiniLM-L6-v2" });
      expect(outcome.note).toBeUndefined();
    }
    const options = { purpose: "query", deadlineMs: 60_000 } as const;
    const [one, other] = await Promise.all([
      here.embed(["a boat"], options),
      there.embed(["a boat"], options),
    ]);
    if (one.status === "failed" || other.status === "failed") throw new Error("not embedded");
    expect(cosine(one.vectors[0] ?? [], other.vectors[0] ?? [])).toBeGreaterThan(0.999);
    index.close();
    await embeddings.close();
  });
});
