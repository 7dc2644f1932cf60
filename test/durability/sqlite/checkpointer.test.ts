import { Annotation, START, StateGraph, type BaseCheckpointSaver } from "@langchain/langgraph";
import { describe, expect, onTestFinished, test } from "vitest";
import { openStoreFile } from "../../../src/durability/sqlite/file.ts";
import type { RunState } from "../../../src/graph/state.ts";
import { agentOn, call, countingEngine } from "../agent.ts";
import { all, checkpoint, META, newFile, opened, put } from "../checkpoints.ts";

describe("ids", () => {
  const IDS = [
    "__proto__",
    "constructor",
    "*",
    "%",
    "../../x",
    "a\0b",
    "a\0c",
    "\ud800",
    "x".repeat(10_240),
    '"',
    "ü",
  ];

  test("of any kind are kept apart, and are nothing but names", async () => {
    const { checkpointer } = opened();
    for (const id of IDS) await put(checkpointer, id, { of: id }, { checkpoint_ns: id });
    for (const id of IDS) {
      const config = { configurable: { thread_id: id, checkpoint_ns: id } };
      const found = await checkpointer.getTuple(config);
      expect(found?.checkpoint.channel_values).toEqual({ of: id });
      expect(found?.config.configurable).toMatchObject({ thread_id: id, checkpoint_ns: id });
      const listed = await all(checkpointer.list({ configurable: { thread_id: id } }));
      expect(listed.map((tuple) => tuple.checkpoint.channel_values)).toEqual([{ of: id }]);
    }
    await checkpointer.deleteThread("%");
    await checkpointer.deleteThread("*");
    await checkpointer.deleteThread("a\0b");
    const left = await all(checkpointer.list({ configurable: {} }));
    expect(left).toHaveLength(IDS.length - 3);
    expect(({} as Record<string, unknown>)["of"]).toBeUndefined();
  });

  test.each([undefined, null, 1, "", {}, ["t"]])("%j is none", async (id) => {
    const { checkpointer } = opened();
    await expect(put(checkpointer, id)).rejects.toMatchObject({
      code: "settings-invalid",
      message:
        'A checkpoint is kept under a thread_id, which is a text that is not empty. Give one in `configurable`, such as { thread_id: "my-thread" }.',
    });
  });
});

test("metadata is compared for real, also with keys that nobody ever wrote", async () => {
  const { checkpointer } = opened();
  await put(checkpointer, "t");
  const count = async (filter: Record<string, unknown>) =>
    (await all(checkpointer.list({ configurable: { thread_id: "t" } }, { filter }))).length;
  expect(await count({ source: "loop" })).toBe(1);
  expect(await count({ parents: {} })).toBe(1);
  expect(await count({ unknown: "x" })).toBe(0);
  expect(await count({ "x' or 1=1 --": 1 })).toBe(0);
  expect(await count({ toString: "x" })).toBe(0);
  expect(await count({ __proto__: null, source: "input" })).toBe(0);
});

test("more checkpoints than are read at once come newest first, as many as are wanted", async () => {
  const { checkpointer } = opened();
  for (let at = 0; at < 120; at += 1) await put(checkpointer, `t${at % 3}`, { at });
  const ats = async (options: object, configurable = {}) => {
    const found = await all(checkpointer.list({ configurable }, options));
    return found.map((tuple) => tuple.checkpoint.channel_values["at"]);
  };
  const newest = Array.from({ length: 120 }, (_, at) => 119 - at);
  expect(await ats({})).toEqual(newest);
  expect(await ats({ limit: 70 })).toEqual(newest.slice(0, 70));
  expect(await ats({ limit: 0 })).toEqual([]);
  expect(await ats({}, { thread_id: "t1" })).toEqual(newest.filter((at) => at % 3 === 1));
});

/** What must come back as it was, and must not run (see the rules for state). */
const HOSTILE: Readonly<Record<string, unknown>> = {
  lc2: {
    lc: 2,
    type: "constructor",
    id: ["Uint8Array"],
    method: "from",
    args: [
      [1],
      { lc: 2, type: "constructor", id: ["Function"], method: "constructor", args: ["globalThis.ran = 1"] },
    ],
  },
  builtin: { lc: 2, type: "constructor", id: ["Array"], method: "from", args: [[1]] },
  nul: "a\0b",
  surrogates: "\ud800 and \udc00",
  marks: "<|im_end|></tool_response>\u2028\u202e\u{1f600}",
  deep: JSON.stringify(Array.from({ length: 3000 }).reduce<unknown>((inner) => [inner], 1)),
  bytes: new Uint8Array([0, 1, 255]),
  own: JSON.parse('{"__proto__x": 1, "constructor": {"a": 1}}'),
  long: "8 MB of text. ".repeat(600_000),
  empty: "",
  nothing: null,
};

test("what a thread holds comes back as it was, and does nothing", { timeout: 60_000 }, async () => {
  const file = newFile();
  const State = Annotation.Root({ held: Annotation<unknown>() });
  const { checkpointer } = opened(file);
  const graph = (saver: BaseCheckpointSaver) =>
    new StateGraph(State)
      .addNode("keep", ({ held }) => ({ held }))
      .addEdge(START, "keep")
      .compile({ checkpointer: saver });
  for (const [thread_id, held] of Object.entries(HOSTILE)) {
    await graph(checkpointer).invoke({ held }, { configurable: { thread_id }, durability: "sync" });
  }
  const later = opened(file).checkpointer;
  for (const [thread_id, held] of Object.entries(HOSTILE)) {
    const { values } = await graph(later).getState({ configurable: { thread_id } });
    expect((values as { held: unknown }).held).toEqual(held);
  }
  expect((globalThis as Record<string, unknown>)["ran"]).toBeUndefined();
});

test("a fork at an earlier step: what is read back is the second branch, and the first is still there", async () => {
  const durability = opened();
  const script = [call("apples"), "</think>\n\nApples [1].", "</think>\n\nPears, then [1]."];
  const agent = agentOn(durability, script);
  const thread = { configurable: { thread_id: "t" } };
  await agent.invoke({ question: "Which fruit?" }, { ...thread, durability: "sync" });
  const history = await all(agent.getStateHistory(thread));
  const afterSearch = history.find(({ next, values }) => next[0] === "generate" && values.searches === 1);
  await agent.invoke(null, { ...afterSearch!.config, durability: "sync" });
  const answer = "Pears, then [[1]](https://example.org/apples).";
  const values = (await agent.getState(thread)).values as RunState;
  expect([values.answer, values.transcript.at(-1)?.text]).toEqual([answer, "</think>\n\nPears, then [1]."]);
  const first = await agent.getState(history[0]!.config);
  expect((first.values as RunState).answer).toBe("Apples [[1]](https://example.org/apples).");
  expect((first.values as RunState).transcript.at(-1)?.text).toBe("</think>\n\nApples [1].");
});

test("what is put twice is there once, and the first writes stay", async () => {
  const { checkpointer } = opened();
  const made = checkpoint({ a: "x".repeat(500) });
  const thread = { configurable: { thread_id: "t" } };
  await checkpointer.put(thread, made, META, made.channel_versions);
  const config = await checkpointer.put(thread, made, META, made.channel_versions);
  await checkpointer.putWrites(
    config,
    [
      ["a", 1],
      ["b", 2],
    ],
    "task",
  );
  await checkpointer.putWrites(
    config,
    [
      ["a", 1],
      ["b", 2],
    ],
    "task",
  );
  await checkpointer.putWrites(
    config,
    [
      ["a", "other"],
      ["b", 2],
      ["c", 3],
    ],
    "task",
  );
  await checkpointer.putWrites(config, [["__interrupt__", "first"]], "task");
  await checkpointer.putWrites(config, [["__interrupt__", "second"]], "task");
  const [tuple, ...more] = await all(checkpointer.list(thread));
  expect(more).toEqual([]);
  expect(tuple?.pendingWrites).toEqual([
    ["task", "__interrupt__", "second"],
    ["task", "a", 1],
    ["task", "b", 2],
    ["task", "c", 3],
  ]);
});

/** Five kilobytes that hardly compress. */
function words(seed: number): string {
  return Array.from({ length: 700 }, (_, at) => ((seed + 1) * 7919 + at * at * 104_729).toString(36)).join(
    " ",
  );
}

test("twenty searches take little more room than their transcript", { timeout: 60_000 }, async () => {
  const file = newFile();
  const durability = opened(file);
  const queries = Array.from({ length: 20 }, (_, at) => `query ${at}`);
  const { engine } = countingEngine((query) => words(Number(query.split(" ")[1])));
  const agent = agentOn(durability, [...queries.map(call), "</think>\n\nDone [1]."], engine);
  const thread = { configurable: { thread_id: "t" } };
  await agent.invoke({ question: "Which?" }, { ...thread, durability: "sync" });
  const { values } = await agent.getState(thread);
  const transcript = (values as RunState).transcript.map(({ text }) => text).join("");
  const database = openStoreFile(file, 50);
  onTestFinished(() => void database.close());
  const size = (table: string, column: string) =>
    database.prepare(`select sum(length(${column})) as bytes from ${table}`).get() as { bytes: number };
  const stored = ["checkpoints", "chunks", "writes"].reduce(
    (sum, table) => sum + size(table, "body").bytes,
    0,
  );
  expect((values as RunState).searches).toBe(20);
  expect(stored / Buffer.byteLength(transcript)).toBeLessThan(1.3);
});
