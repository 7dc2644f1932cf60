import { describe, expect, onTestFinished, test } from "vitest";
import Database from "libsql";
import { Checkpointer } from "../../../src/durability/checkpointer.ts";
import { createSqliteCheckpointRows } from "../../../src/durability/sqlite/checkpoint-rows.ts";
import { openStoreFile } from "../../../src/durability/sqlite/file.ts";
import { newFile, opened, put } from "../checkpoints.ts";

describe("a database that cannot be written", () => {
  test("because the disk is full: it says so, and what was there is read", async () => {
    const file = newFile();
    const store = openStoreFile(file);
    onTestFinished(() => store.close());
    const saver = new Checkpointer(createSqliteCheckpointRows(store, () => undefined));
    await put(saver, "t", { a: "kept" });
    store.database.exec("pragma max_page_count = 1");
    const random = Array.from({ length: 4000 }, () => crypto.randomUUID()).join();
    await expect(put(saver, "t", { a: random })).rejects.toMatchObject({
      code: "store-unusable",
      message: `The store ${file} cannot grow: the disk is full. Make room.`,
    });
    const found = await saver.getTuple({ configurable: { thread_id: "t" } });
    expect(found?.checkpoint.channel_values).toEqual({ a: "kept" });
  });

  test("because another process holds it", async () => {
    const file = newFile();
    const { checkpointer } = opened(file);
    await put(checkpointer, "t", { a: "kept" });
    const other = new Database(file);
    onTestFinished(() => void other.close());
    other.exec("begin immediate");
    await expect(put(checkpointer, "t", { a: "new" })).rejects.toMatchObject({
      message: `The store ${file} is locked by another process. Wait for it, or choose another file.`,
    });
    expect((await checkpointer.get({ configurable: { thread_id: "t" } }))?.channel_values).toEqual({
      a: "kept",
    });
    other.exec("rollback");
  });

  test("because a row of it is damaged", async () => {
    const file = newFile();
    const { checkpointer } = opened(file);
    await put(checkpointer, "t", { a: "kept" });
    const other = new Database(file);
    onTestFinished(() => void other.close());
    for (const body of ["x'00'", "x''", "'text'"]) {
      other.exec(`update checkpoints set body = ${body}`);
      await expect(checkpointer.getTuple({ configurable: { thread_id: "t" } })).rejects.toMatchObject({
        message: `The store ${file} is damaged: a row in it cannot be read. Move it away, or choose another.`,
      });
    }
  });

  test("because it was closed", async () => {
    const file = newFile();
    const durability = opened(file);
    await durability.close();
    await durability.close();
    const message = `The store ${file} is closed: it was stopped.`;
    await expect(put(durability.checkpointer, "t")).rejects.toMatchObject({ message });
    await expect(durability.book.list()).rejects.toMatchObject({ message });
  });
});
