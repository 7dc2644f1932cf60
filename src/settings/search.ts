import { z } from "zod";
import type { RetrieverApi } from "../search/engines/retriever-api.ts";
import { Secret } from "../secret.ts";
import { ENGINE_NAMES, isEngineName, type EngineName } from "./engine-names.ts";
import { documentsFields, documentsProblems } from "./documents.ts";
import {
  embeddingFields,
  embeddingProblems,
  embeddingSettings,
  type EmbeddingSettings,
} from "./embedding.ts";
import { address, keptAt, number, numberOr, secret, type Given } from "./fields.ts";
import {
  rerankingFields,
  rerankingProblems,
  rerankingSettings,
  type RerankingSettings,
} from "./reranking.ts";
import { searchCacheFields, searchCacheOf, searchCacheProblems, type SearchCache } from "./search-cache.ts";

const RETRIEVER_API_NAMES = [
  "search-r1",
  "search-r1-rerank",
  "re-search",
  "r1-searcher",
  "zerosearch",
] as const satisfies readonly RetrieverApi[];

/**
 * The setting without which an engine cannot be asked. In this order they are looked at where no engine is named; Jina
 * is last, because its key also reads pages.
 */
export const ENGINE_NEEDS = {
  tavily: "TAVILY_API_KEY",
  brave: "BRAVE_API_KEY",
  serper: "SERPER_API_KEY",
  exa: "EXA_API_KEY",
  searxng: "SEARXNG_BASE_URL",
  retriever: "RETRIEVER_BASE_URL",
  http: "HTTP_SEARCH_URL",
  jina: "JINA_API_KEY",
} as const satisfies Partial<Record<EngineName, string>>;
type NeedyEngine = keyof typeof ENGINE_NEEDS;

/** The setting that an engine cannot do without, if there is one. */
export function needOf(engine: EngineName): (typeof ENGINE_NEEDS)[NeedyEngine] | undefined {
  return isNeedy(engine) ? ENGINE_NEEDS[engine] : undefined;
}

/** What to do about an engine that lacks what it needs. */
export function adviceFor(engine: EngineName): string {
  return `The search engine ${engine} needs the setting ${needOf(engine) ?? ""}. Set it, or choose another engine with AGENTIC_RAG_ENGINE.`;
}

function isNeedy(engine: string): engine is NeedyEngine {
  return Object.hasOwn(ENGINE_NEEDS, engine);
}

const NEEDY_ENGINES: readonly NeedyEngine[] = Object.keys(ENGINE_NEEDS).filter(isNeedy);

interface Addressed {
  readonly baseUrl?: string | undefined;
}

interface Keyed extends Addressed {
  readonly apiKey?: Secret | undefined;
}

/** Where searches go, and what lies around the engines. */
export interface SearchSettings {
  /** Who is asked, in this order: the next one where one fails. Never empty. */
  readonly engines: readonly EngineName[];
  /** They were named; otherwise they are the first one that has what it needs, else `local`. */
  readonly named: boolean;
  readonly tavily: Keyed;
  readonly brave: Keyed;
  readonly serper: Keyed;
  readonly exa: Keyed;
  readonly jina: Keyed;
  readonly searxng: Addressed;
  readonly retriever: Addressed & { readonly api?: RetrieverApi | undefined };
  readonly http: Keyed & {
    readonly body?: string | undefined;
    readonly results?: string | undefined;
    readonly keyHeader?: string | undefined;
  };
  readonly wikipedia: Addressed & { readonly language?: string | undefined };
  readonly duckduckgo: Addressed & { readonly region?: string | undefined };
  /** What MCP servers are given: those of an address the key, those of a command the variables. */
  readonly mcp: { readonly key?: Secret | undefined; readonly env: Readonly<Record<string, Secret>> };
  /** What the documents are searched with besides their words. */
  readonly embedding?: EmbeddingSettings;
  /** Who orders what the engines find; without it, they do. */
  readonly reranking?: RerankingSettings;
  readonly cache: SearchCache;
  readonly cacheHours: number;
  /** Searches that each engine may be sent in a second. */
  readonly ratePerSecond?: number;
  /** How often each engine is tried for a search. */
  readonly attempts: number;
  /** Longest search with one engine, its tries and waits together. */
  readonly seconds?: number;
  /** The file in which all searches are written down. */
  readonly record?: string;
  /** The file from which all searches are answered. */
  readonly replay?: string;
}

/** The engines that have what they need, in the order in which they would be chosen. */
export function configuredEngines(search: SearchSettings): readonly EngineName[] {
  return NEEDY_ENGINES.filter((engine) => hasNeed(search, engine));
}

/** Whether an engine has all that it needs to be asked. */
export function hasNeed(search: SearchSettings, engine: EngineName): boolean {
  const need = needOf(engine);
  if (need === undefined || !isNeedy(engine)) return true;
  const given: Keyed = search[engine];
  return (need.endsWith("_API_KEY") ? given.apiKey : given.baseUrl) !== undefined;
}

const engines = z
  .string()
  .transform((text) => text.split(",").map((name) => name.trim()))
  .superRefine((names, context) => {
    const unknown = names.filter((name) => !isEngineName(name)).map((name) => JSON.stringify(name));
    const message =
      unknown.length > 0
        ? `there is no engine ${unknown.join(" and ")}`
        : new Set(names).size < names.length
          ? "an engine is named twice"
          : undefined;
    if (message !== undefined) context.addIssue({ code: "custom", message });
  })
  .transform((names) => names.filter(isEngineName))
  .optional();

/** An address that is filled in for each search. */
const templated = z
  .url({ protocol: /^https?$/, error: "must be an http or https address" })
  .optional()
  .meta({ destination: true });

/** The settings of this room, in the order in which help shows them. */
export const searchFields = {
  AGENTIC_RAG_ENGINE: engines.describe(
    `where searches go, or several with commas between, the next one where one fails: ${ENGINE_NAMES.join(", ")}, mcp:<command or address>#<tool>`,
  ),
  AGENTIC_RAG_ALLOW_ENGINES: engines.describe(
    "engines that a run on a server may choose by name, with commas between (those of AGENTIC_RAG_ENGINE)",
  ),
  ...documentsFields,
  ...embeddingFields,
  TAVILY_API_KEY: secret.describe("key for the engine tavily"),
  TAVILY_BASE_URL: address.describe("another address of Tavily's API"),
  BRAVE_API_KEY: secret.describe("key for the engine brave"),
  BRAVE_BASE_URL: address.describe("another address of Brave's API"),
  SERPER_API_KEY: secret.describe("key for the engine serper"),
  SERPER_BASE_URL: address.describe("another address of Serper's API"),
  EXA_API_KEY: secret.describe("key for the engine exa"),
  EXA_BASE_URL: address.describe("another address of Exa's API"),
  SEARXNG_BASE_URL: address.describe("address of a SearXNG instance, for the engine searxng"),
  RETRIEVER_BASE_URL: address.describe("address of a Search-R1 retrieval server, for the engine retriever"),
  RETRIEVER_API: z
    .enum(RETRIEVER_API_NAMES)
    .optional()
    .describe(`whose retrieval server it is (search-r1): ${RETRIEVER_API_NAMES.join(", ")}`),
  HTTP_SEARCH_URL: templated.describe(
    "address of any search API that answers with JSON, for the engine http, as in https://host/search?q={query}&size={count}",
  ),
  HTTP_SEARCH_RESULTS: z
    .string()
    .optional()
    .describe(
      "where its results are, in JMESPath: hits[].{title: title, url: url, text: content}, with date where there is one",
    ),
  HTTP_SEARCH_BODY: z
    .string()
    .optional()
    .describe('JSON that it is sent by POST, as in {"q": "{query}", "limit": "{count}"}; without it, GET'),
  HTTP_SEARCH_API_KEY: secret.describe("its key"),
  HTTP_SEARCH_KEY_HEADER: z
    .string()
    .regex(/^[\w-]+(?: +[\w-]+)?$/, "must be the name of a header, and what stands before the key in it")
    .optional()
    .describe("the header of its key, and what stands before it there (Authorization Bearer)"),
  JINA_API_KEY: secret.describe("key for the engine jina"),
  JINA_BASE_URL: address.describe("another address of Jina's search API"),
  WIKIPEDIA_LANGUAGE: z
    .string()
    .regex(/^[a-z]{2,}(?:-[a-z]+)*$/, "must be a language as Wikipedia's address has it, such as de")
    .optional()
    .describe("language of the engine wikipedia (en)"),
  WIKIPEDIA_BASE_URL: address.describe("another wiki for it: where its api.php is"),
  DUCKDUCKGO_REGION: z
    .string()
    .regex(/^[a-z]{2}-[a-z]{2}$/, "must be a country and a language, such as de-de")
    .optional()
    .describe("region of the engine duckduckgo (wt-wt, which is all)"),
  DUCKDUCKGO_BASE_URL: address.describe("another address of DuckDuckGo's plain page"),
  AGENTIC_RAG_MCP_KEY: secret.describe("key for MCP servers with an address, sent as a bearer token"),
  AGENTIC_RAG_MCP_ENV: z
    .string()
    .regex(/^\w+(?:\s*,\s*\w+)*$/, "must be names of variables, with commas between")
    .transform((names) => names.split(",").map((name) => name.trim()))
    .optional()
    .describe("variables of this environment that commands of MCP servers get, such as their keys"),
  ...rerankingFields,
  ...searchCacheFields,
  AGENTIC_RAG_SEARCH_ATTEMPTS: numberOr(3, z.number().int().min(1).max(20)).describe(
    "how often an engine is tried for a search",
  ),
  AGENTIC_RAG_SEARCH_SECONDS: number(z.number().positive().max(600)).describe(
    "longest search with one engine, all its tries together (30)",
  ),
  AGENTIC_RAG_SEARCH_RATE: number(z.number().min(0.001).max(1000)).describe(
    "searches that each engine is sent in a second at most (no limit; duckduckgo 1)",
  ),
  AGENTIC_RAG_RECORD: keptAt.describe("file in which all searches are written down"),
  AGENTIC_RAG_REPLAY: z.string().optional().describe("such a file: all searches are answered from it"),
};

const environmentSchema = z.object(searchFields);
type SearchEnvironment = z.infer<typeof environmentSchema>;

/** What does not fit together, whether each part of it is well or not. */
export function searchProblems(given: Given, cacheFolder: string | undefined): readonly string[] {
  const problems: string[] = [documentsProblems, embeddingProblems, rerankingProblems].flatMap((of) =>
    of(given),
  );
  const { AGENTIC_RAG_RECORD: record, AGENTIC_RAG_REPLAY: replay } = given;
  if (record !== undefined && replay !== undefined) {
    problems.push("AGENTIC_RAG_RECORD and AGENTIC_RAG_REPLAY are both set. Leave one of them out.");
  }
  if (given["HTTP_SEARCH_URL"] !== undefined && given["HTTP_SEARCH_RESULTS"] === undefined) {
    problems.push(
      "HTTP_SEARCH_URL is set without HTTP_SEARCH_RESULTS, which says where in the reply the results are. Set it as in hits[].{title: title, url: url, text: content}.",
    );
  }
  return [...problems, ...searchCacheProblems(given, cacheFolder)];
}

/** Where searches go by settings without problems. */
export function searchSettings(
  env: SearchEnvironment,
  cacheFolder: string | undefined,
  environment: Given,
): SearchSettings {
  const {
    AGENTIC_RAG_ENGINE: named,
    AGENTIC_RAG_SEARCH_RATE: rate,
    AGENTIC_RAG_SEARCH_SECONDS: seconds,
  } = env;
  const { AGENTIC_RAG_RECORD: record, AGENTIC_RAG_REPLAY: replay } = env;
  const embedding = embeddingSettings(env);
  const reranking = rerankingSettings(env);
  const settings: SearchSettings = {
    engines: named ?? [],
    named: named !== undefined,
    tavily: { apiKey: env.TAVILY_API_KEY, baseUrl: env.TAVILY_BASE_URL },
    brave: { apiKey: env.BRAVE_API_KEY, baseUrl: env.BRAVE_BASE_URL },
    serper: { apiKey: env.SERPER_API_KEY, baseUrl: env.SERPER_BASE_URL },
    exa: { apiKey: env.EXA_API_KEY, baseUrl: env.EXA_BASE_URL },
    jina: { apiKey: env.JINA_API_KEY, baseUrl: env.JINA_BASE_URL },
    searxng: { baseUrl: env.SEARXNG_BASE_URL },
    retriever: { baseUrl: env.RETRIEVER_BASE_URL, api: env.RETRIEVER_API },
    http: {
      baseUrl: env.HTTP_SEARCH_URL,
      body: env.HTTP_SEARCH_BODY,
      results: env.HTTP_SEARCH_RESULTS,
      apiKey: env.HTTP_SEARCH_API_KEY,
      keyHeader: env.HTTP_SEARCH_KEY_HEADER,
    },
    wikipedia: { baseUrl: env.WIKIPEDIA_BASE_URL, language: env.WIKIPEDIA_LANGUAGE },
    duckduckgo: { baseUrl: env.DUCKDUCKGO_BASE_URL, region: env.DUCKDUCKGO_REGION },
    mcp: { key: env.AGENTIC_RAG_MCP_KEY, env: variables(env.AGENTIC_RAG_MCP_ENV ?? [], environment) },
    cache: searchCacheOf(env.AGENTIC_RAG_SEARCH_CACHE, cacheFolder),
    cacheHours: env.AGENTIC_RAG_SEARCH_CACHE_HOURS,
    ...(embedding !== undefined && { embedding }),
    ...(reranking !== undefined && { reranking }),
    attempts: env.AGENTIC_RAG_SEARCH_ATTEMPTS,
    ...(rate !== undefined && { ratePerSecond: rate }),
    ...(seconds !== undefined && { seconds }),
    ...(record !== undefined && { record }),
    ...(replay !== undefined && { replay }),
  };
  return named === undefined
    ? { ...settings, engines: [configuredEngines(settings)[0] ?? "local"] }
    : settings;
}

function variables(names: readonly string[], environment: Given): Readonly<Record<string, Secret>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, new Secret(value)]];
    }),
  );
}
