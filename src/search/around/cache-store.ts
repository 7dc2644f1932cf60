import { LRUCache } from "lru-cache";
import type { SearchOutcome } from "../engine.ts";

/** An outcome worth keeping: a failure never is. */
export type Answer = Exclude<SearchOutcome, { readonly status: "failed" }>;

export interface KeptAnswer {
  /** The engine that gave it: of a chain, the one that answered. */
  readonly engine: string;
  /** When it was given, and when it expires, in milliseconds since 1970. */
  readonly at: number;
  readonly expires: number;
  readonly answer: Answer;
}

/** Where answers are kept. Bounded in size; nothing that goes wrong with it ends a search. */
export interface CacheStore {
  get(key: string): KeptAnswer | undefined;
  put(key: string, kept: KeptAnswer): void;
  /** What was kept in a file stays there. A store can be closed more than once; it keeps nothing afterwards. */
  close(): void;
}

const DEFAULT_MAX_BYTES = 20_000_000;

/** Keeps answers in this process; what was used longest ago makes room. `maxBytes` defaults to 20,000,000. */
export function createMemoryCache(options: { readonly maxBytes?: number } = {}): CacheStore {
  const kept = new LRUCache<string, KeptAnswer>({
    maxSize: options.maxBytes ?? DEFAULT_MAX_BYTES,
    sizeCalculation: ({ answer }, key) => Buffer.byteLength(JSON.stringify(answer)) + key.length,
  });
  let closed = false;
  return {
    get: (key) => kept.get(key),
    put(key, answer) {
      if (!closed) kept.set(key, answer);
    },
    close() {
      closed = true;
      kept.clear();
    },
  };
}
