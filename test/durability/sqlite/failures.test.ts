import { describe, expect, onTestFinished, test } from "vitest";
import { SqliteCheckpointer } from "../../../src/durability/sqlite/checkpointer.ts";
import { openStoreFile } from "../../../src/durability/sqlite/file.ts";
import { agentOn, call, countingEngine } from "../agent.ts";
import { all, newFile, opened, put } from "../checkpoints.ts";

describe("a thread that another process took over", () => {
  test("is not written to any more by the process that lost it", async () => {
    const file = newFile();
    const [stale, other] = [opened(file), opened(file)];
    const claim = await stale.book.claim("t", "stale", 0);
    const config = await put(stale.checkpointer, "t", { a: 1 });
    expect((await other.book.claim("t", "other", 60_000)).status).toBe("claimed");
    const lost = {
      code: "lease-lost",
      message:
        'The thread "t" was taken over by another process, or removed, while this one was held up. Nothing more is written to it from here. To see how it stands: agentic-rag threads.',
    };
    await expect(put(stale.checkpointer, "t", { a: 2 })).rejects.toMatchObject(lost);
    await expect(stale.checkpointer.putWrites(config, [["a", 2]], "task")).rejects.toMatchObject(lost);
    if (claim.status !== "claimed") throw new Error("not claimed");
    await expect(stale.book.begin(claim.lease)).rejects.toMatchObject(lost);
    expect(await stale.book.renew(claim.lease, 60_000)).toBe(false);
    await stale.book.release(claim.lease, "failed", "mine");
    await expect(put(stale.checkpointer, "t", { a: 2 })).rejects.toMatchObject(lost);
    const tuples = await all(other.checkpointer.list({ configurable: { thread_id: "t" } }));
    expect(tuples.map((tuple) => [tuple.checkpoint.channel_values, tuple.pendingWrites])).toEqual([
      [{ a: 1 }, []],
    ]);
    // another thread, and the thread's new owner, write on
    await put(stale.checkpointer, "u", { a: 1 });
    await put(other.checkpointer, "t", { a: 3 });
  });

  test("or that was removed and made anew", async () => {
    const file = newFile();
    const [stale, other] = [opened(file), opened(file)];
    await stale.book.claim("t", "stale", 60_000);
    await other.book.remove("t");
    await expect(put(stale.checkpointer, "t")).rejects.toMatchObject({ code: "lease-lost" });
    const claim = await other.book.claim("t", "other", 60_000);
    expect(claim).toMatchObject({ status: "claimed", lease: { epoch: 2 } });
    await expect(put(stale.checkpointer, "t")).rejects.toMatchObject({ code: "lease-lost" });
  });
});

test("a removed thread leaves nothing: no checkpoint, no search, no line in the book", async () => {
  const durability = opened();
  const { book, checkpointer, store } = durability;
  for (const thread_id of ["t", "u"]) {
    const { engine } = countingEngine();
    const claim = await book.claim(thread_id, "me", 1000);
    if (claim.status !== "claimed") throw new Error("not claimed");
    await book.begin(claim.lease, "Which fruit?");
    const agent = agentOn(durability, [call("apples"), "</think>\n\nApples [1]."], engine);
    await agent.invoke({ question: "Which fruit?" }, { configurable: { thread_id } });
    await book.release(claim.lease, "finished");
  }
  const searches = () => store.search(["agentic-rag", "searches"], { limit: 100 });
  expect(await searches()).toHaveLength(2);
  await book.remove("t");
  expect((await book.list()).map(({ threadId }) => threadId)).toEqual(["u"]);
  expect(await searches()).toHaveLength(1);
  const left = await all(checkpointer.list({ configurable: {} }));
  expect(new Set(left.map(({ config }) => String(config.configurable?.["thread_id"])))).toEqual(
    new Set(["u"]),
  );
});

describe("a database that cannot be written", () => {
  test("because the disk is full: it says so, and what was there is read", async () => {
    const file = newFile();
    const database = openStoreFile(file, 50);
    onTestFinished(() => void database.close());
    const saver = new SqliteCheckpointer(file, database);
    await put(saver, "t", { a: "kept" });
    database.exec("pragma max_page_count = 1");
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
    const other = openStoreFile(file, 50);
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
    const other = openStoreFile(file, 50);
    onTestFinished(() => void other.close());
    for (const body of ["x'00'", "x''", "'text'"]) {
      other.exec(`update checkpoints set body = ${body}`);
      await expect(checkpointer.getTuple({ configurable: { thread_id: "t" } })).rejects.toMatchObject({
        message: `The store ${file} is damaged: a checkpoint in it cannot be read. Move it away, or choose another.`,
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
