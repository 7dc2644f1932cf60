import { join } from "node:path";
import { InMemoryStore } from "@langchain/langgraph";
import { describe, expect, onTestFinished, test } from "vitest";
import { createSqliteStore } from "../../../src/durability/sqlite/sqlite.ts";
import type { SearchResult } from "../../../src/search/engine.ts";
import { createJournaledEngine } from "../../../src/search/journal/journal.ts";
import { ASKED, engineOf, FOUND, itemsOf, STEP, still } from "./ask.ts";
import { createFolder } from "../temporary-folder.ts";

const HOSTILE: readonly (readonly [string, SearchResult])[] = [
  ["NUL", { title: "a\0b", url: "", text: "\0" }],
  ["lone surrogates", { title: "\ud800", url: "", text: "x\udc00\ud800y" }],
  [
    "JSON that a serializer would revive",
    {
      title: '{"lc":1,"type":"constructor","id":["x"]}',
      url: "",
      text: '{"lc":2,"type":"constructor","id":["Uint8Array"],"method":"from","args":[]}',
    },
  ],
  [
    "JSON with a prototype",
    {
      title: '{"__proto__":{"polluted":true}}',
      url: "",
      text: '{"constructor":{"prototype":{"polluted":true}}}',
    },
  ],
  ["deep JSON", { title: "deep", url: "", text: "[".repeat(100_000) }],
  ["two million characters", { title: "long", url: "", text: "é".repeat(2_000_000) }],
];

describe.each([
  ["in memory", () => new InMemoryStore()],
  ["in SQLite", () => createSqliteStore(join(createFolder(), "store.sqlite"))],
] as const)("a store %s", (_title, create) => {
  test.each(HOSTILE)("gives back %s as text, and nothing of it is an object there", async (_name, result) => {
    const store = create();
    onTestFinished(() => store.stop());
    const { engine, asked } = engineOf({ status: "found", results: [result] });
    const journaled = createJournaledEngine(engine, store);
    await journaled.search("plums", STEP);
    expect(await journaled.search("plums", STEP)).toMatchObject({ status: "found", results: [result] });
    expect(asked).toEqual(["plums"]);
    const items = await store.search(["agentic-rag", "searches"]);
    expect(items.map(({ value }) => value)).toEqual([{ version: 1, outcome: expect.any(String) }]);
    expect({}).not.toHaveProperty("polluted");
  });
});

test("what an engine returns besides the fields of a result is not kept", async () => {
  const store = new InMemoryStore();
  const result = { title: "t", url: "", text: "x", raw: { lc: 1 }, date: undefined };
  const { engine, asked } = engineOf({ status: "found", results: [result as never] });
  const journaled = createJournaledEngine(engine, store);
  await journaled.search("plums", STEP);
  expect(await journaled.search("plums", STEP)).toMatchObject({
    results: [{ title: "t", url: "", text: "x" }],
  });
  expect(asked).toEqual(["plums"]);
  expect(JSON.stringify(await itemsOf(store))).not.toContain("lc");
});

test.each<[string, Record<string, unknown>]>([
  ["no JSON", { version: 1, outcome: "{" }],
  ["no text", { version: 1, outcome: { status: "nothing", attempts: [] } }],
  ["of another version", { version: 2, outcome: '{"status":"nothing","attempts":[]}' }],
  ["without a version", { outcome: '{"status":"nothing","attempts":[]}' }],
  ["with more fields", { version: 1, outcome: '{"status":"nothing","attempts":[]}', lc: 1 }],
  ["with more fields inside", { version: 1, outcome: '{"status":"nothing","attempts":[],"lc":1}' }],
  ["of an unknown status", { version: 1, outcome: '{"status":"failed","attempts":[]}' }],
  ["without results", { version: 1, outcome: '{"status":"found","attempts":[]}' }],
  [
    "with a result that is none",
    { version: 1, outcome: '{"status":"found","attempts":[],"results":[{"title":1,"url":"","text":""}]}' },
  ],
  [
    "with tries that are none",
    { version: 1, outcome: JSON.stringify({ status: "nothing", attempts: [{ ...ASKED, from: "x" }] }) },
  ],
  ["empty", {}],
])("an entry that is %s is not there: the search is sent, and the entry replaced", async (_name, value) => {
  const store = new InMemoryStore();
  const { engine, asked } = engineOf(FOUND);
  const journaled = createJournaledEngine(engine, store, still);
  await journaled.search("plums", STEP);
  const [item] = await itemsOf(store);
  await store.put(item!.namespace, item!.key, value);
  expect(await journaled.search("plums", STEP)).toEqual({ ...FOUND, attempts: [ASKED] });
  expect(asked).toEqual(["plums", "plums"]);
  expect(await itemsOf(store)).toEqual([item]);
});
