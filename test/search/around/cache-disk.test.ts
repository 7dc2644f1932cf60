import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { describe, expect, onTestFinished, test } from "vitest";
import { createDiskCache, type DiskCacheOptions } from "../../../src/search/around/cache-disk.ts";
import type { CacheStore, KeptAnswer } from "../../../src/search/around/cache-store.ts";
import { withCache } from "../../../src/search/around/cache.ts";
import { bundleProgram } from "../../bundle.ts";
import { SECRET } from "../engines/wire/http-harness.ts";
import { createFolder } from "../temporary-folder.ts";
import { found, startScript, tavilyAt, TAVILY, told } from "./wrapped.ts";

function open(file: string, options: Partial<DiskCacheOptions> = {}): CacheStore & { problems: string[] } {
  const problems: string[] = [];
  const store = createDiskCache({ file, onProblem: (message) => problems.push(message), ...options });
  onTestFinished(() => store.close());
  return { ...store, problems };
}

function newFile(): string {
  return join(createFolder(), "below", "cache.sqlite");
}

function entry(text: string, expires = 2000, at = 1000): KeptAnswer {
  return {
    engine: "tavily",
    at,
    expires,
    answer: { status: "found", results: [{ title: "", url: "", text }] },
  };
}

function rawly<Value>(file: string, work: (database: Database.Database) => Value): Value {
  const database = new Database(file);
  try {
    return work(database);
  } finally {
    database.close();
  }
}

test("answers outlive the process", async () => {
  const server = await startScript(found);
  const file = newFile();
  const first = open(file);
  await withCache(tavilyAt(server), { store: first }).search("q");
  first.close();
  const outcome = await withCache(tavilyAt(server), { store: open(file) }).search("q");
  expect(told(outcome)).toEqual(["tavily cache found"]);
  expect(outcome).toMatchObject({ status: "found", results: TAVILY.results });
  expect(server.times).toHaveLength(1);
});

test("neither a key, nor a query, nor what the fingerprint was made of is on the disk", async () => {
  const server = await startScript(found);
  const file = newFile();
  const store = open(file);
  const engine = withCache(tavilyAt(server), { store, fingerprint: `key=${SECRET}` });
  await engine.search("a private question");
  expect(told(await engine.search("a private question"))).toEqual(["tavily cache found"]);
  const files = readdirSync(join(file, ".."));
  const bytes = files.map((name) => readFileSync(join(file, "..", name), "latin1")).join("");
  expect(bytes).toContain("Hafnium was discovered in 1923");
  expect(bytes).not.toContain(SECRET);
  expect(bytes).not.toContain("private");
});

describe("a damaged row is no answer, and is overwritten", () => {
  const good = '{"status":"found","results":[{"title":"t","url":"","text":"x"}]}';
  test.each([
    ["not JSON", "answer", '{"status":"found","res'],
    ["of another shape", "answer", '{"lc":1,"type":"constructor","id":["x"]}'],
    ["a failure", "answer", '{"status":"failed","failure":{"kind":"timeout","message":"m"}}'],
    ["without results", "answer", '{"status":"found","results":[]}'],
    ["with a dangerous URL", "answer", good.replace('"url":""', '"url":"javascript:alert(1)"')],
    ["with a time that is none", "at", "soon"],
  ])("%s", async (_name, column, value) => {
    const server = await startScript(found);
    const file = newFile();
    const store = open(file);
    const engine = withCache(tavilyAt(server), { store });
    await engine.search("q");
    rawly(file, (database) => database.prepare(`update answers set ${column} = ?`).run(value));
    expect(told(await engine.search("q"))).toEqual(["tavily engine found"]);
    expect(told(await engine.search("q"))).toEqual(["tavily cache found"]);
    expect(store.problems).toEqual([]);
  });

  test("and what was written into a good one is cleaned", async () => {
    const file = newFile();
    const store = open(file);
    store.put("k", entry("text"));
    const dirty = JSON.stringify({
      status: "found",
      results: [
        { title: "a\u001b[31m\nb", url: "https://example.com", text: "c\u0007d\u200Be\nf", extra: 1 },
      ],
    });
    rawly(file, (database) => database.prepare("update answers set answer = ?").run(dirty));
    expect(store.get("k")?.answer).toEqual({
      status: "found",
      results: [{ title: "a b", url: "https://example.com", text: "cde\nf" }],
    });
  });
});

describe("a damaged file is put aside, told once, and begun anew", () => {
  test.each([
    ["text", () => Buffer.from("this is no database at all, but a text. ".repeat(100))],
    ["a torn database", (whole: Buffer) => Buffer.concat([whole.subarray(0, 200), Buffer.alloc(12_000, 7)])],
  ])("%s", async (_name, damage) => {
    const server = await startScript(found);
    const file = newFile();
    const before = open(file);
    before.put("k", entry("x".repeat(20_000)));
    before.close();
    const bytes = damage(readFileSync(file));
    writeFileSync(file, bytes);
    const store = open(file);
    const engine = withCache(tavilyAt(server), { store });
    expect(told(await engine.search("q"))).toEqual(["tavily engine found"]);
    expect(told(await engine.search("q"))).toEqual(["tavily cache found"]);
    expect(store.problems).toEqual([
      expect.stringMatching(
        /^The search cache .* is damaged \(.*\)\. It is now .*\.damaged, and a new one is begun\.$/u,
      ),
    ]);
    expect(readFileSync(`${file}.damaged`).equals(bytes)).toBe(true);
  });

  test("an older version is begun anew without a word", () => {
    const file = newFile();
    const before = open(file);
    before.put("k", entry("old"));
    before.close();
    rawly(file, (database) =>
      database.exec("pragma user_version = 77; alter table answers rename column at to wrong"),
    );
    const store = open(file);
    expect(store.get("k")).toBeUndefined();
    store.put("k", entry("new"));
    expect(store.get("k")).toEqual(entry("new"));
    expect(store.problems).toEqual([]);
  });
});

/** Both searches ask the engine; gives what was told of the cache. */
async function searchTwice(file: string): Promise<readonly string[]> {
  const server = await startScript(found);
  const store = open(file);
  const engine = withCache(tavilyAt(server), { store });
  expect(told(await engine.search("q"))).toEqual(["tavily engine found"]);
  expect(told(await engine.search("q"))).toEqual(["tavily engine found"]);
  return store.problems;
}

describe("searches go on without a cache, and it is said once", () => {
  test("when the file is a database of another program, which stays as it is", async () => {
    const file = join(createFolder(), "other.sqlite");
    rawly(file, (database) => database.exec("create table mine (a); insert into mine values (1)"));
    const bytes = readFileSync(file);
    expect(await searchTwice(file)).toEqual([
      `The search cache ${file} is a database of another program. Choose another file. Searches go on without it.`,
    ]);
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  test("when it is a folder", async () => {
    const file = newFile();
    mkdirSync(file, { recursive: true });
    expect(await searchTwice(file)).toEqual([expect.stringContaining("Searches go on without it.")]);
    expect(existsSync(`${file}.damaged`)).toBe(false);
  });

  test("when its folder cannot be made", async () => {
    const folder = createFolder({ file: "text" });
    expect(await searchTwice(join(folder, "file", "cache.sqlite"))).toEqual([
      expect.stringContaining("Searches go on without it."),
    ]);
  });
});

test("a lock of another process is waited for shortly, and costs only the cache", async () => {
  const server = await startScript(found);
  const file = newFile();
  const store = open(file);
  const engine = withCache(tavilyAt(server), { store });
  await engine.search("a");
  const other = new Database(file);
  other.exec("begin immediate");
  expect(told(await engine.search("b"))).toEqual(["tavily engine found"]);
  expect(told(await engine.search("a"))).toEqual(["tavily cache found"]);
  other.exec("rollback");
  other.close();
  await engine.search("b");
  expect(told(await engine.search("b"))).toEqual(["tavily cache found"]);
  expect(store.problems).toEqual([]);
});

test("its size is bounded: what expires first makes room, and what has expired goes", () => {
  const store = open(newFile(), { maxBytes: 10_000 });
  for (let index = 0; index < 12; index++) store.put(`k${index}`, entry("x".repeat(900), 2000 + index));
  const kept = Array.from({ length: 12 }, (_value, index) => store.get(`k${index}`) !== undefined);
  // ten fit; when the eleventh comes, room is made down to nine tenths, and then there is room for the twelfth
  expect(kept).toEqual([false, false, ...Array.from({ length: 10 }, () => true)]);
  store.put("late", entry("y", 9000, 2010));
  expect([store.get("k10"), store.get("k11")]).toEqual([undefined, entry("x".repeat(900), 2011)]);
  store.put("huge", entry("z".repeat(10_000)));
  expect(store.get("huge")).toBeUndefined();
  expect(store.get("late")).toEqual(entry("y", 9000, 2010));
});

test("two processes share a file", async () => {
  const file = newFile();
  const store = open(file);
  const writer = await bundleProgram(new URL("cache-writer.ts", import.meta.url));
  const child = spawn(process.execPath, [writer, file], { stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  const ended = once(child, "close");
  let mine = 0;
  while (child.exitCode === null) {
    store.put(`mine${mine}`, entry(`mine${mine}`));
    if (store.get(`mine${mine}`) !== undefined) mine += 1;
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
  expect(await ended).toEqual([0, null]);
  expect(out).toBe("[]\n");
  expect(store.problems).toEqual([]);
  expect(mine).toBeGreaterThan(0);
  for (let index = 0; index < 200; index++) {
    expect(store.get(`theirs${index}`)).toEqual(entry(`theirs${index}`));
  }
  for (let index = 0; index < mine; index++) expect(store.get(`mine${index}`)).toEqual(entry(`mine${index}`));
});
