import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { isAbort } from "../../../../src/errors.ts";
import { indexDocuments } from "../../../../src/search/local/index-builder.ts";
import { buildVectors } from "../../../../src/search/local/vectors/build-vectors.ts";
import { listOf, type EmbeddingTwin } from "../../embedding/embedding-server.ts";
import { createFolder, writeFile } from "../../temporary-folder.ts";
import { build } from "../index-files.ts";
import { createIndex, embedding, engineOver, FILES, search } from "./embedded-files.ts";

describe("a search", () => {
  test("finds other words of the same meaning, and fuses both orders", async () => {
    const { file } = await createIndex();
    const { embedder } = await embedding();
    await buildVectors({ file, embedder });
    const engine = engineOver([file], { files: [file], embedder });
    expect(await search(engine, "automobile", 1)).toEqual({
      titles: ["Garage"],
      embedding: "tiny",
      note: undefined,
    });
    // by words the second, by meaning the first; by words alone the first
    expect((await search(engine, "noon automobile")).titles[0]).toBe("Harbour");
    const byWords = engineOver([file], undefined);
    expect(await search(byWords, "automobile")).toEqual({
      titles: [],
      embedding: undefined,
      note: undefined,
    });
  });

  test("tells documents apart that differ in what is behind the # of their addresses, and orders equal ones", async () => {
    const file = join(createFolder(), "index.sqlite");
    const documents = ["c", "a", "b"].map((name) => ({
      title: name,
      url: `https://example.org/#/${name}`,
      text: "A vessel.",
    }));
    (await indexDocuments({ documents, file })).index.close();
    const { embedder } = await embedding({ meanings: [["vessel", "ship"]] });
    await buildVectors({ file, embedder });
    const engine = engineOver([file], { files: [file], embedder });
    for (const query of ["ship", "vessel"])
      expect((await search(engine, query, 5)).titles).toEqual(["a", "b", "c"]);
  });

  test("cuts a question that is too long for the model", async () => {
    const { file } = await createIndex();
    const { embedder } = await embedding({ longest: 100 });
    await buildVectors({ file, embedder });
    const engine = engineOver([file], { files: [file], embedder });
    expect(await search(engine, `automobile ${"which is quite red ".repeat(20)}`, 1)).toEqual({
      titles: ["Garage"],
      embedding: "tiny",
      note: undefined,
    });
  });

  test("several indexes are searched as one, and one without vectors by its words", async () => {
    const one = await createIndex({ "a.md": FILES["a.md"] });
    const two = await createIndex({ "b.md": FILES["b.md"] });
    const three = await createIndex({ "c.md": "# Dock\n\nThe boat is dry." });
    const { embedder } = await embedding();
    for (const { file } of [one, two]) await buildVectors({ file, embedder });
    const files = [one.file, two.file, three.file];
    const engine = engineOver(files, { files, embedder });
    const { titles, note } = await search(engine, "boat automobile");
    expect(titles.toSorted()).toEqual(["Dock", "Garage", "Harbour"]);
    expect(note).toBe(
      `The index of ${three.folder} has no vectors yet, so it was searched by words alone. Run: agentic-rag index ${three.folder}`,
    );
  });

  test("passages that came since are found by their words, and told", async () => {
    const { folder, file } = await createIndex();
    const { embedder } = await embedding();
    await buildVectors({ file, embedder });
    writeFile(folder, "d.md", "# Pier\n\nAn old ship.");
    await build({ folder, file });
    const engine = engineOver([file], { files: [file], embedder });
    expect(await search(engine, "old ship", 1)).toEqual({
      titles: ["Pier"],
      embedding: "tiny",
      note: `1 of 4 passages of ${folder} have no vectors yet, and were searched by words alone. Run: agentic-rag index ${folder}`,
    });
  });

  test.each<readonly [string, EmbeddingTwin["spoil"], string]>([
    ["a web page", () => "<html>", "answered with a web page that is not JSON"],
    [
      "too many vectors",
      (vectors) => listOf([...vectors, ...vectors]),
      "answered with 2 vectors for 1 texts",
    ],
    ["zeros", (vectors) => listOf(vectors.map((vector) => vector.map(() => 0))), "a vector of zeros alone"],
    [
      "another dimension",
      (vectors) => listOf(vectors.map((vector) => [...vector, 1])),
      "tiny gave 5 dimensions, and the index has vectors of 4.",
    ],
  ])("goes on by words where the model answers with %s", async (_name, spoil, why) => {
    const { file } = await createIndex();
    const { embedder } = await embedding();
    await buildVectors({ file, embedder });
    // its first answer, about the model, is right
    const now = await embedding({
      spoil: (vectors, request, texts) =>
        request === 1 ? listOf(vectors) : spoil?.(vectors, request, texts),
    });
    const engine = engineOver([file], { files: [file], embedder: now.embedder });
    const { note, ...found } = await search(engine, "car");
    expect(found).toEqual({ titles: ["Garage"], embedding: undefined });
    expect(note).toMatch(/^Searched by words alone: /u);
    expect(note).toContain(why);
  });

  test.each([1, 2])("goes on by words where request %i is not answered in time", async (silentFrom) => {
    const { file } = await createIndex();
    const { embedder } = await embedding();
    await buildVectors({ file, embedder });
    const now = await embedding({ silentFrom });
    const engine = engineOver([file], {
      files: [file],
      embedder: now.embedder,
      deadlineMs: 100,
      firstDeadlineMs: 100,
    });
    const { note, titles } = await search(engine, "car");
    expect(titles).toEqual(["Garage"]);
    expect(note).toMatch(/^Searched by words alone: .* did not answer within 0\.1 s\.$/u);
  });

  test("the first question may wait for a model to be loaded, later ones less", async () => {
    const { file } = await createIndex();
    const { embedder } = await embedding();
    await buildVectors({ file, embedder });
    let asked = 0;
    const slow: typeof embedder = {
      ...embedder,
      async embed(texts, options) {
        asked += 1;
        if (asked === 1) await delay(300);
        if (asked > 2) await new Promise(() => undefined);
        return embedder.embed(texts, options);
      },
    };
    const engine = engineOver([file], {
      files: [file],
      embedder: slow,
      deadlineMs: 200,
      firstDeadlineMs: 10_000,
    });
    expect((await search(engine, "car")).note).toBeUndefined();
    expect((await search(engine, "car")).note).toBe(
      "Searched by words alone: the embedding model did not answer within 0.2 s.",
    );
  });

  test("an abort ends it", async () => {
    const { file } = await createIndex();
    const { embedder } = await embedding();
    await buildVectors({ file, embedder });
    const now = await embedding({ silentFrom: 1 });
    const engine = engineOver([file], { files: [file], embedder: now.embedder });
    const stopping = new AbortController();
    const searching = engine.search("car", { signal: stopping.signal });
    await now.server.asked;
    stopping.abort();
    await expect(searching).rejects.toSatisfy(isAbort);
    await now.server.disconnected;
  });
});
