import Database from "libsql";
import { expect, test } from "vitest";
import { openSqliteDurability } from "../../../src/durability/sqlite/sqlite.ts";
import { newFile, opened, put } from "../checkpoints.ts";

const ENTRY = ["agentic-rag"];

test("of what is written at once, what another process may write alone is refused alone", async () => {
  const file = newFile();
  const [one, two] = [opened(file), opened(file)];
  await one.book.claim("lost", "one", 0);
  await two.book.claim("lost", "two", 60_000);
  const threads = ["before", "lost", "after", "lost", "last"];
  const written = await Promise.allSettled([
    ...threads.map((thread) => put(one.checkpointer, thread, { text: thread })),
    one.store.put(ENTRY, "key", { kept: true }),
  ]);
  expect(written.map((write) => (write.status === "rejected" ? write.reason.code : "kept"))).toEqual([
    "kept",
    "lease-lost",
    "kept",
    "lease-lost",
    "kept",
    "kept",
  ]);
  for (const thread of ["before", "after", "last"]) {
    const kept = await two.checkpointer.get({ configurable: { thread_id: thread } });
    expect(kept?.channel_values).toEqual({ text: thread });
  }
  expect(await two.checkpointer.get({ configurable: { thread_id: "lost" } })).toBeUndefined();
  expect((await two.store.get(ENTRY, "key"))?.value).toEqual({ kept: true });
});

test("what is written at once waits once for another process, and all of it is told", async () => {
  const file = newFile();
  const { store } = opened(file);
  const other = new Database(file);
  other.exec("begin immediate");
  const keys = ["a", "b", "c"];
  const written = await Promise.allSettled(keys.map((key) => store.put(ENTRY, key, {})));
  expect(written.map((write) => (write.status === "rejected" ? write.reason.code : "kept"))).toEqual(
    keys.map(() => "store-unusable"),
  );
  other.exec("rollback");
  other.close();
  await Promise.all(keys.map((key) => store.put(ENTRY, key, {})));
  expect((await store.search(ENTRY)).map(({ key }) => key)).toEqual(keys);
});

test("what was begun to be written is read, and is there when the file was closed in the same moment", async () => {
  const file = newFile();
  const durability = openSqliteDurability(file);
  const first = durability.store.put(ENTRY, "first", { at: 1 });
  expect((await durability.store.get(ENTRY, "first"))?.value).toEqual({ at: 1 });
  const second = durability.store.put(ENTRY, "second", { at: 2 });
  await durability.close();
  await Promise.all([first, second]);
  expect((await opened(file).store.search(ENTRY)).map(({ key }) => key)).toEqual(["first", "second"]);
});

test("a checkpoint that was put again, or removed, by another process is read anew by the one that follows it", async () => {
  const file = newFile();
  const [one, two] = [opened(file), opened(file)];
  const first = await put(one.checkpointer, "t", { a: 1, b: 1 });
  const [id] = [String(first.configurable?.["checkpoint_id"])];
  const tuple = await two.checkpointer.getTuple(first);
  if (tuple === undefined || tuple.metadata === undefined) throw new Error("it was put");
  const root = { configurable: { thread_id: "t" } };
  await two.checkpointer.put(
    root,
    { ...tuple.checkpoint, channel_values: { a: 2 } },
    tuple.metadata,
    tuple.checkpoint.channel_versions,
  );
  const next = await one.checkpointer.put(
    first,
    { ...tuple.checkpoint, id: `${id}-next`, channel_values: { a: 1, b: 1 } },
    tuple.metadata,
    {},
  );
  expect((await one.checkpointer.get(next))?.channel_values).toEqual({ a: 2 });
});
