import { Annotation, START, StateGraph, type BaseCheckpointSaver } from "@langchain/langgraph";
import { deltaChannelHistoryTests, validate } from "@langchain/langgraph-checkpoint-validation";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from "vitest";
import type { Durability } from "../../src/durability/durability.ts";
import { all, checkpoint, META, put } from "../durability/checkpoints.ts";
import { describeLeases } from "./leases.ts";
import type { Place } from "./place.ts";
import { describeStore } from "./store.ts";
import { describeThreads } from "./threads.ts";

// LangGraph's own suites for checkpointers take these as globals
Object.assign(globalThis, { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test });

function thread(id: string) {
  return { configurable: { thread_id: id } };
}

/** Names that something else might take for more than names. */
const NAMES = [
  "__proto__",
  "constructor",
  "*",
  "%",
  "../../x",
  "a\0b",
  "a\0c",
  "\ud800",
  "x".repeat(600),
  `'"\\`,
  "ü",
];

/** What must come back as it was, and must not run. */
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

/** What every database promises that keeps threads. */
export function describeDurability(database: string, newPlace: () => Place): void {
  const open: Durability[] = [];
  afterEach(async () => {
    for (const durability of open.splice(0)) await durability.close();
  });
  const openedAt = async (place: Place): Promise<Durability> => {
    const durability = await place.open();
    open.push(durability);
    return durability;
  };
  const opened = (): Promise<Durability> => openedAt(newPlace());

  describe(`LangGraph's suites for checkpoints ${database}`, () => {
    const durabilities = new Map<BaseCheckpointSaver, Durability>();
    const initializer: Parameters<typeof validate>[0] = {
      checkpointerName: database,
      async createCheckpointer() {
        const durability = await newPlace().open();
        durabilities.set(durability.checkpointer, durability);
        return durability.checkpointer;
      },
      async destroyCheckpointer(checkpointer) {
        await durabilities.get(checkpointer)?.close();
      },
    };
    validate(initializer);
    deltaChannelHistoryTests(initializer);
  });

  describe(`the store ${database}`, () => {
    let durability: Durability;
    beforeEach(async () => {
      durability = await opened();
    });
    describeStore(database, () => durability.store);
  });

  describeLeases(database, { newPlace, openedAt });
  describeThreads(database, { newPlace, openedAt });

  describe(`checkpoints ${database}`, () => {
    test("of threads of any name are kept apart", async () => {
      const { checkpointer } = await opened();
      for (const name of NAMES) await put(checkpointer, name, { of: name }, { checkpoint_ns: name });
      for (const name of NAMES) {
        const found = await checkpointer.getTuple({ configurable: { thread_id: name, checkpoint_ns: name } });
        expect(found?.checkpoint.channel_values).toEqual({ of: name });
        expect(found?.config.configurable).toMatchObject({ thread_id: name, checkpoint_ns: name });
        const listed = await all(checkpointer.list(thread(name)));
        expect(listed.map((tuple) => tuple.checkpoint.channel_values)).toEqual([{ of: name }]);
      }
      for (const name of ["%", "*", "a\0b"]) await checkpointer.deleteThread(name);
      expect(await all(checkpointer.list({ configurable: {} }))).toHaveLength(NAMES.length - 3);
      expect({}).not.toHaveProperty("of");
    });

    test.each([undefined, null, 1, "", {}, ["t"]])("are not kept of the thread %j", async (id) => {
      const { checkpointer } = await opened();
      await expect(put(checkpointer, id)).rejects.toMatchObject({
        code: "settings-invalid",
        message:
          'A checkpoint is kept under a thread_id, which is a text that is not empty. Give one in `configurable`, such as { thread_id: "my-thread" }.',
      });
    });

    test("are found by their metadata, compared for real", async () => {
      const { checkpointer } = await opened();
      await put(checkpointer, "t");
      const count = async (filter: Record<string, unknown>) =>
        (await all(checkpointer.list(thread("t"), { filter }))).length;
      expect(await count({ source: "loop" })).toBe(1);
      expect(await count({ parents: {} })).toBe(1);
      expect(await count({ unknown: "x" })).toBe(0);
      expect(await count({ "x' or 1=1 --": 1 })).toBe(0);
      expect(await count({ toString: "x" })).toBe(0);
      expect(await count({ __proto__: null, source: "input" })).toBe(0);
    });

    test("come newest first, as many as are wanted, from before a given one", async () => {
      const { checkpointer } = await opened();
      const configs = [];
      for (let at = 0; at < 120; at += 1) configs.push(await put(checkpointer, `t${at % 3}`, { at }));
      const ats = async (options: object, configurable = {}) => {
        const found = await all(checkpointer.list({ configurable }, options));
        return found.map((tuple) => tuple.checkpoint.channel_values["at"]);
      };
      const newest = Array.from({ length: 120 }, (_, at) => 119 - at);
      const ofOne = newest.filter((at) => at % 3 === 1);
      expect(await ats({})).toEqual(newest);
      expect(await ats({ limit: 70 })).toEqual(newest.slice(0, 70));
      expect(await ats({ limit: 0 })).toEqual([]);
      expect(await ats({}, { thread_id: "t1" })).toEqual(ofOne);
      expect(await ats({ before: configs[61] }, { thread_id: "t1" })).toEqual(ofOne.filter((at) => at < 61));
      expect(await ats({ before: configs[61], limit: 2 })).toEqual([60, 59]);
    });

    test("are read only where they are wanted", async () => {
      const place = newPlace();
      const { checkpointer } = await openedAt(place);
      for (let step = 1; step <= 60; step += 1) {
        const made = checkpoint({ text: String(step).repeat(500) });
        await checkpointer.put(thread("t"), made, { ...META, step }, made.channel_versions);
      }
      const steps = async (options: object) =>
        (await all(checkpointer.list(thread("t"), options))).map(({ metadata }) => metadata?.step);
      // a page of heads is read to find it, and the values of none but itself
      await place.spoil("values", 60);
      expect(await steps({ filter: { step: 60 }, limit: 1 })).toEqual([60]);
      await place.spoil("heads", 60);
      expect(await steps({ limit: 1 })).toEqual([60]);
    });

    test("do not write again what a step left as it was", async () => {
      const { checkpointer } = await opened();
      const written: unknown[] = [];
      const dumps = checkpointer.serde.dumpsTyped.bind(checkpointer.serde);
      checkpointer.serde.dumpsTyped = (value) => {
        written.push(value);
        return dumps(value);
      };
      const big = "x".repeat(200_000);
      const first = checkpoint({ big, count: 1 });
      const config = await checkpointer.put(thread("t"), first, META, first.channel_versions);
      expect(written).toEqual([META, big, 1]);
      written.length = 0;
      const second = checkpoint({ big, count: 2 });
      second.channel_versions["count"] = 2;
      await checkpointer.put(config, second, META, { count: 2 });
      expect(written).toEqual([META, 2]);
      const tuples = await all(checkpointer.list(thread("t")));
      expect(tuples.map((tuple) => tuple.checkpoint.channel_values)).toEqual([
        { big, count: 2 },
        { big, count: 1 },
      ]);
    });

    test("that are put twice are there once; of two executions of a task the first stands", async () => {
      const { checkpointer } = await opened();
      const made = checkpoint({ a: "x".repeat(500) });
      await checkpointer.put(thread("t"), made, META, made.channel_versions);
      const config = await checkpointer.put(thread("t"), made, META, made.channel_versions);
      for (const value of [1, 1, "other"]) {
        const writes: [string, unknown][] = [
          ["a", value],
          ["b", 2],
        ];
        await checkpointer.putWrites(config, writes, "task");
      }
      await checkpointer.putWrites(config, [["__interrupt__", "first"]], "task");
      await checkpointer.putWrites(config, [["__interrupt__", "second"]], "task");
      const [tuple, ...more] = await all(checkpointer.list(thread("t")));
      expect(more).toEqual([]);
      expect(tuple?.pendingWrites).toEqual([
        ["task", "__interrupt__", "second"],
        ["task", "a", 1],
        ["task", "b", 2],
      ]);
    });

    test("hold whatever it is as it was, and do nothing", { timeout: 60_000 }, async () => {
      const State = Annotation.Root({ held: Annotation<unknown>() });
      const place = newPlace();
      const graph = ({ checkpointer }: Durability) =>
        new StateGraph(State)
          .addNode("keep", ({ held }) => ({ held }))
          .addEdge(START, "keep")
          .compile({ checkpointer });
      const first = await openedAt(place);
      for (const [name, held] of Object.entries(HOSTILE)) {
        await graph(first).invoke({ held }, { ...thread(name), durability: "sync" });
      }
      const later = await openedAt(place);
      for (const [name, held] of Object.entries(HOSTILE)) {
        const { values } = await graph(later).getState(thread(name));
        expect((values as { held: unknown }).held).toEqual(held);
      }
      expect((globalThis as Record<string, unknown>)["ran"]).toBeUndefined();
    });
  });
}
