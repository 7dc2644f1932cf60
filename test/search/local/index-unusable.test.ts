import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { describe, expect, test } from "vitest";
import { buildIndex, indexDocuments } from "../../../src/search/local/index-builder.ts";
import { explainIndexError, openToWrite } from "../../../src/search/local/sqlite/index-store.ts";
import { createIndexWriter } from "../../../src/search/local/sqlite/index-writer.ts";
import { openIndex } from "../../../src/search/local/local-index.ts";
import { build, FILES, titlesOf } from "./index-files.ts";
import { createFolder } from "../temporary-folder.ts";

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

function errorOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

function alter(file: string, sql: string): void {
  const database = new Database(file);
  database.exec(sql);
  database.close();
}

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
    const error = unusable(file, "is no database. Choose another file");
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

  test("because its folder is a file", async () => {
    const folder = createFolder({ "a.md": "apple" });
    const file = join(folder, "a.md", "index.db");
    await expect(buildIndex({ folder, file })).rejects.toEqual(
      unusable(file, "cannot be opened. Check that it is a file and that its folder can be written"),
    );
  });

  test("because it belongs to another program", async () => {
    const file = join(createFolder(), "index.db");
    alter(file, "create table t (x)");
    const before = readFileSync(file);
    const error = unusable(file, "is a database of another program. Choose another file");
    expect(await errorsOf(file)).toEqual([error, error]);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test("because it is of another version", async () => {
    const file = join(createFolder(), "index.db");
    await build({ folder: createFolder(FILES), file });
    alter(file, "pragma user_version = 99");
    const newer = unusable(
      file,
      "was written by a newer version of this package. Update it, or choose another file",
    );
    expect(await errorsOf(file)).toEqual([newer, newer]);
    alter(file, "pragma user_version = 1");
    expect(() => openIndex(file)).toThrow(
      `The index ${file} was written by an older version of this package. Build it again.`,
    );
  });

  test("because an older version wrote it: the next build reads all files again", async () => {
    const file = join(createFolder(), "index.db");
    const folder = createFolder(FILES);
    await build({ folder, file });
    alter(file, "drop table passage_terms; pragma user_version = 1");
    expect(await build({ folder, file })).toMatchObject({ added: 3, updated: 0, unchanged: 0 });
    expect(titlesOf(file, "fruit").sort()).toEqual(["Apple", "b", "c"]);
  });

  test("because an older version put documents into it that are no files and cannot be read again", async () => {
    const file = join(createFolder(), "index.db");
    const documents = [{ title: "Note", url: "https://notes.test/1", text: "An apple is a fruit." }];
    (await indexDocuments({ documents, file })).index.close();
    alter(file, "pragma user_version = 1");
    await expect(indexDocuments({ documents, file })).rejects.toEqual(
      unusable(file, "was written by an older version of this package. Delete it and build the index again"),
    );
    alter(file, "pragma user_version = 5");
    expect(titlesOf(file, "fruit")).toEqual(["Note"]);
  });

  test("because the disk is full: it says so, and what was indexed before is found", async () => {
    const file = join(createFolder(), "index.db");
    await build({ folder: createFolder(FILES), file });
    const database = openToWrite(file);
    database.exec("pragma max_page_count = 1");
    const passages = Array.from({ length: 200 }, (_, at) => ({ text: `fruit ${at} `.repeat(200) }));
    const entries = [{ key: "large.txt", title: "Large", url: null, passages }];
    const write = (): unknown => createIndexWriter(database).put(entries);
    const error = errorOf(write);
    database.close();
    expect(explainIndexError(file, error)).toEqual(
      unusable(file, "cannot grow: the disk is full. Make room"),
    );
    expect(titlesOf(file, "fruit").sort()).toEqual(["Apple", "b", "c"]);
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
      unusable(file, "is locked by another process. Wait for it, or choose another file"),
    );
    other.close();
    expect(titlesOf(file, "fruit").sort()).toEqual(["Apple", "b", "c"]);
  });
});
