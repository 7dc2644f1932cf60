import { join } from "node:path";
import { InMemoryStore } from "@langchain/langgraph";
import { describe, expect, onTestFinished, test } from "vitest";
import { createSqliteStore } from "../../../src/durability/sqlite/sqlite.ts";
import type { SearchOutcome } from "../../../src/search/engine.ts";
import { createJournaledEngine, forgetSearches } from "../../../src/search/journal/journal.ts";
import { createTavilyEngine } from "../../../src/search/engines/tavily.ts";
import { startTavilyServer } from "../../servers/tavily.ts";
import { engineOf, FOUND, itemsOf, STEP, still, triesOf } from "./ask.ts";
import { createFolder } from "../temporary-folder.ts";

const LOST = {
  engine: "plain",
  from: "engine",
  status: "failed",
  failure: {
    kind: "timeout",
    message:
      "The process ended, or was stopped, while this search was under way. Its answer, if any, is lost.",
  },
  waitedMs: 0,
  milliseconds: 0,
};
const NOTHING: SearchOutcome = { status: "nothing" };
const FAILED: SearchOutcome = { status: "failed", failure: { kind: "server-error", message: "It broke." } };

describe("an answered search", () => {
  test("is not sent again under its scope, however often and in whatever process it is asked", async () => {
    await using server = await startTavilyServer();
    const file = join(createFolder(), "store.sqlite");
    const ask = async (): Promise<SearchOutcome> => {
      const store = createSqliteStore(file);
      onTestFinished(() => store.stop());
      const engine = createTavilyEngine({ apiKey: "tvly-test", baseUrl: server.url });
      return createJournaledEngine(engine, store, still).search("stone fruit", STEP);
    };
    const first = await ask();
    const second = await ask();
    const third = await ask();
    expect(server.queries).toEqual(["stone fruit"]);
    const results = [
      { title: "About stone fruit", url: "https://example.org/stone-fruit", text: "All about stone fruit." },
    ];
    const asked = { engine: "tavily", from: "engine", status: "found", waitedMs: 0, milliseconds: 0 };
    expect(first).toEqual({ status: "found", results, attempts: [asked] });
    expect(second).toEqual({ status: "found", results, attempts: [asked, { ...asked, from: "journal" }] });
    expect(third).toEqual(second);
  });

  test("is sent for another scope, query, number of results or engine, and not for more white space", async () => {
    const store = new InMemoryStore();
    const { engine, asked } = engineOf(FOUND);
    const journaled = createJournaledEngine(engine, store);
    await journaled.search("plums", STEP);
    await journaled.search("  plums \n", STEP);
    await journaled.search("plums", { ...STEP, maxResults: 5 });
    expect(asked).toEqual(["plums"]);
    await journaled.search("plums", { scope: "another" });
    await journaled.search("Plums", STEP);
    await journaled.search("plums", { ...STEP, maxResults: 6 });
    await createJournaledEngine({ ...engine, name: "other" }, store).search("plums", STEP);
    expect(asked).toEqual(["plums", "plums", "Plums", "plums", "plums"]);
  });

  test("may have found nothing", async () => {
    const { engine, asked } = engineOf(NOTHING);
    const journaled = createJournaledEngine(engine, new InMemoryStore(), still);
    expect(triesOf(await journaled.search("plums", STEP))).toEqual(["plain engine nothing"]);
    expect(await journaled.search("plums", STEP)).toEqual({
      status: "nothing",
      attempts: [
        { engine: "plain", from: "engine", status: "nothing", waitedMs: 0, milliseconds: 0 },
        { engine: "plain", from: "journal", status: "nothing", waitedMs: 0, milliseconds: 0 },
      ],
    });
    expect(asked).toEqual(["plums"]);
  });

  test("may not have failed: then it is sent again, and nothing is left behind", async () => {
    const store = new InMemoryStore();
    const { engine, asked } = engineOf(FAILED);
    const journaled = createJournaledEngine(engine, store, still);
    const outcome = {
      ...FAILED,
      attempts: [
        {
          engine: "plain",
          from: "engine",
          status: "failed",
          failure: { kind: "server-error", message: "It broke." },
          waitedMs: 0,
          milliseconds: 0,
        },
      ],
    };
    expect(await journaled.search("plums", STEP)).toEqual(outcome);
    expect(await journaled.search("plums", STEP)).toEqual(outcome);
    expect(asked).toEqual(["plums", "plums"]);
    expect(await itemsOf(store)).toEqual([]);
  });

  test("is written down before it is seen, and that it is sent before it is sent", async () => {
    const order: string[] = [];
    const store = new InMemoryStore();
    const batch = store.batch.bind(store);
    store.batch = async (operations) => {
      const name = operations.some((operation) => "value" in operation) ? "write" : "read";
      order.push(`${name} begins`);
      const results = await batch(operations);
      await new Promise((resolve) => setTimeout(resolve, 5));
      order.push(`${name} ends`);
      return results;
    };
    const { engine } = engineOf(async () => {
      order.push("sent");
      return FOUND;
    });
    await createJournaledEngine(engine, store).search("plums", STEP);
    order.push("seen");
    expect(order).toEqual([
      "read begins",
      "read begins",
      "read ends",
      "read ends",
      "write begins",
      "write ends",
      "sent",
      "write begins",
      "write ends",
      // the note is erased, and nobody waits for that
      "write begins",
      "seen",
    ]);
  });

  test("has the tries and the engine of then, also where the wrapped engine is another", async () => {
    const wrapped: SearchOutcome = {
      ...FOUND,
      attempts: [
        {
          engine: "first",
          from: "engine",
          status: "failed",
          failure: { kind: "rate-limited", message: "Wait." },
          waitedMs: 0,
          milliseconds: 7,
        },
        { engine: "second", from: "cache", status: "found", waitedMs: 30, milliseconds: 1 },
      ],
    };
    const journaled = createJournaledEngine(engineOf(wrapped).engine, new InMemoryStore(), still);
    expect(await journaled.search("plums", STEP)).toEqual(wrapped);
    expect(await journaled.search("plums", STEP)).toEqual({
      ...wrapped,
      attempts: [
        ...wrapped.attempts!,
        { engine: "second", from: "journal", status: "found", waitedMs: 0, milliseconds: 0 },
      ],
    });
  });
});

test("without a scope, and for an empty query, nothing is kept", async () => {
  const store = new InMemoryStore();
  const { engine, asked } = engineOf(FOUND);
  const journaled = createJournaledEngine(engine, store);
  expect(await journaled.search("plums")).toBe(FOUND);
  expect(await journaled.search("plums")).toBe(FOUND);
  expect(await journaled.search(" \u200B", STEP)).toBe(FOUND);
  expect(asked).toHaveLength(3);
  expect(await itemsOf(store)).toEqual([]);
});

describe("a search that was under way when its process ended", () => {
  test("is sent once more, and its tries tell of the lost ones", async () => {
    const store = new InMemoryStore();
    const lose = (): void => {
      const { engine } = engineOf(() => new Promise(() => undefined));
      void createJournaledEngine(engine, store, still).search("plums", STEP);
    };
    lose();
    await expect.poll(() => itemsOf(store)).toHaveLength(1);
    const [before] = await itemsOf(store);
    lose();
    await expect.poll(async () => (await itemsOf(store))[0]!.value).not.toEqual(before!.value);

    const { engine, asked } = engineOf(FOUND);
    const journaled = createJournaledEngine(engine, store, still);
    const { attempts } = await journaled.search("plums", STEP);
    const answered = { engine: "plain", from: "engine", status: "found", waitedMs: 0, milliseconds: 0 };
    expect(attempts).toEqual([LOST, LOST, answered]);
    expect(triesOf(await journaled.search("plums", STEP))).toEqual([
      "plain engine failed",
      "plain engine failed",
      "plain engine found",
      "plain journal found",
    ]);
    expect(asked).toEqual(["plums"]);
  });

  test("was perhaps aborted: the promise rejects, and the next try tells", async () => {
    const store = new InMemoryStore();
    const controller = new AbortController();
    const { engine } = engineOf(async (_query, options) => {
      controller.abort();
      options?.signal?.throwIfAborted();
      return FOUND;
    });
    const running = createJournaledEngine(engine, store).search("plums", {
      ...STEP,
      signal: controller.signal,
    });
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
    const next = await createJournaledEngine(engineOf(FOUND).engine, store).search("plums", STEP);
    expect(triesOf(next)).toEqual(["plain engine failed", "plain engine found"]);
  });
});

const NAMES = [
  "__proto__",
  "*",
  "%",
  "a.b",
  "a:b",
  "\0",
  "\ud800",
  "\ud801",
  "langgraph",
  "",
  "x".repeat(10_000),
];

test("scopes and groups may be called anything, and are kept apart", async () => {
  const store = new InMemoryStore();
  const { engine, asked } = engineOf(FOUND);
  for (const name of NAMES) {
    await createJournaledEngine(engine, store).search("plums", { scope: name });
    await createJournaledEngine(engine, store, { group: name }).search("plums", STEP);
  }
  expect(asked).toHaveLength(2 * NAMES.length);
  for (const { namespace, key } of await itemsOf(store)) {
    expect([...namespace, key].join(" ")).toMatch(/^agentic-rag searches [0-9a-f]{64} [0-9a-f]{64}$/);
  }
});

test("a group is forgotten as a whole, and alone", async () => {
  const store = new InMemoryStore();
  const { engine, asked } = engineOf(FOUND);
  const search = async (group: string, scope: string): Promise<void> => {
    await createJournaledEngine(engine, store, { group }).search("plums", { scope });
  };
  for (let at = 0; at < 130; at += 1) await search("gone", String(at));
  await search("kept", "0");
  await forgetSearches(store, "gone");
  expect(await itemsOf(store)).toHaveLength(1);
  await search("kept", "0");
  expect(asked).toHaveLength(131);
});
