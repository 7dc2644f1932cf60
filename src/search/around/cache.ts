import { createHash } from "node:crypto";
import { createSharedWork } from "../../net/shared-work.ts";
import { answererOf, ask, beginAttempt, type Told } from "./attempts.ts";
import { type CacheStore, createMemoryCache, type KeptAnswer } from "./cache-store.ts";
import type { SearchEngine, SearchOptions } from "../engine.ts";
import { createEngine, type Query } from "../query.ts";

export interface CacheOptions {
  /** Where answers are kept. Default: `createMemoryCache()`. Whoever made the store closes it. */
  readonly store?: CacheStore;
  /** How long what was found is kept, in milliseconds; that nothing was found, 10 minutes at most. Default: a day. */
  readonly lifetimeMs?: number;
  /**
   * Whatever else an answer depends on, such as the address and the options of the engine. Only a hash of it is kept.
   * Default: nothing.
   */
  readonly fingerprint?: string;
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
}

const DAY_MS = 86_400_000;
const TEN_MINUTES_MS = 600_000;

/**
 * Answers a search from what was answered before. Queries are the same whatever their case and white space. Failures
 * are never kept. The same search asked again while it is under way waits for the one answer; an abort ends it only
 * for the one who aborts.
 */
export function withCache(engine: SearchEngine, options: CacheOptions = {}): SearchEngine {
  const { store = createMemoryCache(), fingerprint = "", now = Date.now, lifetimeMs = DAY_MS } = options;
  const lifetimes = { found: lifetimeMs, nothing: Math.min(TEN_MINUTES_MS, lifetimeMs) };
  const underWay = new Map<string, UnderWay>();

  /** What is from the future was written before a clock was set back. */
  function isFresh({ at, expires, answer }: KeptAnswer): boolean {
    const age = now() - at;
    return age >= 0 && age < lifetimes[answer.status] && now() < expires;
  }
  async function askAndKeep(key: string, query: string, searchOptions: SearchOptions): Promise<Told> {
    const outcome = await ask(engine, query, searchOptions);
    const { attempts: _told, ...answer } = outcome;
    if (answer.status === "failed") return outcome;
    const at = now();
    const answeredBy = answererOf(outcome) ?? engine.name;
    store.put(key, { engine: answeredBy, at, expires: at + lifetimes[answer.status], answer });
    return outcome;
  }

  return createEngine(engine.name, async (asked, searchOptions) => {
    const end = beginAttempt();
    const key = keyOf(engine.name, asked, fingerprint);
    const kept = store.get(key);
    if (kept !== undefined && isFresh(kept)) return end(kept.answer, kept.engine, "cache");
    const joined = underWay.get(key);
    const shared = joined ?? {
      search: createSharedWork((signal) => askAndKeep(key, asked.query, { ...searchOptions, signal })),
      waiting: 0,
    };
    underWay.set(key, shared);
    shared.waiting += 1;
    try {
      const outcome = await shared.search(searchOptions.signal);
      return joined === undefined ? outcome : end(outcome, answererOf(outcome) ?? engine.name, "shared");
    } finally {
      shared.waiting -= 1;
      if (shared.waiting === 0) underWay.delete(key);
    }
  });
}

/** A search, and how many wait for it. */
interface UnderWay {
  readonly search: (signal?: AbortSignal) => Promise<Told>;
  waiting: number;
}

/** A hash, so that neither queries nor what the fingerprint was made of can be read off the store. */
function keyOf(engine: string, { query, maxResults }: Query, fingerprint: string): string {
  const normalised = query.normalize("NFC").toLowerCase().normalize("NFC");
  return createHash("sha256")
    .update(JSON.stringify([engine, maxResults, normalised, fingerprint]))
    .digest("hex");
}
