import type {
  BaseStore,
  GetOperation,
  ListNamespacesOperation,
  PutOperation,
  SearchOperation,
} from "@langchain/langgraph";
import { describe, expect, onTestFinished, test } from "vitest";

const FRUIT: readonly (readonly [string[], string, Record<string, unknown>])[] = [
  [["fruit"], "list", { kind: "list" }],
  [["fruit", "stone"], "plum", { name: "plum", weight: 60, ripe: true }],
  [["fruit", "stone"], "peach", { name: "peach", weight: 150, ripe: false }],
  [["fruit", "pome"], "apple", { name: "apple", weight: 180, ripe: true }],
  [["fruity"], "drink", { name: "squash" }],
  [["vegetable", "stone"], "marrow", { name: "marrow", weight: 900 }],
];

async function keysIn(
  store: BaseStore,
  prefix: string[],
  options?: Parameters<BaseStore["search"]>[1],
): Promise<string[]> {
  return (await store.search(prefix, options)).map(({ key }) => key).sort();
}

/** What every store promises that keeps things for LangGraph. `create` gives an empty one. */
export function describeStore(storeName: string, create: () => BaseStore): void {
  function opened(): BaseStore {
    const store = create();
    onTestFinished(() => store.stop());
    return store;
  }
  async function filled(): Promise<BaseStore> {
    const store = opened();
    for (const [namespace, key, value] of FRUIT) await store.put(namespace, key, value);
    return store;
  }

  describe(`the store ${storeName}`, () => {
    test("what was put is got, with its place and its times", async () => {
      const store = await filled();
      const before = new Date();
      const item = await store.get(["fruit", "stone"], "plum");
      expect(item).toEqual({
        namespace: ["fruit", "stone"],
        key: "plum",
        value: { name: "plum", weight: 60, ripe: true },
        createdAt: expect.any(Date),
        updatedAt: expect.any(Date),
      });
      expect(item!.updatedAt.getTime()).toBeLessThanOrEqual(before.getTime());
      expect(await store.get(["fruit", "stone"], "pear")).toBeNull();
      expect(await store.get(["fruit"], "plum")).toBeNull();
      expect(await store.get(["nothing"], "plum")).toBeNull();
    });

    test("a second put replaces the value and keeps the time of the first", async () => {
      const store = await filled();
      const createdAt = (await store.get(["fruit"], "list"))?.createdAt.getTime();
      await store.put(["fruit"], "list", { other: 1 });
      const item = await store.get(["fruit"], "list");
      expect(item?.value).toEqual({ other: 1 });
      expect(item?.createdAt.getTime()).toBe(createdAt);
      expect(await keysIn(store, ["fruit"])).toEqual(["apple", "list", "peach", "plum"]);
    });

    test("what was deleted is gone, and nothing else; deleting nothing is no error", async () => {
      const store = await filled();
      await store.delete(["fruit", "stone"], "plum");
      await store.delete(["fruit", "stone"], "plum");
      await store.delete(["nowhere"], "plum");
      expect(await store.get(["fruit", "stone"], "plum")).toBeNull();
      expect(await keysIn(store, ["fruit", "stone"])).toEqual(["peach"]);
    });

    test("a prefix finds what is in it and below it, and not what only begins like it", async () => {
      const store = await filled();
      expect(await keysIn(store, ["fruit"])).toEqual(["apple", "list", "peach", "plum"]);
      expect(await keysIn(store, ["fruit", "stone"])).toEqual(["peach", "plum"]);
      expect(await keysIn(store, ["stone"])).toEqual([]);
      expect(await keysIn(store, [])).toEqual(["apple", "drink", "list", "marrow", "peach", "plum"]);
    });

    test("limit and offset go through all of it once; ten without a limit", async () => {
      const store = opened();
      const keys = Array.from({ length: 500 }, (_value, at) => `key-${String(at).padStart(3, "0")}`);
      await store.batch(keys.map((key) => ({ namespace: ["many", key.slice(-1)], key, value: { key } })));
      expect(await store.search(["many"])).toHaveLength(10);
      expect(await store.search(["many"], { limit: 0 })).toEqual([]);
      expect(await store.search(["many"], { offset: 500 })).toEqual([]);
      const found: string[] = [];
      for (let offset = 0; offset < 500; offset += 70) {
        found.push(...(await store.search(["many"], { limit: 70, offset })).map(({ key }) => key));
      }
      expect(found.sort()).toEqual(keys);
    });

    test.each<[string, Record<string, unknown>, readonly string[]]>([
      ["a field", { name: "plum" }, ["plum"]],
      ["two fields", { ripe: true, weight: 180 }, ["apple"]],
      ["$eq", { weight: { $eq: 60 } }, ["plum"]],
      ["$ne, also for a field that is not there", { weight: { $ne: 60 } }, ["apple", "list", "peach"]],
      ["$gt", { weight: { $gt: 150 } }, ["apple"]],
      ["$gte and $lt", { weight: { $gte: 60, $lt: 180 } }, ["peach", "plum"]],
      ["$lte", { weight: { $lte: 60 } }, ["plum"]],
      ["$in", { name: { $in: ["plum", "apple"] } }, ["apple", "plum"]],
      ["$nin", { name: { $nin: ["plum", "apple"] } }, ["list", "peach"]],
      ["no operator at all", { name: {} }, ["apple", "list", "peach", "plum"]],
      ["an object, which no field equals", { name: { plum: 1 } }, []],
      ["nothing", {}, ["apple", "list", "peach", "plum"]],
    ])("a filter by %s", async (_title, filter, keys) => {
      expect(await keysIn(await filled(), ["fruit"], { filter })).toEqual(keys);
    });

    test("a filter counts before limit and offset", async () => {
      const store = await filled();
      const first = await keysIn(store, ["fruit"], { filter: { ripe: true }, limit: 1 });
      const second = await keysIn(store, ["fruit"], { filter: { ripe: true }, limit: 1, offset: 1 });
      expect([...first, ...second].sort()).toEqual(["apple", "plum"]);
      expect(await keysIn(store, ["fruit"], { filter: { ripe: true }, offset: 2 })).toEqual([]);
    });

    test("namespaces by prefix, suffix, wildcard and depth, in order", async () => {
      const store = await filled();
      const all = [["fruit"], ["fruit", "pome"], ["fruit", "stone"], ["fruity"], ["vegetable", "stone"]];
      expect(await store.listNamespaces()).toEqual(all);
      expect(await store.listNamespaces({ prefix: ["fruit"] })).toEqual(all.slice(0, 3));
      expect(await store.listNamespaces({ suffix: ["stone"] })).toEqual([all[2], all[4]]);
      expect(await store.listNamespaces({ prefix: ["*", "stone"] })).toEqual([all[2], all[4]]);
      expect(await store.listNamespaces({ prefix: ["fruit"], suffix: ["stone"] })).toEqual([all[2]]);
      expect(await store.listNamespaces({ suffix: ["a", "b", "c"] })).toEqual([]);
      expect(await store.listNamespaces({ maxDepth: 1 })).toEqual([["fruit"], ["fruity"], ["vegetable"]]);
      expect(await store.listNamespaces({ maxDepth: 1, offset: 1, limit: 1 })).toEqual([["fruity"]]);
    });

    test("a batch answers each operation in its place", async () => {
      const store = await filled();
      const [item, found, , namespaces, nothing] = await store.batch<
        [GetOperation, SearchOperation, PutOperation, ListNamespacesOperation, GetOperation]
      >([
        { namespace: ["fruit"], key: "list" },
        { namespacePrefix: ["fruit", "pome"], limit: 5, offset: 0 },
        { namespace: ["new"], key: "one", value: { one: 1 } },
        { matchConditions: [{ matchType: "prefix", path: ["fruity"] }], limit: 5, offset: 0 },
        { namespace: ["nowhere"], key: "list" },
      ]);
      expect(item?.value).toEqual({ kind: "list" });
      expect(found.map(({ key }) => key)).toEqual(["apple"]);
      expect(namespaces).toEqual([["fruity"]]);
      expect(nothing).toBeNull();
      expect((await store.get(["new"], "one"))?.value).toEqual({ one: 1 });
    });

    test.each([[[]], [["a.b"]], [["a:b"]], [[""]], [["a\0"]], [["langgraph", "a"]]])(
      "nothing is put into the namespace %j",
      async (namespace) => {
        await expect(opened().put(namespace, "key", {})).rejects.toMatchObject({
          name: "InvalidNamespaceError",
        });
      },
    );

    test.each([
      ["a prototype", "__proto__"],
      ["a constructor", "constructor"],
      ["a wildcard", "*"],
      ["a wildcard of SQL", "%"],
      ["another wildcard of SQL", "_"],
      ["a quote", "'"],
      ["a double quote", '"'],
      ["a backslash", "\\"],
      ["an accent", "é"],
      ["an emoji", "\u{1F34E}"],
      ["10,000 characters", "x".repeat(10_000)],
    ])("%s is a label and a key like any other", async (_title, name) => {
      const store = await filled();
      await store.put([name, "a"], name, { of: "it" });
      await store.put([name, "b"], name, { of: "another" });
      expect((await store.get([name, "a"], name))?.value).toEqual({ of: "it" });
      expect(await keysIn(store, [name])).toEqual([name, name]);
      expect(await store.listNamespaces({ prefix: ["fruit", "stone"] })).toEqual([["fruit", "stone"]]);
      expect(await keysIn(store, ["fruit"])).toEqual(["apple", "list", "peach", "plum"]);
      expect({}).not.toHaveProperty("of");
    });

    test.each<[string, Record<string, unknown>]>([
      ["an empty object", {}],
      [
        "every kind of JSON",
        { text: "é\n", number: -1.5e300, yes: true, none: null, list: [1, [2], {}], in: { in: {} } },
      ],
      ["NUL and lone surrogates", { text: "a\0b\ud800c\udc00", "key\0\ud800": 1 }],
      ["what a serializer might revive", { lc: 1, type: "constructor", id: ["Map"], kwargs: {} }],
      ["a prototype", JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": 1}}')],
      ["eight million characters", { text: "x".repeat(8_000_000) }],
    ])("%s comes back as it was", async (_title, value) => {
      const store = opened();
      await store.put(["values"], "value", value);
      const found = (await store.get(["values"], "value"))!.value;
      expect(JSON.stringify(found)).toBe(JSON.stringify(value));
      expect(Object.getPrototypeOf(found)).toBe(Object.prototype);
      expect({}).not.toHaveProperty("polluted");
    });
  });
}
