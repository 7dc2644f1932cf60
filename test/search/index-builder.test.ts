import { existsSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import Database from "libsql";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  buildIndex,
  type BuiltIndex,
  indexDocuments,
  type IndexFolderOptions,
} from "../../src/search/index-builder.ts";
import { openIndex } from "../../src/search/local-index.ts";
import { createFolder, writeFile } from "./temporary-folder.ts";

/** Builds, closes, and gives the report without its figures of size and time. */
async function build(options: IndexFolderOptions): Promise<unknown> {
  const { index, report } = await buildIndex(options);
  index.close();
  const { bytes, ms, ...counts } = report;
  expect(bytes).toBeGreaterThan(0);
  expect(ms).toBeGreaterThanOrEqual(0);
  return counts;
}

/** Titles of what is found in the index file. */
function titlesOf(file: string, question: string): string[] {
  const index = openIndex(file);
  const found = index.find(question, 10);
  index.close();
  return found.map((result) => result.title);
}

function openForTest(built: BuiltIndex): BuiltIndex["index"] {
  onTestFinished(() => built.index.close());
  return built.index;
}

function unusable(file: string, what: string): unknown {
  return expect.objectContaining({ code: "index-unusable", message: `The index ${file} ${what}.` });
}
async function errorsOf(file: string): Promise<unknown[]> {
  const folder = createFolder(FILES);
  const errors: unknown[] = [];
  await buildIndex({ folder, file }).catch((error: unknown) => errors.push(error));
  try {
    openIndex(file);
  } catch (error) {
    errors.push(error);
  }
  return errors;
}

function alter(file: string, sql: string): void {
  const database = new Database(file);
  database.exec(sql);
  database.close();
}

const FILES = {
  "a.md": "# Apple\n\nA red fruit.",
  "deep/b.txt": "banana, a yellow fruit",
  "c.html": "<p>cherry fruit",
};
const NONE = { added: 0, updated: 0, removed: 0, unchanged: 0, problems: [] };

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
        text: "Apple\n\nA red fruit.",
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
    await expect(buildIndex({ folder: "/nonexistent", file })).rejects.toMatchObject({
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

describe("an index that cannot be used", () => {
  test("because there is none", () => {
    const file = join(createFolder(), "index.db");
    expect(() => openIndex(file)).toThrow(
      `There is no index at ${file}. Build one from a folder of documents.`,
    );
    expect(() => openIndex(":memory:")).toThrow("There is no index at :memory:.");
  });

  test("because it is something else", async () => {
    const file = join(createFolder(), "index.db");
    writeFileSync(file, "this is a letter to a friend, and no database. ".repeat(100));
    const error = unusable(
      file,
      "is not an index. Choose another file, or delete it and build the index again",
    );
    expect(await errorsOf(file)).toEqual([error, error]);
  });

  test("because it is a folder", async () => {
    const file = createFolder();
    const error = unusable(
      file,
      "cannot be opened. Check that it is a file and that its folder can be written",
    );
    expect(await errorsOf(file)).toEqual([error, error]);
  });

  test("because it belongs to another program", async () => {
    const file = join(createFolder(), "index.db");
    alter(file, "create table t (x)");
    const error = unusable(file, "is a database of another program. Choose another file");
    expect(await errorsOf(file)).toEqual([error, error]);
  });

  test("because it is of another version", async () => {
    const file = join(createFolder(), "index.db");
    await build({ folder: createFolder(FILES), file });
    alter(file, "pragma user_version = 99");
    const error = unusable(
      file,
      "was built by another version of this package. Delete it and build the index again",
    );
    expect(await errorsOf(file)).toEqual([error, error]);
  });

  test("because a part of it is missing", async () => {
    const file = join(createFolder(), "index.db");
    await build({ folder: createFolder(FILES), file });
    alter(file, "drop table passages");
    const error = unusable(file, "is damaged (no such table: passages). Delete it and build the index again");
    expect(await errorsOf(file)).toEqual([error, error]);
  });

  test("because another process writes it", async () => {
    const file = join(createFolder(), "index.db");
    const folder = createFolder(FILES);
    await build({ folder, file });
    const other = new Database(file);
    other.exec("begin immediate");
    await expect(buildIndex({ folder: createFolder({ "x.md": "x" }), file })).rejects.toEqual(
      unusable(file, "is being written by another process. Wait for it, or choose another file"),
    );
    other.close();
    expect(titlesOf(file, "fruit").sort()).toEqual(["Apple", "b", "c"]);
  });
});
