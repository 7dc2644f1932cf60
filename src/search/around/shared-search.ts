import { createTrail, type Trail } from "./attempts.ts";
import { untilAborted } from "./deferred.ts";
import type { SearchOutcome } from "../engine.ts";

export interface Sharer {
  /** Tells which searches are the same. */
  readonly key: string;
  /** The engine, should it not be known who answers. */
  readonly name: string;
  readonly signal: AbortSignal | undefined;
  readonly trail: Trail;
  /** Begins the search when none is under way. */
  readonly begin: (signal: AbortSignal, trail: Trail) => Promise<SearchOutcome>;
}

interface UnderWay {
  readonly work: Promise<SearchOutcome>;
  readonly trail: Trail;
  readonly controller: AbortController;
  sharers: number;
}

/**
 * Lets the same searches that run at the same time share one. It is aborted when the last one who waits for it has
 * gone; who is aborted earlier leaves it to the others.
 */
export function createSharing(): (sharer: Sharer) => Promise<SearchOutcome> {
  const underWay = new Map<string, UnderWay>();

  function start({ key, begin, trail: firstTrail }: Sharer): UnderWay {
    const controller = new AbortController();
    const trail = createTrail();
    firstTrail.include(trail);
    const work = begin(controller.signal, trail).finally(() => forget(key, started));
    const started: UnderWay = { work, trail, controller, sharers: 0 };
    underWay.set(key, started);
    return started;
  }
  function forget(key: string, search: UnderWay): boolean {
    return underWay.get(key) === search && underWay.delete(key);
  }

  return async (sharer) => {
    const { key, name, signal, trail } = sharer;
    const joined = underWay.get(key);
    const search = joined ?? start(sharer);
    const end = joined && trail.begin(name, "shared");
    search.sharers += 1;
    try {
      const outcome = await untilAborted(search.work, signal);
      end?.(outcome, search.trail.attempts().at(-1)?.engine);
      return outcome;
    } finally {
      search.sharers -= 1;
      if (search.sharers === 0 && forget(key, search)) search.controller.abort();
    }
  };
}
