import { join } from "node:path";
import { describe, onTestFinished } from "vitest";
import { createDiskCache } from "../../../src/search/around/cache-disk.ts";
import { withCache } from "../../../src/search/around/cache.ts";
import type { SearchEngine } from "../../../src/search/engine.ts";
import { createFallbackEngine } from "../../../src/search/around/fallback.ts";
import { withRateLimit } from "../../../src/search/around/rate-limit.ts";
import { createReplayEngine, withRecording } from "../../../src/search/around/recording.ts";
import type { Reranker } from "../../../src/search/around/reranker.ts";
import { withReranking } from "../../../src/search/around/reranking.ts";
import { withRetry } from "../../../src/search/around/retry.ts";
import { createSearxngEngine } from "../../../src/search/engines/searxng.ts";
import { describeHttpSearchEngine, describeSearchEngine } from "../../conformance/search-engine.ts";
import { createFolder } from "../temporary-folder.ts";
import { startNothing, TAVILY, withCheckedAttempts, wrapped } from "./wrapped.ts";

const again = (engine: SearchEngine): SearchEngine =>
  withRetry(engine, { attempts: 2, wait: () => Promise.resolve() });
const limited = (engine: SearchEngine): SearchEngine => withRateLimit(engine, { requests: 1000, perMs: 1 });
const recorded = (engine: SearchEngine): SearchEngine =>
  withRecording(engine, { file: join(createFolder(), "searches.jsonl") });

const evenly: Reranker = {
  name: "evenly",
  score: async (_query, texts) => ({ status: "scored", scores: texts.map(() => 0) }),
};
const failing: Reranker = { name: "failing", score: async () => Promise.reject(new Error("down")) };
const reranked = (engine: SearchEngine): SearchEngine => untold(withReranking(engine, { reranker: evenly }));
const unreranked = (engine: SearchEngine): SearchEngine =>
  untold(withReranking(engine, { reranker: failing }));

/** Without what a reranker says beside the results. */
function untold(engine: SearchEngine): SearchEngine {
  return {
    name: engine.name,
    async search(query, options) {
      const { note: _note, reranking: _reranking, ...outcome } = await engine.search(query, options);
      return outcome;
    },
  };
}

function keptOnDisk(engine: SearchEngine): SearchEngine {
  const store = createDiskCache({ file: join(createFolder(), "cache.sqlite") });
  onTestFinished(() => store.close());
  return withCache(engine, { store });
}

describe.each<readonly [string, (engine: SearchEngine) => SearchEngine]>([
  ["a retry", again],
  ["a rate limit", limited],
  ["a cache in memory", (engine) => withCache(engine)],
  ["a cache on disk", keptOnDisk],
  ["a recording", recorded],
  ["a reranker", reranked],
  ["a reranker that fails", unreranked],
  ["a chain of one", (engine) => createFallbackEngine([engine])],
  [
    "all of them, the other way round",
    (engine) => limited(again(recorded(createFallbackEngine([withCache(engine)])))),
  ],
])("through %s", (_name, wrap) => {
  describeSearchEngine(wrapped(wrap));
});

describe("through all of them", () => {
  describeHttpSearchEngine(
    wrapped((engine) => keptOnDisk(createFallbackEngine([recorded(again(limited(engine)))]))),
  );
});

const down = createSearxngEngine({ baseUrl: await startNothing() });
describe("behind an engine that is down", () => {
  describeSearchEngine(wrapped((engine) => createFallbackEngine([down, engine]), "searxng > tavily"));
});

describe("replayed", () => {
  const odd = ['C++ "unclosed', "a\uD800b", "😀", "x".repeat(10_000), "a AND (b OR NOT c*) ^d:e"];
  describeSearchEngine({
    ...TAVILY,
    async open(situation) {
      const subject = await TAVILY.open(situation);
      const file = join(createFolder(), "searches.jsonl");
      const recording = withRecording(subject.engine, { file });
      await recording.search(TAVILY.query, { maxResults: 1 });
      for (const query of [TAVILY.query, TAVILY.unanswerable, ...odd]) await recording.search(query);
      await subject.close();
      const engine = withCheckedAttempts(createReplayEngine({ file }));
      return { ...subject, engine, close: () => Promise.resolve() };
    },
  });
});
