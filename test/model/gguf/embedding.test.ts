import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createGgufEmbeddings, type GgufEmbeddings } from "../../../src/model/gguf/embedding.ts";
import { cosine } from "../../../src/search/local/vectors/vector-table.ts";
import { createTinyBert } from "../../engine/tiny-bert.ts";
import { createFolder } from "../../search/temporary-folder.ts";
import { loadWatched, notHere } from "./here.ts";

const MEANINGS = [["boat", "vessel", "ship"], ["car", "automobile"], ["moon"]];

function embeddings(bytes: Uint8Array): GgufEmbeddings {
  const modelPath = join(createFolder(), "Tiny-F32.gguf");
  writeFileSync(modelPath, bytes);
  return createGgufEmbeddings({ modelPath, gpu: false, threads: 1, load: loadWatched });
}

describe.skipIf(notHere !== "")(`an embedding model in this process${notHere}`, () => {
  test("words of one meaning are near, others are not; a long text is cut", async () => {
    const model = embeddings(createTinyBert({ meanings: MEANINGS, task: "embedding", width: 32 }));
    expect(model.name).toBe("Tiny-F32");
    const [ship = [], vessel = [], car = [], long = []] = await model.embedDocuments([
      "the ship",
      "a vessel",
      "the car",
      "boat ".repeat(1_000),
    ]);
    expect([ship.length, long.length]).toEqual([32, 32]);
    expect(cosine(ship, vessel)).toBeCloseTo(1, 5);
    expect(cosine(ship, car)).toBeLessThan(0.9);
    expect(await model.embedQuery("the ship")).toEqual(ship);
    await model.close();
    // loaded anew
    expect(await model.embedQuery("the ship")).toEqual(ship);
    await model.close();
  });

  test("what is no model is told", async () => {
    const model = embeddings(Buffer.from("not a model"));
    await expect(model.embedQuery("a")).rejects.toMatchObject({
      code: "settings-invalid",
      message: expect.stringMatching(/^The embedding model \S+ cannot be loaded: /u) as string,
    });
  });
});
