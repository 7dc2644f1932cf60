import { createHash } from "node:crypto";
import { ask, createWrapper } from "./attempts.ts";
import { createMemoryCache } from "./cache-memory.ts";
import type { CacheStore, KeptAnswer } from "./cache-store.ts";
import type { SearchEngine, SearchOptions } from "../engine.ts";
import { readQuestion } from "../query.ts";
import { createSharing } from "./shared-search.ts";

export interface CacheOptions {
  /** Where answers are kept. Default: `createMemoryCache()`. Whoever made the store closes it. */
  readonly store?: CacheStore;
  /** How long what was found is kept, in milliseconds. Default: a day. */
  readonly lifetimeMs?: number;
  /** How long it is kept that nothing was found, in milliseconds. Default: 10 minutes, or `lifetimeMs` if shorter. */
  readonly nothingLifetimeMs?: number;
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
  const lifetimes = {
    found: lifetimeMs,
    nothing: options.nothingLifetimeMs ?? Math.min(TEN_MINUTES_MS, lifetimeMs),
  };
  const share = createSharing();

  /** What is from the future was written before a clock was set back. */
  function isFresh({ at, expires, answer }: KeptAnswer): boolean {
    const age = now() - at;
    return age >= 0 && age < lifetimes[answer.status] && now() < expires;
  }

  return createWrapper(engine.name, async (query, searchOptions, trail) => {
    const key = keyOf(engine.name, query, searchOptions, fingerprint);
    const kept = store.get(key);
    if (kept !== undefined && isFresh(kept)) {
      trail.begin(kept.engine, "cache")(kept.answer);
      return kept.answer;
    }
    return share({
      key,
      name: engine.name,
      signal: searchOptions.signal,
      trail,
      async begin(signal, ownTrail) {
        const outcome = await ask(engine, query, { ...searchOptions, signal }, ownTrail);
        if (outcome.status === "failed") return outcome;
        const at = now();
        const answeredBy = ownTrail.attempts().at(-1)?.engine ?? engine.name;
        store.put(key, { engine: answeredBy, at, expires: at + lifetimes[outcome.status], answer: outcome });
        return outcome;
      },
    });
  });
}

/** A hash, so that neither queries nor what the fingerprint was made of can be read off the store. */
function keyOf(engine: string, query: string, options: SearchOptions, fingerprint: string): string {
  const question = readQuestion(query, options);
  const normalised = question.query.normalize("NFC").toLowerCase().normalize("NFC");
  return createHash("sha256")
    .update(JSON.stringify([engine, question.maxResults, normalised, fingerprint]))
    .digest("hex");
}
