import { rmSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { describe, expect, test } from "vitest";
import { isAbort } from "../../../../src/errors.ts";
import { buildVectors } from "../../../../src/search/local/vectors/build-vectors.ts";
import { listOf, MEANINGS, vectorOf, type EmbeddingTwin } from "../../embedding/embedding-server.ts";
import { writeFile } from "../../temporary-folder.ts";
import { build } from "../index-files.ts";
import {
  counts,
  createIndex,
  embedding,
  engineOver,
  FILES,
  search,
  type Embedding,
} from "./embedded-files.ts";

const TINY = { model: "tiny", dimensions: 4, failed: 0, reused: 0 };

const ofPoison =
  (vector: readonly unknown[]): NonNullable<EmbeddingTwin["spoil"]> =>
  (vectors, _request, texts) =>
    listOf(vectors.map((one, at) => (texts[at]?.includes("%%%") === true ? vector : one)));

describe("a build", () => {
  test("embeds each passage with its title, once", async () => {
    const { file } = await createIndex();
    const { server, embedder } = await embedding();
    const progress: unknown[] = [];
    const onProgress = (at: unknown): void => void progress.push(at);
    expect(counts(await buildVectors({ file, embedder, onProgress }))).toEqual({
      ...TINY,
      passages: 3,
      vectors: 3,
      embedded: 3,
    });
    expect(progress).toEqual([{ done: 3, total: 3 }]);
    expect(server.texts().slice(1)).toEqual([
      [
        "Harbour\nThe vessel sails at noon.",
        "Garage\nA red car is inside.",
        "Orchard\nEach apple is picked by hand.",
      ],
    ]);
    expect(counts(await buildVectors({ file, embedder }))).toEqual({
      ...TINY,
      passages: 3,
      vectors: 3,
      embedded: 0,
    });
    // the second build asked with its own text alone
    expect(server.texts()).toHaveLength(3);
    const database = new Database(file);
    const stored = database.prepare("select vector from vectors order by passage").all() as {
      vector: Buffer;
    }[];
    database.close();
    expect(
      stored.map(({ vector }) => [...new Float32Array(Uint8Array.from(Buffer.from(vector)).buffer)]),
    ).toEqual(Object.values(FILES).map((text) => vectorOf(text)));
  });

  test("embeds what changed, and nothing else: a passage that stays keeps its vector", async () => {
    const { folder, file } = await createIndex();
    const { server, embedder } = await embedding();
    await buildVectors({ file, embedder });
    const asked = server.texts().length;
    writeFile(folder, "b.md", "# Garage\n\nA blue automobile is inside.");
    writeFile(folder, "moved.md", FILES["a.md"]);
    rmSync(join(folder, "a.md"));
    rmSync(join(folder, "c.md"));
    await build({ folder, file });
    expect(counts(await buildVectors({ file, embedder }))).toEqual({
      ...TINY,
      passages: 2,
      vectors: 2,
      embedded: 1,
      reused: 1,
    });
    expect(server.texts().slice(asked + 1)).toEqual([["Garage\nA blue automobile is inside."]]);
    const database = new Database(file);
    expect(database.prepare("select passage from vectors").all()).toHaveLength(2);
    database.close();
  });

  test("that was stopped goes on where it was", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 100 }, (_, at) => [`${at}.md`, `# Number ${at}\n\nThe ship ${at}.`]),
    );
    const { file } = await createIndex(files);
    const { server, embedder } = await embedding();
    const stopping = new AbortController();
    const stopped = buildVectors({
      file,
      embedder,
      signal: stopping.signal,
      onProgress: ({ done }) => done === 64 && stopping.abort(),
    });
    await expect(stopped).rejects.toSatisfy(isAbort);
    expect(counts(await buildVectors({ file, embedder }))).toEqual({
      ...TINY,
      passages: 100,
      vectors: 100,
      embedded: 36,
    });
    const texts = server.texts().flatMap((batch) => batch.filter((text) => text.startsWith("Number")));
    expect(new Set(texts).size).toBe(100);
    expect(texts).toHaveLength(100);
  });

  test("of two at once the second waits, and embeds nothing again", async () => {
    const { file } = await createIndex();
    const { server, embedder } = await embedding();
    let waits = 0;
    const reports = await Promise.all(
      [0, 1].map(() => buildVectors({ file, embedder, onWait: () => (waits += 1) })),
    );
    expect(reports.map(({ embedded }) => embedded).toSorted((a, b) => a - b)).toEqual([0, 3]);
    expect(waits).toBe(1);
    expect(server.texts().filter((batch) => batch.length > 1)).toHaveLength(1);
  });

  test("cuts a text that is too long, and names one that cannot be had at all", async () => {
    const long = `The ship ${"was old ".repeat(30)}`;
    const { file } = await createIndex({ "a.md": `# Harbour\n\n${long}`, "b.md": FILES["b.md"] });
    const { server, embedder } = await embedding({ longest: 100 });
    expect(counts(await buildVectors({ file, embedder }))).toEqual({
      ...TINY,
      passages: 2,
      vectors: 2,
      embedded: 2,
    });
    expect(server.texts().at(-2)?.[0]?.length).toBeLessThanOrEqual(100);
    const none = await createIndex({ "a.md": `# Harbour\n\n${"unmistakable ".repeat(150)}` });
    const { embedder: short } = await embedding({ longest: 80 });
    const { failed, vectors, problem } = await buildVectors({ ...none, embedder: short });
    expect({ failed, vectors }).toEqual({ failed: 1, vectors: 0 });
    expect(problem).toContain("too large to process");
  });

  test.each<readonly [string, EmbeddingTwin, string]>([
    ["zeros", { spoil: ofPoison([0, 0, 0, 0]) }, "a vector of zeros alone"],
    ["no numbers", { spoil: ofPoison([null, null, null, null]) }, "in an unknown form"],
    ["an error", { refused: "%%%" }, "unsupported value: NaN"],
  ])("embeds all but a text that the model makes %s of, and tells it", async (_name, twin, why) => {
    const files = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [`${at}.md`, `# ${at}\n\nA ship${at === 7 ? " %%%" : ""}.`]),
    );
    const { file } = await createIndex(files);
    const { embedder } = await embedding(twin);
    const report = await buildVectors({ file, embedder });
    expect(report).toMatchObject({ passages: 40, vectors: 39, embedded: 39, failed: 1 });
    expect(report.problem).toContain(why);
    const engine = engineOver([file], { files: [file], embedder });
    expect((await search(engine, "ship", 3)).note).toBeUndefined();
  });

  test("stops where the model fails with all texts", async () => {
    const { file } = await createIndex();
    const { server, embedder } = await embedding({
      spoil: (vectors, request) => (request === 1 ? listOf(vectors) : listOf([[0]])),
    });
    expect(await buildVectors({ file, embedder })).toMatchObject({ embedded: 0, failed: 0, vectors: 0 });
    expect(server.texts().map(({ length }) => length)).toEqual([1, 3, 3, 1]);
  });

  test("goes on after a server that was full for a moment", async () => {
    const { file } = await createIndex();
    const { embedder } = await embedding({
      spoil: (vectors, request) => (request === 2 ? "<html>busy</html>" : listOf(vectors)),
    });
    expect(await buildVectors({ file, embedder })).toMatchObject({ embedded: 3, vectors: 3 });
  });

  test.each<readonly [string, EmbeddingTwin, Embedding, string]>([
    ["another model", { models: ["other"] }, { model: "other" }, "they are of tiny, and other is asked now"],
    [
      "another dimension",
      { meanings: [...MEANINGS, ["noon"]] },
      {},
      "they have 4 dimensions, and tiny gives 5 now",
    ],
    [
      "another prefix",
      {},
      { documentPrefix: "passage:" },
      'they were made with the prefix "" before each text, and it is "passage:" now',
    ],
    [
      "another model under the same name",
      { meanings: [["lighthouse", "tide"], ["evening"], ["x"]] },
      {},
      "what answers as tiny is another model now",
    ],
  ])("%s is noticed by a search, and a build makes all anew", async (_name, twin, options, difference) => {
    const { folder, file } = await createIndex();
    const { embedder } = await embedding();
    await buildVectors({ file, embedder });
    const now = await embedding(twin, options);
    const engine = engineOver([file], { files: [file], embedder: now.embedder });
    expect(await search(engine, "car")).toEqual({
      titles: ["Garage"],
      embedding: undefined,
      note: `The vectors of ${folder} do not fit: ${difference}. It was searched by words alone. Run: agentic-rag index ${folder}`,
    });
    expect(await buildVectors({ file, embedder: now.embedder })).toMatchObject({
      embedded: 3,
      vectors: 3,
      renewed: difference,
    });
    expect(await search(engine, "car")).toMatchObject({
      embedding: options.model ?? "tiny",
      note: undefined,
    });
  });
});

test("an index that was never embedded holds nothing about vectors, and is built without a model again", async () => {
  const { folder, file } = await createIndex();
  const { embedder } = await embedding({ models: ["a", "b"] });
  const tables = (): unknown[] => {
    const database = new Database(file);
    const rows = database
      .prepare("select name from sqlite_schema where name like '%vector%' or type = 'trigger'")
      .all();
    database.close();
    return rows;
  };
  expect(counts(await buildVectors({ file, embedder }))).toEqual({
    passages: 3,
    vectors: 0,
    embedded: 0,
    reused: 0,
    failed: 0,
    problem: expect.stringContaining('model "" not found') as string,
  });
  expect(tables()).toEqual([]);
  const tiny = await embedding();
  await buildVectors({ file, embedder: tiny.embedder });
  expect(tables()).not.toEqual([]);
  writeFile(folder, "a.md", "# Harbour\n\nThe vessel sails at six.");
  await build({ folder, file });
  expect(await search(engineOver([file], undefined), "six")).toEqual({
    titles: ["Harbour"],
    embedding: undefined,
    note: undefined,
  });
});
