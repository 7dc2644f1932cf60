import { EventEmitter } from "node:events";
import { describe, expect, onTestFinished, test } from "vitest";
import { join } from "node:path";
import { createDiskCache } from "../../../src/search/around/cache-disk.ts";
import { createMemoryCache } from "../../../src/search/around/cache-store.ts";
import type { CacheStore } from "../../../src/search/around/cache-store.ts";
import { type CacheOptions, withCache } from "../../../src/search/around/cache.ts";
import type { SearchEngine } from "../../../src/search/engine.ts";
import { createFallbackEngine } from "../../../src/search/around/fallback.ts";
import { withRetry } from "../../../src/search/around/retry.ts";
import { createFolder } from "../temporary-folder.ts";
import { failing, found, nothing, refused, startScript, tavilyAt, TAVILY, told } from "./wrapped.ts";

const STORES: readonly (readonly [string, () => CacheStore])[] = [
  ["memory", () => createMemoryCache()],
  [
    "disk",
    () => {
      const store = createDiskCache({ file: join(createFolder(), "cache.sqlite") });
      onTestFinished(() => store.close());
      return store;
    },
  ],
];

describe.each(STORES)("a cache in %s", (_name, createStore) => {
  function cached(engine: SearchEngine, options: CacheOptions = {}): SearchEngine {
    return withCache(engine, { store: createStore(), ...options });
  }

  test("answers from what was answered before", async () => {
    const server = await startScript(found);
    const engine = cached(tavilyAt(server));
    const first = await engine.search("who discovered hafnium");
    const second = await engine.search("who discovered hafnium");
    expect(told(first)).toEqual(["tavily engine found"]);
    expect(told(second)).toEqual(["tavily cache found"]);
    expect(second).toMatchObject({ status: "found", results: TAVILY.results });
    expect(server.times).toHaveLength(1);
  });

  test("knows a query whatever its case, white space and Unicode form", async () => {
    const server = await startScript(found);
    const engine = cached(tavilyAt(server));
    await engine.search("Café  ISTANBUL");
    expect(told(await engine.search(" cafe\u0301\nistanbul "))).toEqual(["tavily cache found"]);
    expect(told(await engine.search("cafe istanbul"))).toEqual(["tavily engine found"]);
  });

  test("asks again for another number of results, engine or fingerprint", async () => {
    const server = await startScript(found);
    const store = createStore();
    const ask = (options: CacheOptions, maxResults: number, name = "tavily") =>
      withCache(tavilyAt(server, name), { store, ...options }).search("q", { maxResults });
    await ask({ fingerprint: "de" }, 5);
    for (const [fingerprint, maxResults, name, from] of [
      ["de", 5, "tavily", "cache"],
      ["de", 4, "tavily", "engine"],
      ["en", 5, "tavily", "engine"],
      ["de", 5, "other", "engine"],
    ] as const) {
      expect(told(await ask({ fingerprint }, maxResults, name))).toEqual([`${name} ${from} found`]);
    }
  });

  test("keeps what was found for a day, and that nothing was found for ten minutes", async () => {
    let now = 1_000_000;
    const server = await startScript(found, nothing);
    const engine = cached(tavilyAt(server), { now: () => now });
    await engine.search("a");
    await engine.search("b");
    now += 599_999;
    expect(told(await engine.search("b"))).toEqual(["tavily cache nothing"]);
    now += 1;
    expect(told(await engine.search("b"))).toEqual(["tavily engine nothing"]);
    now = 1_000_000 + 86_399_999;
    expect(told(await engine.search("a"))).toEqual(["tavily cache found"]);
    now += 1;
    expect(told(await engine.search("a"))).toEqual(["tavily engine nothing"]);
  });

  test("a shorter lifetime holds for what was kept before, and a clock set back ends it", async () => {
    let now = 1_000_000;
    const server = await startScript(found);
    const store = createStore();
    const long = withCache(tavilyAt(server), { store, now: () => now });
    const short = withCache(tavilyAt(server), { store, now: () => now, lifetimeMs: 1000 });
    await long.search("q");
    now += 1000;
    expect(told(await long.search("q"))).toEqual(["tavily cache found"]);
    expect(told(await short.search("q"))).toEqual(["tavily engine found"]);
    now -= 1;
    expect(told(await long.search("q"))).toEqual(["tavily engine found"]);
  });

  test.each([401, 429, 432, 500])("never keeps the failure of status %i", async (status) => {
    const server = await startScript(refused(status), found);
    const store = createStore();
    const kept: string[] = [];
    const watched: CacheStore = {
      ...store,
      put(key, answer) {
        kept.push(answer.answer.status);
        store.put(key, answer);
      },
    };
    const engine = withCache(tavilyAt(server), { store: watched });
    expect((await engine.search("q")).status).toBe("failed");
    expect(kept).toEqual([]);
    expect(told(await engine.search("q"))).toEqual(["tavily engine found"]);
  });

  test("tells which engine of a chain gave the answer", async () => {
    const [down, well] = [await startScript(refused(500)), await startScript(found)];
    const engine = cached(createFallbackEngine([tavilyAt(down, "a"), tavilyAt(well, "b")]));
    await engine.search("q");
    expect(told(await engine.search("q"))).toEqual(["b cache found"]);
  });
});

describe("the same search while it is under way", () => {
  test("is shared", async () => {
    const server = await startScript(found);
    const engine = withCache(tavilyAt(server));
    const outcomes = await Promise.all([engine.search("q"), engine.search(" Q"), engine.search("other")]);
    expect(outcomes.map(told)).toEqual([
      ["tavily engine found"],
      ["tavily shared found"],
      ["tavily engine found"],
    ]);
    expect(server.times).toHaveLength(2);
  });

  test("is shared when it fails, and begun anew afterwards", async () => {
    const server = await startScript(refused(500), found);
    const engine = withCache(tavilyAt(server));
    const outcomes = await Promise.all([engine.search("q"), engine.search("q")]);
    expect(outcomes.map(told)).toEqual([["tavily engine server-error"], ["tavily shared server-error"]]);
    const [first, second] = outcomes.map(({ attempts }) => attempts?.[0]?.failure?.message);
    expect(first).toContain("HTTP status 500");
    expect(second).toBe(first);
    expect(told(await engine.search("q"))).toEqual(["tavily engine found"]);
  });

  test("goes on for the others when the first one is aborted", async () => {
    const gate = new EventEmitter();
    const server = await startScript((response, request) => {
      gate.once("answer", () => found(response, request));
    });
    const engine = withCache(tavilyAt(server));
    const controller = new AbortController();
    const first = engine.search("q", { signal: controller.signal });
    const second = engine.search("q", { signal: new AbortController().signal });
    await server.asked;
    controller.abort();
    await expect(first).rejects.toMatchObject({ name: "AbortError" });
    gate.emit("answer");
    expect(told(await second)).toEqual(["tavily shared found"]);
    expect(server.times).toHaveLength(1);
  });

  test("ends with the last one who waits, and the next one begins anew", async () => {
    const server = await startScript(() => undefined, found);
    const engine = withCache(tavilyAt(server));
    const controllers = [new AbortController(), new AbortController()];
    const searches = controllers.map(({ signal }) => engine.search("q", { signal }));
    const ended = Promise.allSettled(searches);
    await server.asked;
    for (const controller of controllers) controller.abort();
    expect((await ended).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await server.disconnected;
    expect(told(await engine.search("q"))).toEqual(["tavily engine found"]);
  });

  test("ends for each one whose time is over", async () => {
    const hanging = await startScript(() => undefined);
    const chain = createFallbackEngine([failing("a"), tavilyAt(hanging, "b")]);
    const engine = withRetry(withCache(chain), { deadlineMs: 200 });
    const outcomes = await Promise.all([engine.search("q"), engine.search("q")]);
    await hanging.disconnected;
    expect(outcomes.map(told)).toEqual([["a > b engine timeout"], ["a > b engine timeout"]]);
  });
});

test("what is waited before a search that may be shared is told with it", async () => {
  const server = await startScript(refused(429, { "retry-after-ms": "40" }), found);
  const outcome = await withRetry(withCache(tavilyAt(server)), { backoffMs: 0 }).search("q");
  expect(outcome.attempts?.map(({ waitedMs }) => waitedMs >= 40)).toEqual([false, true]);
});

test("a cache in memory makes room for what is new", async () => {
  const server = await startScript(found);
  const engine = withCache(tavilyAt(server), { store: createMemoryCache({ maxBytes: 1000 }) });
  for (const query of ["a", "b", "c"]) await engine.search(query);
  expect(told(await engine.search("c"))).toEqual(["tavily cache found"]);
  expect(told(await engine.search("a"))).toEqual(["tavily engine found"]);
});

test("an answer larger than the cache is given and not kept", async () => {
  const server = await startScript(found);
  const engine = withCache(tavilyAt(server), { store: createMemoryCache({ maxBytes: 10 }) });
  await engine.search("a");
  expect(told(await engine.search("a"))).toEqual(["tavily engine found"]);
});
