import { openArticles } from "./articles.ts";
import { type NamedDocuments, openDocuments } from "./documents.ts";
import { createEmbedder } from "./embedder.ts";
import { AgenticRagError } from "../errors.ts";
import { isMcp, mcpParts, shownName, type EngineName, type McpSpec } from "../settings/engine-names.ts";
import { adviceFor } from "../settings/search.ts";
import { createBraveEngine } from "../search/engines/brave.ts";
import { createDeferredEngine } from "../search/around/deferred.ts";
import { createDuckDuckGoEngine } from "../search/engines/duckduckgo.ts";
import type { SearchEngine } from "../search/engine.ts";
import { createExaEngine } from "../search/engines/exa.ts";
import type { HttpOptions } from "../search/engines/wire/http.ts";
import { createHttpApiEngine, type HttpApiOptions } from "../search/engines/http-api.ts";
import { createJinaEngine } from "../search/engines/jina.ts";
import { createLocalEngine } from "../search/local/local.ts";
import type { ResultLimits } from "../search/outcome.ts";
import { createMcpEngine, type McpEngine } from "../search/engines/mcp.ts";
import { createRetrieverEngine } from "../search/engines/retriever.ts";
import { createSearxngEngine } from "../search/engines/searxng.ts";
import { createSerperEngine } from "../search/engines/serper.ts";
import { createTavilyEngine } from "../search/engines/tavily.ts";
import { createWikipediaEngine } from "../search/engines/wikipedia.ts";
import type { Embedder } from "../search/embedding/embedder.ts";
import type { LocalIndex } from "../search/local/local-index.ts";
import type { PostgresIndex } from "../search/local/postgres/postgres.ts";
import { createMeaning, type Meaning, openMeaning } from "../search/local/vectors/meaning.ts";
import type { Secret } from "../secret.ts";
import type { Settings } from "../settings/settings.ts";
import { VERSION } from "../version.ts";

/** What settings say of one engine, as its factory takes it. What is left out is the engine's own default. */
export type EngineSettings = Pick<Settings, "search" | "documents" | "documentsDatabase">;

/** Text, title and address of one. */
const MAX_CANDIDATE_BYTES = 8_000;

/** An engine; one with a process or a connection of its own is to be closed. */
export type OpenedEngine = SearchEngine & { readonly close?: () => Promise<void> };

/**
 * One engine as the settings describe it, with nothing around it. Nothing is contacted or read yet.
 *
 * @throws AgenticRagError `settings-invalid` where it lacks something.
 */
export function createEngine(
  name: EngineName,
  { search, ...named }: EngineSettings,
  fetch: HttpOptions["fetch"],
): OpenedEngine {
  const limits = limitsOf(search);
  const http = { ...httpOptions(search, fetch), limits };
  if (isMcp(name)) return openMcp(name, search, http);
  switch (name) {
    case "local":
      return openLocalEngine({ search, ...named }, limits, fetch);
    case "tavily":
      return createTavilyEngine({ ...http, ...keyed(name, search.tavily) });
    case "brave":
      return createBraveEngine({ ...http, ...keyed(name, search.brave) });
    case "serper":
      return createSerperEngine({ ...http, ...keyed(name, search.serper) });
    case "exa":
      return createExaEngine({ ...http, ...keyed(name, search.exa) });
    case "jina":
      return createJinaEngine({ ...http, ...keyed(name, search.jina) });
    case "searxng":
      return createSearxngEngine({ ...http, baseUrl: needed(name, search.searxng.baseUrl) });
    case "retriever":
      return createRetrieverEngine({
        ...http,
        ...search.retriever,
        baseUrl: needed(name, search.retriever.baseUrl),
      });
    case "http":
      return createHttpApiEngine({ ...http, ...httpApi(name, search.http) });
    case "wikipedia":
      return createWikipediaEngine({
        ...http,
        ...search.wikipedia,
        userAgent: `langgraph-agentic-rag/${VERSION}`,
      });
    case "duckduckgo":
      return createDuckDuckGoEngine({ ...http, ...search.duckduckgo });
  }
}

function openMcp(
  spec: McpSpec,
  { mcp: { key, env } }: EngineSettings["search"],
  http: HttpOptions & { readonly limits: ResultLimits },
): McpEngine {
  return createMcpEngine({
    ...mcpParts(spec),
    name: shownName(spec),
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.reveal()])),
    ...(key !== undefined && { key: key.reveal() }),
    ...http,
  });
}

/** A try has its engine's own time, unless a time is set: what takes too long is tried twice at most. */
function httpOptions(
  { seconds, attempts }: EngineSettings["search"],
  fetch: HttpOptions["fetch"],
): HttpOptions {
  return { fetch, deadlineMs: seconds === undefined ? undefined : (seconds * 1000) / Math.min(attempts, 2) };
}

function httpApi(
  name: "http",
  { baseUrl, body, results, apiKey, keyHeader = "Authorization Bearer" }: EngineSettings["search"]["http"],
): Pick<HttpApiOptions, "url" | "body" | "results" | "key"> {
  const [header = "", scheme = ""] = keyHeader.split(/ +/);
  return {
    url: needed(name, baseUrl),
    body,
    results: needed(name, results),
    key: apiKey && { header: header.toLowerCase(), scheme, key: apiKey.reveal() },
  };
}

function keyed<Keyed extends { readonly apiKey?: Secret | undefined }>(
  name: EngineName,
  settings: Keyed,
): Omit<Keyed, "apiKey"> & { readonly apiKey: string } {
  return { ...settings, apiKey: needed(name, settings.apiKey).reveal() };
}

function needed<Value>(engine: EngineName, value: Value | undefined): Value {
  if (value !== undefined) return value;
  throw new AgenticRagError("settings-invalid", adviceFor(engine));
}

/** The user's documents; what embeds is let go of with them. */
function openLocalEngine(
  { search: { embedding }, ...named }: EngineSettings,
  limits: ResultLimits,
  fetch: HttpOptions["fetch"],
): OpenedEngine {
  const hasDocuments = named.documents.length > 0 || named.documentsDatabase !== undefined;
  if (embedding === undefined || !hasDocuments) {
    return createDeferredEngine("local", () => openLocal(named, limits));
  }
  const embedder = createEmbedder(embedding, fetch);
  const engine = createDeferredEngine("local", () => openLocal(named, limits, embedder));
  return { ...engine, close: async () => embedder.close?.() };
}

async function openLocal(
  named: NamedDocuments,
  limits: ResultLimits,
  embedder?: Embedder,
): Promise<SearchEngine> {
  const documents = await openDocuments(named);
  if (documents !== undefined) {
    const meaning = embedder && meaningOf(documents, named, embedder);
    return createLocalEngine({ index: documents, limits, meaning });
  }
  return createLocalEngine({ index: await openArticles(), limits });
}

function meaningOf(
  documents: LocalIndex | PostgresIndex,
  named: NamedDocuments,
  embedder: Embedder,
): Meaning {
  if ("vectors" in documents) return createMeaning(documents.vectors, { embedder });
  return openMeaning({ files: named.documents.map(({ index }) => index), embedder });
}

/** A reranker is given each of its candidates whole. */
function limitsOf({ reranking }: EngineSettings["search"]): ResultLimits {
  return reranking === undefined ? {} : { maxResponseBytes: reranking.top * MAX_CANDIDATE_BYTES };
}
