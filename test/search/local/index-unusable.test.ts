import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { describe, expect, test } from "vitest";
import { buildIndex } from "../../../src/search/local/index-builder.ts";
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
    alter(file, "pragma user_version = 0");
    const older = unusable(
      file,
      "was written by an older version of this package. Delete it and build the index again",
    );
    expect(await errorsOf(file)).toEqual([older, older]);
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
