import { EventEmitter, once } from "node:events";
import { expect, test } from "vitest";
import { AgenticRagError } from "../../../src/errors.ts";
import { createDeferredEngine } from "../../../src/search/around/deferred.ts";
import type { SearchEngine } from "../../../src/search/engine.ts";

const engine: SearchEngine = { name: "inner", search: async () => ({ status: "nothing" }) };

test("searches side by side wait for one opening", async () => {
  let openings = 0;
  const deferred = createDeferredEngine("outer", async () => {
    openings += 1;
    return engine;
  });
  expect(openings).toBe(0);
  expect(await Promise.all([deferred.search("a"), deferred.search("b")])).toEqual([
    { status: "nothing" },
    { status: "nothing" },
  ]);
  expect(openings).toBe(1);
  expect(deferred.name).toBe("outer");
});

const unopened = (reason: string): string =>
  `The search engine outer cannot be opened: ${reason}. Check what it is opened with.`;

test.each([
  [new AgenticRagError("index-unusable", "There is no index. Build one."), "There is no index. Build one."],
  [new TypeError("no such\nmodule"), unopened("no such module")],
  [new DOMException("gone", "AbortError"), unopened("gone")],
  ["a string", unopened("a string")],
])(
  "an opening that fails with %o fails that search, and the next one tries again",
  async (error, message) => {
    const throwError = (): never => {
      throw error;
    };
    for (const fail of [throwError, async () => throwError()]) {
      const openings = [fail, async () => engine];
      const deferred = createDeferredEngine("outer", () => (openings.shift() ?? fail)());
      expect(await deferred.search("a")).toEqual({
        status: "failed",
        failure: { kind: "misconfigured", message },
      });
      expect(await deferred.search("a")).toEqual({ status: "nothing" });
    }
  },
);

test("an aborted search rejects and opens nothing", async () => {
  const deferred = createDeferredEngine("outer", () => Promise.reject(new Error("opened")));
  await expect(deferred.search("a", { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
});

test("a search that is aborted while the engine opens rejects at once; the opening goes on for others", async () => {
  const gate = new EventEmitter();
  const deferred = createDeferredEngine("outer", async () => {
    await once(gate, "open");
    return engine;
  });
  const controller = new AbortController();
  const aborted = deferred.search("a", { signal: controller.signal });
  const waiting = deferred.search("b");
  controller.abort();
  await expect(aborted).rejects.toThrow(/abort/i);
  gate.emit("open");
  expect(await waiting).toEqual({ status: "nothing" });
});
