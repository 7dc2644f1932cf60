import { MemorySaver, type BaseCheckpointSaver, type BaseStore } from "@langchain/langgraph";
import { InMemoryStore } from "@langchain/langgraph";
import { AgenticRagError } from "../../../src/errors.ts";
import type { Durability, ThreadBook } from "../../../src/durability/durability.ts";
import { Checkpointer } from "../../../src/durability/checkpointer.ts";
import { Book } from "../../../src/durability/book.ts";
import { createSqliteCheckpointRows } from "../../../src/durability/sqlite/checkpoint-rows.ts";
import { openStoreFile } from "../../../src/durability/sqlite/file.ts";
import { createSqliteItems } from "../../../src/durability/sqlite/items.ts";
import { createSqliteThreads } from "../../../src/durability/sqlite/threads.ts";
import { forgetSearches } from "../../../src/search/journal/journal.ts";
import { DatabaseStore } from "../../../src/durability/store.ts";
import type { JournalWatch } from "./journal-watch.ts";
import type { Process, World } from "../world.ts";

/** What outlives processes. */
export interface Keeper {
  /** What a new process finds. */
  open(process: Process | undefined): Opened;
  /** Lets the lease of a thread run out, as time would; nothing where nobody leases. */
  expire(threadId: string): void;
  close(): void;
}

type Config = Parameters<BaseCheckpointSaver["getTuple"]>[0];

export type Opened = Pick<Durability, "checkpointer" | "store"> & { readonly book?: ThreadBook };

/** Keeps all in memory. A new process finds copies of what was written, as bytes and JSON. */
export function createMemoryKeeper(world: World, journal: JournalWatch): Keeper {
  let saver = new MemorySaver();
  let items: readonly Item[] = [];
  let store = new InMemoryStore();
  return {
    open(process) {
      const copy = new MemorySaver();
      copy.storage = structuredClone(saver.storage);
      copy.writes = structuredClone(saver.writes);
      items = itemsOf(store);
      const fresh = new InMemoryStore();
      if (items.length > 0) void fresh.batch(items.map((item) => ({ ...item })));
      if (process === undefined) return { checkpointer: copy, store: fresh };
      saver = copy;
      store = fresh;
      return troubled(world, process, journal, { checkpointer: copy, store: fresh });
    },
    expire: () => undefined,
    close: () => undefined,
  };
}

interface Item {
  readonly namespace: string[];
  readonly key: string;
  readonly value: Record<string, unknown>;
}

function itemsOf(store: InMemoryStore): readonly Item[] {
  const data = (store as unknown as { data: Map<string, Map<string, Item>> }).data;
  const all = [...data.values()].flatMap((items) => [...items.values()]);
  return JSON.parse(
    JSON.stringify(all.map(({ namespace, key, value }) => ({ namespace, key, value }))),
  ) as Item[];
}

/** Keeps all in one SQLite database, which every process opens. `:memory:`, or a file. */
export function createSqliteKeeper(world: World, journal: JournalWatch, file: string): Keeper {
  const opened = openStoreFile(file, 0);
  const handles = new Set([opened]);
  return {
    open(process) {
      const own = process === undefined && file !== ":memory:" ? openStoreFile(file, 0) : opened;
      handles.add(own);
      const store = new DatabaseStore(createSqliteItems(own));
      const book = new Book(
        createSqliteThreads(own, () => Math.round(world.clock.now)),
        (threadId) => forgetSearches(store, threadId),
      );
      const checkpointer = new Checkpointer(
        createSqliteCheckpointRows(own, (threadId) => book.heldEpoch(threadId)),
      );
      if (process === undefined) return { checkpointer, store, book };
      return { ...troubled(world, process, journal, { checkpointer, store }), book: living(book, process) };
    },
    expire(threadId) {
      opened.database
        .prepare("update threads set leased_until = 0 where thread = ?")
        .run(JSON.stringify(threadId));
    },
    close() {
      for (const handle of handles) handle.close();
    },
  };
}

/** A book that a dead process cannot write in. */
function living(book: Book, process: Process): ThreadBook {
  const alive = <Given extends unknown[], Value>(work: (...given: Given) => Promise<Value>) => {
    return async (...given: Given): Promise<Value> => {
      process.at("book");
      return work(...given);
    };
  };
  return {
    claim: alive((...given) => book.claim(...given)),
    renew: alive((...given) => book.renew(...given)),
    begin: alive((...given) => book.begin(...given)),
    release: alive((...given) => book.release(...given)),
    list: (limit) => book.list(limit),
    find: alive((...given) => book.find(...given)),
    orphans: () => book.orphans(),
    remove: (threadId) => book.remove(threadId),
  };
}

/** Checkpoints and a journal that may be slow, fail, or fail to say that they did it; a dead process writes nothing. */
function troubled<Kept extends { checkpointer: BaseCheckpointSaver; store: BaseStore }>(
  world: World,
  process: Process,
  journal: JournalWatch,
  kept: Kept,
): Kept {
  const { chance, clock, plan } = world;
  const { checkpointer, store } = kept;

  interface Passing {
    readonly point: string;
    readonly odds: number;
    /** Whose step fails with it. */
    readonly thread?: unknown;
    readonly onFault?: () => void;
  }

  async function through<Value>(passing: Passing, work: () => Promise<Value>): Promise<Value> {
    const { point, odds } = passing;
    process.at(`${point}:before`);
    const isTroubled = odds > 0 && chance.is(odds);
    if (isTroubled) passing.onFault?.();
    const kind = isTroubled ? chance.pick(["fails", "forgets", "late"]) : "fine";
    if (kind === "late") {
      const begun = clock.now;
      await process.wait(chance.pick([100, 4_000, 12_000]));
      world.otherMs += clock.now - begun;
    }
    if (kind === "fails") throw broken(passing);
    const value = await work();
    process.at(`${point}:after`);
    if (kind === "forgets") throw broken(passing);
    return value;
  }

  function broken({ point, thread }: Passing): AgenticRagError {
    world.fault(`${point} fails`, thread);
    return new AgenticRagError("store-unusable", `The store cannot be used: ${point}.`);
  }

  const put = checkpointer.put.bind(checkpointer);
  const putWrites = checkpointer.putWrites.bind(checkpointer);
  const getTuple = checkpointer.getTuple.bind(checkpointer);
  const saving = (point: string, { configurable }: Config): Passing => {
    return { point, odds: plan.trouble.saver, thread: configurable?.["thread_id"] };
  };
  checkpointer.put = (...given) => through(saving("put", given[0]), () => put(...given));
  checkpointer.putWrites = (...given) => through(saving("writes", given[0]), () => putWrites(...given));
  checkpointer.getTuple = (...given) => through(saving("load", given[0]), () => getTuple(...given));

  const batch = store.batch.bind(store);
  store.batch = (operations) => {
    const given = operations as readonly { readonly key?: string; readonly value?: unknown }[];
    const reads = given.flatMap((each) => ("value" in each ? [] : [each.key ?? ""]));
    const writes = given.flatMap((each) =>
      "value" in each ? [{ key: each.key ?? "", status: statusOf(each.value) }] : [],
    );
    const point = [...(reads.length > 0 ? ["read"] : []), ...writes.map(({ status }) => status)].join("+");
    const onFault = (): void => {
      for (const key of reads) journal.unread(key);
      for (const { key } of writes) journal.unkept(key);
    };
    const told = (value: unknown): void => {
      for (const [at, { key = "", ...rest }] of given.entries()) {
        const item = (value as ({ readonly value?: unknown } | null | undefined)[])[at];
        if (!("value" in rest)) journal.read(key, isAnswer(statusOf(item?.value)));
      }
    };
    const done = through({ point: `journal.${point}`, odds: plan.trouble.store, onFault }, async () => {
      const value = await batch(operations);
      for (const { key, status } of writes) {
        if (isAnswer(status)) journal.kept(key);
      }
      return value;
    });
    // only where the reader is told
    done.then(told, () => undefined);
    return done;
  };
  return kept;
}

function isAnswer(status: string): boolean {
  return status === "found" || status === "nothing";
}

function statusOf(item: unknown): string {
  if (item === null || item === undefined) return "erased";
  return (JSON.parse((item as { outcome: string }).outcome) as { status: string }).status;
}
