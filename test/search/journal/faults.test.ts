import { once } from "node:events";
import { InMemoryStore } from "@langchain/langgraph";
import { describe, expect, test } from "vitest";
import { AgenticRagError } from "../../../src/errors.ts";
import { createJournaledEngine } from "../../../src/search/journal/journal.ts";
import { ASKED, engineOf, FOUND, STEP, still, triesOf } from "./ask.ts";

/** A store that does `fault` instead of reading or writing. */
function faulty(when: "read" | "write" | "second write", fault: () => Promise<never>): InMemoryStore {
  const store = new InMemoryStore();
  const batch = store.batch.bind(store);
  let writes = 0;
  store.batch = (operations) => {
    const writing = operations.some((operation) => "value" in operation);
    if (writing) writes += 1;
    const isDue = when === "read" ? !writing : writing && (when === "write" || writes === 2);
    return isDue ? fault() : batch(operations);
  };
  return store;
}

async function broken(): Promise<never> {
  const message = "could not connect to postgres://user:hunter2@db/x";
  throw Object.assign(new Error(message), { code: "ECONNREFUSED" });
}

function silent(): Promise<never> {
  return new Promise(() => undefined);
}

function unwritten(why: string): string {
  return `The search journal could not be written: ${why}. If this step has to be run again, its search is sent once more.`;
}

describe("a store that fails", () => {
  test.each([
    [
      "reading",
      "read",
      broken,
      "unreachable",
      "The search journal could not be read: its store failed with Error ECONNREFUSED. If this search was answered before, it was sent once more.",
    ],
    [
      "reading in time",
      "read",
      silent,
      "timeout",
      "The search journal could not be read: its store did not answer within 20 ms. If this search was answered before, it was sent once more.",
    ],
    [
      "writing the answer",
      "second write",
      broken,
      "unreachable",
      unwritten("its store failed with Error ECONNREFUSED"),
    ],
    [
      "writing the answer in time",
      "second write",
      silent,
      "timeout",
      unwritten("its store did not answer within 20 ms"),
    ],
  ] as const)("at %s costs no search, and the tries tell", async (_title, when, fault, kind, message) => {
    const { engine, asked } = engineOf(FOUND);
    const journaled = createJournaledEngine(engine, faulty(when, fault), { ...still, deadlineMs: 20 });
    expect(await journaled.search("plums", STEP)).toEqual({
      ...FOUND,
      attempts: [{ ...ASKED, from: "journal", status: "failed", failure: { kind, message } }, ASKED],
    });
    expect(asked).toEqual(["plums"]);
  });

  test("at every writing is told each time, before the try that decided", async () => {
    const { engine } = engineOf(FOUND);
    const outcome = await createJournaledEngine(engine, faulty("write", broken)).search("plums", STEP);
    expect(triesOf(outcome)).toEqual(["plain journal failed", "plain journal failed", "plain engine found"]);
    expect(JSON.stringify(outcome)).not.toContain("hunter2");
  });

  test("says it in its own words where it has some", async () => {
    const store = faulty("read", async () => {
      throw new AgenticRagError("store-unusable", "The store x is locked.");
    });
    const { attempts } = await createJournaledEngine(engineOf(FOUND).engine, store).search("plums", STEP);
    expect(attempts![0]!.failure!.message).toBe(
      "The search journal could not be read: The store x is locked. If this search was answered before, it was sent once more.",
    );
  });

  test("is not waited for once the search is aborted", async () => {
    const controller = new AbortController();
    const { engine, asked } = engineOf(FOUND);
    const running = createJournaledEngine(engine, faulty("read", silent)).search("plums", {
      ...STEP,
      signal: controller.signal,
    });
    controller.abort();
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
    expect(asked).toEqual([]);
  });
});

describe("a note that a search is about to be sent, written only after its answer", () => {
  test.each([
    ["by a store that is slow", FOUND],
    ["by a store that is slow, where nothing was found", { status: "nothing" } as const],
  ])("%s, does not make it be sent again", async (_how, answer) => {
    const store = new InMemoryStore();
    const batch = store.batch.bind(store);
    const late: (() => Promise<unknown>)[] = [];
    store.batch = (operations) => {
      if (!JSON.stringify(operations).includes('\\"sent\\"')) return batch(operations);
      late.push(() => batch(operations));
      return silent();
    };
    const { engine, asked } = engineOf(answer);
    const journaled = createJournaledEngine(engine, store, { ...still, deadlineMs: 20 });
    await journaled.search("plums", STEP);
    expect(late).toHaveLength(1);
    await late[0]?.();
    expect(triesOf(await journaled.search("plums", STEP))).toEqual([
      "plain journal failed",
      `plain engine ${answer.status}`,
      `plain journal ${answer.status}`,
    ]);
    expect(asked).toEqual(["plums"]);
  });

  test("by a process that was held up, does not either", async () => {
    const store = new InMemoryStore();
    const batch = store.batch.bind(store);
    const held = new InMemoryStore();
    const sleep = new AbortController();
    const awake = once(sleep.signal, "abort");
    held.batch = async (operations) => {
      if (operations.some((operation) => "value" in operation)) await awake;
      return batch(operations);
    };
    const one = engineOf(() => new Promise(() => undefined));
    void createJournaledEngine(one.engine, held, still).search("plums", STEP);
    const two = engineOf(FOUND);
    const journaled = createJournaledEngine(two.engine, store, still);
    await journaled.search("plums", STEP);
    sleep.abort();
    await expect.poll(() => one.asked).toEqual(["plums"]);
    expect(triesOf(await journaled.search("plums", STEP))).toEqual([
      "plain engine found",
      "plain journal found",
    ]);
    expect(two.asked).toEqual(["plums"]);
  });
});
