import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isAbort } from "../../../../src/errors.ts";
import { createEndpointEmbedder } from "../../../../src/search/embedding/endpoint.ts";
import { indexPostgresDocuments } from "../../../../src/search/local/postgres/postgres.ts";
import { buildPostgresVectors } from "../../../../src/search/local/postgres/vector-build.ts";
import { buildVectors } from "../../../../src/search/local/vectors/build-vectors.ts";
import { usePgvector } from "./pgvector.ts";
import { MEANINGS } from "../../embedding/embedding-server.ts";
import { createFolder, writeFile } from "../../temporary-folder.ts";
import { counts, createIndex, embedding, engineOver, FILES, search } from "../vectors/embedded-files.ts";

const TINY = { model: "tiny", dimensions: 4, failed: 0, reused: 0 };

/** Of a module, in a script. */
function urlOf(path: string): string {
  return JSON.stringify(new URL(`../../../../src/search/${path}`, import.meta.url).href);
}

function ships(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`${at}.md`, `# Number ${at}\n\nThe ship ${at}.`]),
  );
}

describe("vectors in a database", () => {
  const { address, index, indexed, engineIn, rows } = usePgvector();

  test("each passage is embedded with its title, once, and found by what it means", async () => {
    const folder = await indexed();
    const { server: twin, embedder } = await embedding();
    const progress: unknown[] = [];
    const onProgress = (at: unknown): void => void progress.push(at);
    const built = { ...TINY, passages: 3, vectors: 3 };
    const options = { address: address(), folder, embedder };
    expect(counts(await buildPostgresVectors({ ...options, onProgress }))).toEqual({ ...built, embedded: 3 });
    expect(progress).toEqual([{ done: 3, total: 3 }]);
    expect(twin.texts()[1]?.toSorted()).toEqual([
      "Garage\nA red car is inside.",
      "Harbour\nThe vessel sails at noon.",
      "Orchard\nEach apple is picked by hand.",
    ]);
    expect(counts(await buildPostgresVectors(options))).toEqual({ ...built, embedded: 0 });
    expect(twin.texts()).toHaveLength(3);
    const engine = await engineIn(folder, embedder);
    expect(await search(engine, "automobile", 1)).toEqual({
      titles: ["Garage"],
      embedding: "tiny",
      note: undefined,
    });
    // by words the second, by meaning the first; by words alone the first
    expect((await search(engine, "noon automobile")).titles[0]).toBe("Harbour");
  });

  test("a file and a database find the same by words and meaning", async () => {
    const words = MEANINGS.flat();
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => {
        const text = Array.from(
          { length: 12 },
          (_none, word) => words[(at * at + word * (1 + (at % 5))) % 7],
        );
        return [`${at}.md`, `# Page ${at}\n\n${text.join(" ")} number${at % 9}`];
      }),
    );
    const { folder, file } = await createIndex(files);
    await index(folder);
    const { embedder } = await embedding();
    await buildVectors({ file, embedder });
    await buildPostgresVectors({ address: address(), folder, embedder });
    const inFile = engineOver([file], { files: [file], embedder });
    const inDatabase = await engineIn(folder, embedder);
    for (const question of [
      "ship",
      "automobile number3",
      "fruit and a boat",
      "number7 vessel apple",
      "zebra",
    ]) {
      const found = await inFile.search(question, { maxResults: 10 });
      expect([question, await inDatabase.search(question, { maxResults: 10 })]).toEqual([question, found]);
      expect(found.status === "found" && found.results.length).toBe(10);
    }
  });

  test("what changed is embedded and nothing else: a passage that moves keeps its vector", async () => {
    const folder = await indexed();
    const { server: twin, embedder } = await embedding();
    const options = { address: address(), folder, embedder };
    await buildPostgresVectors(options);
    writeFile(folder, "b.md", "# Garage\n\nA blue automobile is inside.");
    writeFile(folder, "moved.md", FILES["a.md"]);
    writeFile(folder, "twin.md", FILES["a.md"]);
    rmSync(join(folder, "a.md"));
    rmSync(join(folder, "c.md"));
    await index(folder);
    const engine = await engineIn(folder, embedder);
    expect((await search(engine, "boat")).note).toBe(
      `1 of 3 passages of ${folder} have no vectors yet, and were searched by words alone. Run: agentic-rag index ${folder}`,
    );
    expect(counts(await buildPostgresVectors(options))).toEqual({
      ...TINY,
      passages: 3,
      vectors: 3,
      embedded: 1,
    });
    expect(twin.texts().at(-1)).toEqual(["Garage\nA blue automobile is inside."]);
    expect((await search(engine, "boat", 2)).titles).toEqual(["Harbour", "Harbour"]);
    const making = `(select max(id) from $schema.vector_makings)`;
    expect(await rows(`select count(*)::int as held from $schema.vectors where making = ${making}`)).toEqual([
      { held: 2 },
    ]);
  });

  test("a build that was stopped goes on where it was", async () => {
    const folder = await indexed(ships(100));
    const { server: twin, embedder } = await embedding();
    const stopping = new AbortController();
    const options = { address: address(), folder, embedder };
    const stopped = buildPostgresVectors({
      ...options,
      signal: stopping.signal,
      onProgress: ({ done }) => done === 64 && stopping.abort(),
    });
    await expect(stopped).rejects.toSatisfy(isAbort);
    expect(counts(await buildPostgresVectors(options))).toEqual({
      ...TINY,
      passages: 100,
      vectors: 100,
      embedded: 36,
    });
    const texts = twin.texts().flatMap((batch) => batch.filter((text) => text.startsWith("Number")));
    expect([new Set(texts).size, texts.length]).toEqual([100, 100]);
  });

  test("two at once share the passages out, and embed nothing twice", async () => {
    const folder = await indexed(ships(200));
    const { server: twin, embedder } = await embedding();
    const options = { address: address(), folder, embedder };
    const reports = await Promise.all([0, 1].map(() => buildPostgresVectors(options)));
    expect(reports.map(({ vectors }) => vectors)).toEqual([200, 200]);
    expect(reports[0]!.embedded + reports[1]!.embedded).toBe(200);
    expect(Math.min(...reports.map(({ embedded }) => embedded))).toBeGreaterThan(0);
    const texts = twin.texts().flatMap((batch) => batch.filter((text) => text.startsWith("Number")));
    expect([new Set(texts).size, texts.length]).toEqual([200, 200]);
    expect(await rows("select 1 from $schema.vector_claims")).toEqual([]);
  });

  test("one that is killed is finished by the other", { timeout: 60_000 }, async () => {
    const folder = await indexed(ships(100));
    const { server: twin, embedder } = await embedding({ silentFrom: 4 });
    const script = `
      import { createEndpointEmbedder } from ${urlOf("embedding/endpoint.ts")};
      import { buildPostgresVectors } from ${urlOf("local/postgres/vector-build.ts")};
      await buildPostgresVectors({
        folder: ${JSON.stringify(folder)}, address: ${JSON.stringify(address())}, leaseMs: 2_000,
        embedder: createEndpointEmbedder({ baseUrl: ${JSON.stringify(twin.baseUrl)} }),
        onProgress: ({ done }) => done === 64 && console.log("at work"),
      });`;
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    let waits = 0;
    const { embedder: other } = await embedding();
    const report = await buildPostgresVectors({
      address: address(),
      folder,
      embedder: other,
      onWait: () => (waits += 1),
    });
    expect(counts(report)).toEqual({ ...TINY, passages: 100, vectors: 100, embedded: 36 });
    expect(waits).toBeLessThanOrEqual(1);
    expect(embedder.name).toBeUndefined();
  });

  test("another model is noticed by searches, and makes all vectors anew", async () => {
    const folder = await indexed();
    const options = { address: address(), folder };
    const { embedder: first } = await embedding({ models: ["first"] }, { model: "first" });
    await buildPostgresVectors({ ...options, embedder: first });
    const { embedder: second } = await embedding(
      { models: ["second"], meanings: [...MEANINGS, ["noon"]] },
      { model: "second" },
    );
    const engine = await engineIn(folder, second);
    expect((await search(engine, "vessel", 1)).note).toBe(
      `The vectors of ${folder} do not fit: they are of first, and second is asked now. It was searched by words alone. Run: agentic-rag index ${folder}`,
    );
    expect(counts(await buildPostgresVectors({ ...options, embedder: second }))).toMatchObject({
      model: "second",
      dimensions: 5,
      embedded: 3,
      vectors: 3,
      renewed: "they are of first, and second is asked now",
    });
    expect(await search(engine, "automobile", 1)).toEqual({
      titles: ["Garage"],
      embedding: "second",
      note: undefined,
    });
  });

  test("a build whose vectors another began to make with another model stops, and mixes nothing", async () => {
    const folder = await indexed(ships(64));
    const options = { address: address(), folder };
    const { embedder: first } = await embedding({ models: ["first"] }, { model: "first" });
    const { embedder: second } = await embedding({ models: ["second"] }, { model: "second" });
    let other: Promise<unknown> | undefined;
    const slow: typeof first = {
      ...first,
      async embed(texts, asked) {
        if (texts.length > 1) await (other ??= buildPostgresVectors({ ...options, embedder: second }));
        return first.embed(texts, asked);
      },
    };
    expect(await buildPostgresVectors({ ...options, embedder: slow })).toMatchObject({
      embedded: 0,
      problem: "Another build began to make them with another model. Let all builds name one model.",
    });
    expect(await other).toMatchObject({ model: "second", vectors: 64 });
  });

  test("a text that cannot be embedded is told, and tried again by the next build", async () => {
    const folder = await indexed({
      "a.md": `# Harbour\n\n${"unmistakable ".repeat(150)}`,
      "b.md": FILES["b.md"],
    });
    const options = { address: address(), folder };
    const { embedder: short } = await embedding({ longest: 80 });
    const failed = await buildPostgresVectors({ ...options, embedder: short });
    expect(failed).toMatchObject({ passages: 2, vectors: 1, failed: 1, embedded: 1 });
    expect(failed.problem).toContain("too large to process");
    const { embedder } = await embedding();
    expect(await buildPostgresVectors({ ...options, embedder })).toMatchObject({
      vectors: 2,
      failed: 0,
      embedded: 1,
    });
  });

  test("a server that fails is a problem in the report, and searches go by words", async () => {
    const folder = await indexed();
    const embedder = createEndpointEmbedder({ baseUrl: "http://127.0.0.1:9/v1" });
    const report = await buildPostgresVectors({ address: address(), folder, embedder });
    expect(report).toMatchObject({ passages: 3, vectors: 0, embedded: 0 });
    expect(report.problem).toContain("nothing listens there");
    const { note, titles } = await search(await engineIn(folder, embedder), "vessel", 1);
    expect(titles).toEqual(["Harbour"]);
    expect(note).toContain(`The index of ${folder} has no vectors yet`);
  });

  test("a folder that was not indexed is told, and documents that are no files are embedded, too", async () => {
    const folder = createFolder(FILES);
    const { embedder } = await embedding();
    const none = {
      code: "index-unusable",
      message: expect.stringContaining("holds no documents but") as string,
    };
    await expect(buildPostgresVectors({ address: address(), embedder })).rejects.toMatchObject(none);
    const documents = [{ title: "Ferry", url: "https://example.org/ferry", text: "An old boat." }];
    await (await indexPostgresDocuments({ address: address(), documents })).index.close();
    expect(await buildPostgresVectors({ address: address(), embedder })).toMatchObject({
      passages: 1,
      vectors: 1,
    });
    await expect(buildPostgresVectors({ address: address(), folder, embedder })).rejects.toMatchObject({
      code: "index-unusable",
      message: expect.stringContaining(`has no index of ${folder}. Build it first`) as string,
    });
  });
});
