import { createEngine, type EngineSettings, type OpenedEngine } from "./engine.ts";
import { createHash } from "node:crypto";
import { AgenticRagError } from "../errors.ts";
import { isMcp, shownName, type EngineName } from "../settings/engine-names.ts";
import type { RerankingSettings } from "../settings/reranking.ts";
import { adviceFor, configuredEngines, hasNeed, type SearchSettings } from "../settings/search.ts";
import { createDiskCache } from "../search/around/cache-disk.ts";
import { createMemoryCache } from "../search/around/cache-store.ts";
import type { CacheStore } from "../search/around/cache-store.ts";
import { withCache } from "../search/around/cache.ts";
import type { SearchEngine } from "../search/engine.ts";
import { createFallbackEngine } from "../search/around/fallback.ts";
import type { HttpOptions } from "../search/engines/wire/http.ts";
import { withRateLimit, type RateLimitOptions } from "../search/around/rate-limit.ts";
import { createReplayEngine, withRecording } from "../search/around/recording.ts";
import { createHttpReranker, type Reranker } from "../search/around/reranker.ts";
import { withReranking } from "../search/around/reranking.ts";
import { withRetry } from "../search/around/retry.ts";

/** What assembling is given besides settings. */
export interface SearchSurroundings {
  readonly fetch?: HttpOptions["fetch"];
  /** Told once of each file (a cache, a recording) that cannot be used: searches go on without it. */
  readonly onProblem?: (message: string) => void;
}

/** Where searches go. */
export interface AssembledSearch {
  /** The engine of the settings: one, or a chain. */
  readonly engine: SearchEngine;
  /** Every engine that a run may choose by name. */
  readonly engines: Readonly<Record<string, () => SearchEngine>>;
  /** Closes what is kept in a file. Searches may go on, without it. */
  readonly close: () => void;
}

/** Engines that are asked without a key and block who asks often. */
const OWN_RATES: Partial<Record<EngineName, number>> = { duckduckgo: 1 };
const HOUR_MS = 3_600_000;

/**
 * The engines of the settings, with what lies around them. Around each engine behind a network, from the inside: the
 * rate limit, so that each try counts; the retry; the cache, so that what is known neither waits nor is tried. Around
 * them the chain, and the reranker; and outermost the recording, which so has every search, from wherever it was answered.
 *
 * @throws AgenticRagError `settings-invalid` that names all that the chosen engines lack; `recording-unusable`.
 */
export function assembleSearch(
  settings: EngineSettings,
  { fetch, onProblem }: SearchSurroundings = {},
): AssembledSearch {
  const { search } = settings;
  if (search.replay !== undefined) return replayed(search, search.replay);
  requireNeeds(search);
  const store = createStore(search, onProblem);
  const wrapped = new Map<EngineName, SearchEngine>();
  const opened: OpenedEngine[] = [];

  function one(name: EngineName): SearchEngine {
    const known = wrapped.get(name);
    if (known !== undefined) return known;
    const engine = createEngine(name, settings, fetch);
    opened.push(engine);
    const made = wrap(name, engine, settings, store);
    wrapped.set(name, made);
    return made;
  }
  function recorded(engine: SearchEngine): SearchEngine {
    if (search.record === undefined) return engine;
    return withRecording(engine, { file: search.record, ...(onProblem !== undefined && { onProblem }) });
  }

  const reranked = rerankingOf(search, fetch);
  const [first, ...others] = search.engines.map(one);
  if (first === undefined) throw new TypeError("settings name an engine");
  const engine = recorded(reranked(others.length === 0 ? first : createFallbackEngine([first, ...others])));
  const names = new Set<EngineName>([...search.engines, ...configuredEngines(search), ...FREE]);
  return {
    engine,
    engines: Object.fromEntries(
      [...names].map((name) => [shownName(name), () => recorded(reranked(one(name)))]),
    ),
    close() {
      store?.close();
      for (const engineOf of opened) void engineOf.close?.();
    },
  };
}

/** Puts the reranker of the settings, if there is one, around an engine. */
function rerankingOf(
  { reranking, seconds }: SearchSettings,
  fetch: SearchSurroundings["fetch"],
): (engine: SearchEngine) => SearchEngine {
  if (reranking === undefined) return (engine) => engine;
  const { top: candidates } = reranking;
  const reranker = createReranker(reranking, fetch);
  return (engine) =>
    withReranking(engine, {
      reranker,
      candidates,
      ...(seconds !== undefined && { deadlineMs: seconds * 1000 }),
    });
}

/**
 * The reranker of the settings; nothing is contacted yet.
 *
 * @throws AgenticRagError `settings-invalid`
 */
export function createReranker(
  { baseUrl, model, key }: RerankingSettings,
  fetch: SearchSurroundings["fetch"],
): Reranker {
  return createHttpReranker({ baseUrl, model, apiKey: key?.reveal(), fetch });
}

/** Engines that need nothing. */
const FREE = ["local", "wikipedia", "duckduckgo"] as const;

function wrap(
  name: EngineName,
  engine: SearchEngine,
  settings: EngineSettings,
  store: CacheStore | undefined,
): SearchEngine {
  if (name === "local") return engine;
  const { attempts, seconds, ratePerSecond = OWN_RATES[name], cacheHours } = settings.search;
  const limited = ratePerSecond === undefined ? engine : withRateLimit(engine, rateOf(ratePerSecond));
  const retried = withRetry(limited, {
    attempts,
    ...(seconds !== undefined && { deadlineMs: seconds * 1000 }),
  });
  if (store === undefined) return retried;
  const fingerprint = fingerprintOf(name, settings.search);
  return withCache(retried, { store, lifetimeMs: cacheHours * HOUR_MS, fingerprint });
}

/** Whole searches in a stretch of time: 2.5 a second are 2 in 800 ms, 0.5 a second 1 in 2 s. */
function rateOf(perSecond: number): RateLimitOptions {
  const requests = Math.max(Math.floor(perSecond), 1);
  return { requests, perMs: (requests / perSecond) * 1000 };
}

/** What an answer depends on besides the query. A key is no part of it. */
function fingerprintOf(name: Exclude<EngineName, "local">, search: SearchSettings): string {
  if (isMcp(name)) return createHash("sha256").update(name).digest("hex");
  const { apiKey: _key, ...options } = { apiKey: undefined, ...search[name] };
  return JSON.stringify(options);
}

function createStore(
  { cache }: SearchSettings,
  onProblem: SearchSurroundings["onProblem"],
): CacheStore | undefined {
  if (cache === "off") return undefined;
  if (cache === "memory") return createMemoryCache();
  return createDiskCache({ file: cache.file, ...(onProblem !== undefined && { onProblem }) });
}

/** Nobody is asked, so nothing is needed; who was asked back then is known by name. */
function replayed({ engines, named }: SearchSettings, file: string): AssembledSearch {
  const engine = createReplayEngine({ file, ...(named && { engine: engines.map(shownName).join(" > ") }) });
  return { engine, engines: {}, close: () => undefined };
}

function requireNeeds(search: SearchSettings): void {
  const lacking = search.engines.filter((engine) => !hasNeed(search, engine));
  if (lacking.length === 0) return;
  throw new AgenticRagError("settings-invalid", lacking.map(adviceFor).join("\n"));
}
