import { LRUCache } from "lru-cache";
import type { CacheStore, KeptAnswer } from "./cache-store.ts";

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
