import type { BaseCheckpointSaver, BaseStore } from "@langchain/langgraph";
import type { SearchEngine } from "../../../src/search/engine.ts";

/** A moment of a run: the `occurrence`th time, from 1, that it comes to `point`. */
export interface KillAt {
  readonly point: string;
  readonly occurrence: number;
}

/** Is told of every point that a run comes to. */
export type Hit = (point: string) => void;

/** Writes down every point, in the order of time. */
export function recordHits(): { readonly hit: Hit; readonly moments: readonly KillAt[] } {
  const moments: KillAt[] = [];
  return {
    moments,
    hit(point) {
      const before = moments.filter((moment) => moment.point === point).length;
      moments.push({ point, occurrence: before + 1 });
    },
  };
}

/** Ends this process, as nothing can prevent, at one moment. */
export function killAt({ point: wanted, occurrence }: KillAt): Hit {
  let left = occurrence;
  return (point) => {
    if (point !== wanted) return;
    left -= 1;
    if (left > 0) return;
    process.kill(process.pid, "SIGKILL");
    // not one more instruction of the run, however late the signal comes
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  };
}

/** Comes to `engine:before` and `engine:after` with each search that is sent. */
export function watchEngine(engine: SearchEngine, hit: Hit): SearchEngine {
  return {
    name: engine.name,
    search: (query, options) => between("engine", hit, () => engine.search(query, options)),
  };
}

/** Comes to `put:before`, `put:after`, `putWrites:before` and `putWrites:after`. */
export function watchSaver<Saver extends BaseCheckpointSaver>(saver: Saver, hit: Hit): Saver {
  const put = saver.put.bind(saver);
  const putWrites = saver.putWrites.bind(saver);
  saver.put = (...given) => between("put", hit, () => put(...given));
  saver.putWrites = (...given) => between("putWrites", hit, () => putWrites(...given));
  return saver;
}

/** Comes to `journal.sent:before` and so on for what is written to the search journal, and `store.read:before` … */
export function watchStore<Store extends BaseStore>(store: Store, hit: Hit): Store {
  const batch = store.batch.bind(store);
  store.batch = (operations) => {
    const [written] = operations.flatMap((operation) => ("value" in operation ? [operation.value] : []));
    const point = written == null ? "store.read" : `journal.${statusOf(written)}`;
    return between(point, hit, () => batch(operations));
  };
  return store;
}

async function between<Value>(point: string, hit: Hit, work: () => Promise<Value>): Promise<Value> {
  hit(`${point}:before`);
  const value = await work();
  hit(`${point}:after`);
  return value;
}

function statusOf(item: Record<string, unknown>): "sent" | "answer" {
  const { status } = JSON.parse(String(item["outcome"])) as { status: string };
  return status === "sent" ? "sent" : "answer";
}
