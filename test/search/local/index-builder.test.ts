import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { buildIndex, type BuiltIndex, indexDocuments } from "../../../src/search/local/index-builder.ts";
import { openIndex } from "../../../src/search/local/local-index.ts";
import { build, FILES, titlesOf } from "./index-files.ts";
import { createFolder, writeFile } from "../temporary-folder.ts";

function openForTest(built: BuiltIndex): BuiltIndex["index"] {
  onTestFinished(() => built.index.close());
  return built.index;
}

const NONE = { added: 0, updated: 0, removed: 0, unchanged: 0, problems: [], leftOut: [] };

describe("buildIndex", () => {
  test("reads a folder into a new file", async () => {
    const folder = createFolder(FILES);
    const file = join(createFolder(), "new", "index.db");
    expect(await build({ folder, file })).toEqual({ ...NONE, documents: 3, passages: 3, added: 3 });
    expect(titlesOf(file, "fruit").sort()).toEqual(["Apple", "b", "c"]);
    expect(readdirSync(join(file, ".."))).toEqual(["index.db"]);
  });

  test("keeps an index in memory", async () => {
    const folder = createFolder(FILES);
    const index = openForTest(await buildIndex({ folder, file: ":memory:" }));
    expect(index.count()).toEqual({ documents: 3, passages: 3 });
    expect(index.find("red", 5)).toEqual([
      {
        title: "Apple",
        url: pathToFileURL(join(folder, "a.md")).href,
        text: "A red fruit.",
        date: undefined,
      },
    ]);
  });

  test("updates only what changed", async () => {
    const folder = createFolder(FILES);
    const file = join(createFolder(), "index.db");
    await build({ folder, file });
    expect(await build({ folder, file })).toEqual({ ...NONE, documents: 3, passages: 3, unchanged: 3 });

    writeFile(folder, "a.md", "# Apricot\n\nAn orange fruit.");
    writeFile(folder, "d.md", "# Date\n\nA brown fruit.");
    rmSync(join(folder, "c.html"));
    utimesSync(join(folder, "deep/b.txt"), 1_000, 1_000);
    expect(await build({ folder, file })).toEqual({
      ...NONE,
      documents: 3,
      passages: 3,
      added: 1,
      updated: 1,
      removed: 1,
      unchanged: 1,
    });
    expect(titlesOf(file, "fruit").sort()).toEqual(["Apricot", "Date", "b"]);
    expect([titlesOf(file, "apple"), titlesOf(file, "cherry"), titlesOf(file, "red")]).toEqual([[], [], []]);
    expect(await build({ folder, file })).toEqual({ ...NONE, documents: 3, passages: 3, unchanged: 3 });
  });

  test("follows a folder that was moved", async () => {
    const file = join(createFolder(), "index.db");
    await build({ folder: createFolder(FILES), file });
    const moved = createFolder(FILES);
    expect(await build({ folder: moved, file })).toMatchObject({ added: 0, updated: 0, unchanged: 3 });
    const index = openIndex(file);
    onTestFinished(() => index.close());
    expect(index.find("red", 1)[0]?.url).toBe(pathToFileURL(join(moved, "a.md")).href);
  });

  test("reports what it could not read and keeps what it had of it", async () => {
    const folder = createFolder({
      "report.pdf": "no PDF",
      "empty.md": "<!-- nothing -->",
      "head.md": "---\n: [\n---\ntext",
    });
    const file = join(createFolder(), "index.db");
    expect(await build({ folder, file })).toMatchObject({
      documents: 1,
      added: 1,
      problems: [
        { path: "empty.md", reason: "it holds no text" },
        { path: "head.md", reason: expect.stringMatching(/^its front matter is not used: /u) },
        { path: "report.pdf", reason: "Invalid PDF structure." },
      ],
    });
    writeFile(folder, "head.md", "");
    expect(await build({ folder, file })).toMatchObject({
      documents: 1,
      removed: 0,
      problems: [
        { path: "empty.md" },
        { path: "head.md", reason: "it holds no text; what was indexed of it before stays" },
        { path: "report.pdf" },
      ],
    });
    expect(titlesOf(file, "text")).toEqual(["head"]);
  });

  test("names what it could not read each time, and tries it again once it changes", async () => {
    const folder = createFolder({ "broken.json": "{", "empty.txt": "---------" });
    const file = join(createFolder(), "index.db");
    const problems = [
      { path: "broken.json", reason: "it is not valid JSON; it is indexed as plain text" },
      { path: "empty.txt", reason: "it holds no text" },
    ];
    writeFile(folder, "broken.json", "{ words");
    utimesSync(join(folder, "empty.txt"), 1_000, 1_000);
    expect(await build({ folder, file })).toMatchObject({ documents: 1, added: 1, problems });
    writeFile(folder, "empty.txt", "some text");
    utimesSync(join(folder, "empty.txt"), 1_000, 1_000);
    expect(await build({ folder, file })).toMatchObject({ documents: 1, unchanged: 1, problems });
    utimesSync(join(folder, "empty.txt"), 2_000, 2_000);
    utimesSync(join(folder, "broken.json"), 2_000, 2_000);
    expect(await build({ folder, file })).toMatchObject({ documents: 2, added: 1, problems: [problems[0]] });
    expect(await build({ folder, file })).toMatchObject({
      documents: 2,
      unchanged: 2,
      problems: [problems[0]],
    });
  });

  test("names a file that goes while others are read, and keeps what it had of it", async () => {
    const folder = createFolder({ "a.md": "apple fruit", "b.md": "banana fruit" });
    const file = join(createFolder(), "index.sqlite");
    await build({ folder, file });
    for (const name of ["a.md", "b.md"]) writeFile(folder, name, `another fruit in ${name}`);
    const onProgress = (): void => rmSync(join(folder, "b.md"), { force: true });
    expect(await build({ folder, file, onProgress })).toMatchObject({
      updated: 1,
      problems: [{ path: "b.md", reason: "it cannot be read (ENOENT); what was indexed of it before stays" }],
    });
    expect(titlesOf(file, "fruit").sort()).toEqual(["a", "b"]);
    expect(await build({ folder, file })).toMatchObject({ removed: 1, problems: [] });
  });

  test("tells of its progress", async () => {
    const seen: string[] = [];
    const folder = createFolder(FILES);
    await build({
      folder,
      file: ":memory:",
      onProgress: ({ path, done, total }) => seen.push(`${done}/${total} ${path}`),
    });
    expect(seen).toEqual(["1/3 a.md", "2/3 c.html", "3/3 deep/b.txt"]);
  });

  test("of an empty folder finds nothing", async () => {
    const index = openForTest(await buildIndex({ folder: createFolder(), file: ":memory:" }));
    expect(index.find("fruit", 5)).toEqual([]);
  });

  test("loses nothing when its process is killed", async () => {
    const folder = createFolder({ "a.md": "apple" });
    const file = join(createFolder(), "index.db");
    await build({ folder, file });
    for (let number = 0; number < 450; number++)
      writeFile(folder, `more/${number}.txt`, `apple number ${number}`);
    const builder = new URL("../../../src/search/local/index-builder.ts", import.meta.url).href;
    const script = `
      import { buildIndex } from ${JSON.stringify(builder)};
      await buildIndex({
        folder: ${JSON.stringify(folder)},
        file: ${JSON.stringify(file)},
        onProgress: ({ done }) => done === 300 && process.kill(process.pid, "SIGKILL"),
      });`;
    const child = spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script]);
    expect(child.signal).toBe("SIGKILL");
    const index = openIndex(file);
    expect(index.count()).toEqual({ documents: 201, passages: 201 });
    expect(index.find("apple", 300)).toHaveLength(201);
    index.close();
    expect(await build({ folder, file })).toMatchObject({ documents: 451, added: 250, unchanged: 201 });
  });

  test("leaves a usable index when it is aborted, and goes on from there", async () => {
    const folder = createFolder({ "a.md": "apple" });
    const file = join(createFolder(), "index.db");
    await build({ folder, file });
    for (let number = 0; number < 450; number++)
      writeFile(folder, `more/${number}.txt`, `apple number ${number}`);
    const controller = new AbortController();
    const building = buildIndex({
      folder,
      file,
      signal: controller.signal,
      onProgress: ({ done }) => done === 300 && controller.abort(),
    });
    await expect(building).rejects.toMatchObject({ name: "AbortError" });
    const index = openIndex(file);
    expect(index.count()).toEqual({ documents: 201, passages: 201 });
    expect(index.find("apple", 1)).toHaveLength(1);
    index.close();
    expect(await build({ folder, file })).toMatchObject({ documents: 451, added: 250, unchanged: 201 });
  });

  test("rejects at once when it is aborted before", async () => {
    const file = join(createFolder(), "index.db");
    await expect(
      buildIndex({ folder: createFolder(), file, signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({
      name: "AbortError",
    });
    expect(existsSync(file)).toBe(false);
  });

  test("makes no index of a folder that is missing", async () => {
    const file = join(createFolder(), "index.db");
    await expect(buildIndex({ folder: join(createFolder(), "missing"), file })).rejects.toMatchObject({
      code: "documents-unreadable",
    });
    expect(existsSync(file)).toBe(false);
  });

  test("can be searched while it is written", async () => {
    const folder = createFolder(FILES);
    const file = join(createFolder(), "index.db");
    await build({ folder, file });
    const reader = openIndex(file);
    onTestFinished(() => reader.close());
    for (let number = 0; number < 250; number++)
      writeFile(folder, `more/${number}.txt`, `fruit number ${number}`);
    const counts = new Set<number>();
    await build({ folder, file, onProgress: () => counts.add(reader.find("fruit", 500).length) });
    expect([...counts]).toEqual([3, 203]);
    expect(reader.count()).toEqual({ documents: 253, passages: 253 });
  });
});

describe("indexDocuments", () => {
  const apple = { title: "Apple", url: "https://example.com/apple", text: "red fruit", date: "2025-01-02" };
  const pear = { title: "Pear", url: "https://example.com/pear", text: "green fruit" };

  test("adds documents and replaces those of the same URL", async () => {
    const file = join(createFolder(), "index.db");
    const first = await indexDocuments({ documents: [apple, pear], file });
    first.index.close();
    expect(first.report).toMatchObject({ ...NONE, documents: 2, passages: 2, added: 2 });
    const second = await indexDocuments({ documents: [{ ...apple, text: "yellow fruit" }], file });
    expect(second.report).toMatchObject({ ...NONE, documents: 2, passages: 2, updated: 1 });
    expect(openForTest(second).find("fruit yellow", 1)).toEqual([{ ...apple, text: "yellow fruit" }]);
  });

  test("stands beside the files of a folder", async () => {
    const file = join(createFolder(), "index.db");
    (await indexDocuments({ documents: [pear], file })).index.close();
    expect(await build({ folder: createFolder(FILES), file })).toMatchObject({
      documents: 4,
      added: 3,
      removed: 0,
    });
  });
});
