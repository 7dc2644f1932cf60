import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InMemoryStore } from "@langchain/langgraph";
import Database from "libsql";
import { describe, expect, onTestFinished, test } from "vitest";
import { createSqliteStore, type SqliteStoreOptions } from "../../../src/durability/sqlite/sqlite.ts";
import { bundleProgram } from "../../bundle.ts";
import { describeStore } from "../../conformance/store.ts";
import { createFolder } from "../../search/temporary-folder.ts";

describeStore("of LangGraph in memory", () => new InMemoryStore());
describeStore("in SQLite, in memory", () => createSqliteStore(":memory:"));

function newFile(): string {
  return join(createFolder(), "store.sqlite");
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

function opened(file: string, options?: SqliteStoreOptions) {
  const store = createSqliteStore(file, options);
  onTestFinished(() => store.stop());
  return store;
}

describe("a store file", () => {
  test("keeps what was put for the next process, and for another that has it open", async () => {
    const file = newFile();
    const first = opened(file);
    const second = opened(file);
    await first.put(["a"], "key", { by: "first" });
    expect((await second.get(["a"], "key"))?.value).toEqual({ by: "first" });
    await second.put(["a"], "key", { by: "second" });
    expect((await first.get(["a"], "key"))?.value).toEqual({ by: "second" });
    await first.stop();
    await second.stop();
    expect((await opened(file).get(["a"], "key"))?.value).toEqual({ by: "second" });
  });

  test("is written by processes that start at once", { timeout: 60_000 }, async () => {
    const file = join(createFolder(), "new", "store.sqlite");
    const writer = await bundleProgram(new URL("store-writer.ts", import.meta.url));
    const ended = ["a", "b", "c", "d"].map(async (name) => {
      const child = spawn(process.execPath, [writer, file, name], { stdio: ["ignore", "ignore", "inherit"] });
      const [exitCode] = (await once(child, "close")) as unknown[];
      return exitCode;
    });
    expect(await Promise.all(ended)).toEqual([0, 0, 0, 0]);
    const items = await opened(file).search(["writers"], { limit: 1000 });
    expect(items).toHaveLength(80);
  });

  test("and its new folder are for their owner alone", async () => {
    const folder = join(createFolder(), "private");
    const file = join(folder, "store.sqlite");
    await opened(file).put(["a"], "key", {});
    expect(modeOf(folder)).toBe("700");
    expect(["", "-wal", "-shm"].map((ending) => modeOf(file + ending))).toEqual(["600", "600", "600"]);
  });

  test("that is there already keeps its permissions", async () => {
    const folder = createFolder();
    const file = join(folder, "store.sqlite");
    await createSqliteStore(file).stop();
    chmodSync(file, 0o640);
    chmodSync(folder, 0o750);
    opened(file);
    expect([modeOf(file), modeOf(folder)]).toEqual(["640", "750"]);
  });

  test("is closed by stop, and says so", async () => {
    const file = newFile();
    const store = createSqliteStore(file);
    await store.stop();
    await store.stop();
    await expect(store.get(["a"], "key")).rejects.toEqual(unusable(file, "is closed: it was stopped"));
  });

  test("has a log beside it, so that readers and a writer do not wait for each other", () => {
    const file = newFile();
    opened(file);
    const other = new Database(file);
    onTestFinished(() => void other.close());
    expect(other.prepare("pragma journal_mode").get()).toMatchObject({ journal_mode: "wal" });
  });

  test("is as it was when a value in a batch is no JSON", async () => {
    const store = opened(newFile());
    await store.put(["a"], "key", { old: true });
    const deep: Record<string, unknown> = {};
    deep["itself"] = deep;
    await expect(
      store.batch([
        { namespace: ["a"], key: "key", value: { new: true } },
        { namespace: ["a"], key: "other", value: deep },
      ]),
    ).rejects.toThrow(TypeError);
    expect((await store.get(["a"], "key"))?.value).toEqual({ old: true });
  });

  test("is searched without a query, and says so", async () => {
    await expect(opened(newFile()).search(["a"], { query: "meaning" })).rejects.toMatchObject({
      code: "settings-invalid",
      message:
        "A store in SQLite cannot search by meaning. Search it without `query`, or use a store with an index.",
    });
  });

  test("gives its items in the order of namespace and key", async () => {
    const store = opened(newFile());
    for (const [label, key] of ["b2", "a9", "b1", "a1"] as const) await store.put([label!], key!, {});
    expect((await store.search([])).map(({ namespace, key }) => namespace[0]! + key)).toEqual([
      "a1",
      "a9",
      "b1",
      "b2",
    ]);
  });
});

function unusable(file: string, what: string): unknown {
  return expect.objectContaining({ code: "store-unusable", message: `The store ${file} ${what}.` });
}

function alter(file: string, sql: string): void {
  const database = new Database(file);
  database.exec(sql);
  database.close();
}

/** A store with one item, closed. */
async function closedStore(): Promise<string> {
  const file = newFile();
  const store = createSqliteStore(file);
  await store.put(["a"], "key", { is: "here" });
  await store.stop();
  return file;
}

describe("a store that cannot be used", () => {
  test("because it is something else", () => {
    const file = newFile();
    writeFileSync(file, "this is a letter to a friend, and no database. ".repeat(100));
    const before = readFileSync(file);
    expect(() => createSqliteStore(file)).toThrow(unusable(file, "is no database. Choose another file"));
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test("because it belongs to another program", () => {
    const file = newFile();
    alter(file, "create table t (x)");
    const before = readFileSync(file);
    expect(() => createSqliteStore(file)).toThrow(
      unusable(file, "is a database of another program. Choose another file"),
    );
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test("because it is of a newer version", async () => {
    const file = await closedStore();
    alter(file, "pragma user_version = 4");
    expect(() => createSqliteStore(file)).toThrow(
      unusable(file, "was written by a newer version of this package. Update it, or choose another file"),
    );
  });

  test("because it may only be read", async () => {
    const file = await closedStore();
    // a version of the file format that this SQLite may read and not write
    const bytes = readFileSync(file);
    bytes[18] = 3;
    writeFileSync(file, bytes);
    const error = unusable(
      file,
      "cannot be read or written. Check its disk and its permissions, and those of its folder",
    );
    expect(() => createSqliteStore(file)).toThrow(error);
  });

  test("because another process keeps it locked", async () => {
    const file = await closedStore();
    const store = opened(file, { lockTimeoutMs: 50 });
    const other = new Database(file);
    onTestFinished(() => void other.close());
    other.exec("begin immediate");
    const error = unusable(file, "is locked by another process. Wait for it, or choose another file");
    await expect(store.put(["a"], "key", { is: "new" })).rejects.toEqual(error);
    expect((await store.get(["a"], "key"))?.value).toEqual({ is: "here" });
    expect(() => createSqliteStore(file, { lockTimeoutMs: 50 })).toThrow(error);
    other.exec("rollback");
    await store.put(["a"], "key", { is: "new" });
    expect((await store.get(["a"], "key"))?.value).toEqual({ is: "new" });
  });

  test("because it is a folder, or below a file", () => {
    const folder = createFolder({ file: "text" });
    mkdirSync(join(folder, "sub"));
    for (const file of [join(folder, "sub"), join(folder, "file", "store.sqlite")]) {
      expect(() => createSqliteStore(file)).toThrow(
        unusable(file, "cannot be opened. Check that it is a file and that its folder can be written"),
      );
    }
  });

  test("because a part of it is missing", async () => {
    const file = await closedStore();
    alter(file, "drop table items");
    expect(() => createSqliteStore(file)).toThrow(
      unusable(file, "is damaged (no such table: items). Move it away, or choose another"),
    );
  });

  test("because a value in it is none", async () => {
    const file = await closedStore();
    for (const value of ["{", "[]", "null", "1"]) {
      alter(file, `update items set value = '${value}'`);
      await expect(opened(file).get(["a"], "key")).rejects.toEqual(
        unusable(file, "is damaged: a row in it cannot be read. Move it away, or choose another"),
      );
    }
  });
});
