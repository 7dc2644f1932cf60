import { copyFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Database from "libsql";
import { expect, test } from "vitest";
import { all, checkpoint, META, newFile, opened, put } from "../checkpoints.ts";

const THREAD = { configurable: { thread_id: "t" } };

test("a name may be as long as it likes", async () => {
  const { checkpointer } = opened();
  const name = "x".repeat(10_240);
  await put(checkpointer, name, { a: 1 });
  expect((await checkpointer.get({ configurable: { thread_id: name } }))?.channel_values).toEqual({ a: 1 });
});

test("a task that is executed again adds what it had not written", async () => {
  const { checkpointer } = opened();
  const config = await put(checkpointer, "t");
  await checkpointer.putWrites(config, [["a", 1]], "task");
  await checkpointer.putWrites(
    config,
    [
      ["a", "other"],
      ["b", 2],
    ],
    "task",
  );
  expect((await checkpointer.getTuple(THREAD))?.pendingWrites).toEqual([
    ["task", "a", 1],
    ["task", "b", 2],
  ]);
});

test("the history of a channel is read without the bodies of the checkpoints on the way", async () => {
  const file = newFile();
  const { checkpointer } = opened(file);
  const first = checkpoint({ text: "seed" });
  let config = await checkpointer.put(THREAD, first, META, first.channel_versions);
  for (let step = 1; step <= 120; step += 1) {
    await checkpointer.putWrites(config, [["text", step]], "task");
    const { channel_versions } = checkpoint({ text: "", other: "" });
    const next = {
      ...checkpoint({ other: step }),
      channel_versions: { ...channel_versions, text: step + 1 },
    };
    config = await checkpointer.put(config, next, META, { text: step + 1, other: step });
  }
  const database = new Database(file);
  database.exec(`update checkpoints set body = x'00' where "order" between 2 and 120`);
  database.close();
  const { text } = await checkpointer.getDeltaChannelHistory({ config, channels: ["text"] });
  expect(text).toEqual({
    seed: "seed",
    writes: Array.from({ length: 120 }, (_, at) => ["task", "text", at + 1]),
  });
});

test("what version 0.1.0 wrote is in the order of its ids, and what is put now comes after it", async () => {
  const file = newFile();
  copyFileSync(fileURLToPath(new URL("../../fixtures/checkpoints/v0.1.0.sqlite", import.meta.url)), file);
  const { checkpointer } = opened(file);
  const thread = { configurable: { thread_id: "finished", checkpoint_ns: "" } };
  const before = await all(checkpointer.list(thread));
  const ids = before.map((tuple) => tuple.checkpoint.id);
  expect(ids).toHaveLength(7);
  expect(ids).toEqual([...ids].sort().reverse());
  const { checkpoint: last, metadata } = before[0]!;
  const old = { ...last, id: "00000000-0000-6000-8000-000000000000" };
  await checkpointer.put(before[0]!.config, old, metadata!, {});
  const after = await all(opened(file).checkpointer.list(thread));
  expect(after.map((tuple) => tuple.checkpoint.id)).toEqual([old.id, ...ids]);
  expect(after[0]?.checkpoint).toEqual(old);
});
