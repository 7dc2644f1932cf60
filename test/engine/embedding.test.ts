import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createEndpointEmbedder } from "../../src/search/embedding/endpoint.ts";
import { createLocalEngine } from "../../src/search/local/local.ts";
import { buildIndex } from "../../src/search/local/index-builder.ts";
import { buildVectors } from "../../src/search/local/vectors/build-vectors.ts";
import { openMeaning } from "../../src/search/local/vectors/meaning.ts";
import { createFolder } from "../search/temporary-folder.ts";
import { startLlamaServer, WHY_NO_LLAMA_SERVER } from "./llama-server.ts";
import { createTinyBert } from "./tiny-bert.ts";

const MEANINGS = [["boat", "vessel", "ship"], ["car", "automobile"], ["moon"]];
const KEY = "llama-canary-0123";
const why = WHY_NO_LLAMA_SERVER === undefined ? "" : ` (${WHY_NO_LLAMA_SERVER})`;

async function serve(seed: number) {
  const model = join(createFolder(), `tiny-${seed}.gguf`);
  writeFileSync(model, createTinyBert({ meanings: MEANINGS, task: "embedding", seed }));
  return startLlamaServer({ model, task: "--embedding", context: 128, apiKey: KEY });
}

describe.skipIf(WHY_NO_LLAMA_SERVER !== undefined)(`a real llama-server${why}`, () => {
  test("embeds passages and questions, cuts what is too long, and is told from another model", async () => {
    const folder = createFolder({
      "a.md": "# Harbour\n\nThe vessel sails.",
      "b.md": "# Garage\n\nA red car.",
      "c.md": `# Night\n\n${"moon ".repeat(190)}`,
    });
    const file = join(createFolder(), "index.sqlite");
    const { index } = await buildIndex({ folder, file });
    await using server = await serve(11);
    const embedder = createEndpointEmbedder({ baseUrl: server.url, apiKey: KEY });
    const report = await buildVectors({ file, embedder });
    expect(report).toMatchObject({ vectors: 3, embedded: 3, failed: 0, dimensions: 32 });
    expect(report.problem).toBeUndefined();
    const meaning = openMeaning({ files: [file], embedder });
    const outcome = await createLocalEngine({ index, meaning }).search("automobile", { maxResults: 1 });
    expect(outcome).toMatchObject({ status: "found", results: [{ title: "Garage" }] });
    meaning.close();

    await using other = await serve(12);
    const another = createEndpointEmbedder({ baseUrl: other.url, apiKey: KEY, model: report.model });
    const found = openMeaning({ files: [file], embedder: another });
    expect((await found.nearest("car", 3)).note).toContain("is another model now");
    found.close();
    index.close();
  });
});
