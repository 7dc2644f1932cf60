export { assemble, CORPUS_FOLDER } from "./assemble/assemble.ts";
export { AgenticRagChatModel, createAgenticRagChatModel } from "./compose/chat-model.ts";
export type { RunSettings } from "./compose/agent-run.ts";
export type { PartOptions } from "./compose/part.ts";
export {
  createResearchAgent,
  type ResearchAgent,
  type ResearchAgentOptions,
} from "./compose/research-agent.ts";
export {
  createResearchTool,
  type ResearchArtifact,
  type ResearchToolOptions,
} from "./compose/research-tool.ts";
export { AgenticRagError, type ErrorCode, type ErrorFacts } from "./errors.ts";
export { RUN_DEFAULTS, type Ceilings, type RunContext, type RunLimits } from "./graph/context.ts";
export type { BudgetLeft, RunEvent } from "./graph/events.ts";
export { createAgenticRag, type AgenticRag, type CompileOptions } from "./graph/graph.ts";
export type { AgenticRagParts } from "./graph/parts.ts";
export type { Citation } from "./graph/citation.ts";
export {
  Input,
  Output,
  State,
  type BudgetName,
  type Call,
  type Opening,
  type QueryRecord,
  type RunState,
  type Source,
  type StopReason,
} from "./graph/state.ts";
export type { Generation as GenerationRecord } from "./graph/continuation/generations.ts";
export type { Usage } from "./graph/usage.ts";
export {
  chatmlTemplate,
  jinjaTemplate,
  rawTemplate,
  type ChatTemplate,
} from "./model/template/chat-template.ts";
export { createChatPrefixModel, type ChatPrefixOptions } from "./model/chat-prefix/chat-prefix.ts";
export { describeServer, listModels } from "./model/completions/describe.ts";
export { createCompletionsModel, type CompletionsOptions } from "./model/completions/completions.ts";
export { createGgufModel, type GgufOptions } from "./model/gguf/gguf.ts";
export {
  ContinuationModel,
  type ContinuationOptions,
  type ModelChunk,
  type ModelDescription,
  type ModelUsage,
  type PromptMessage,
  type SentPrompt,
  type TurnPiece,
} from "./model/model.ts";
export { createChatToolsModel, type ChatToolsOptions } from "./model/native-tools/chat-tools.ts";
export { createNativeToolsModel, type NativeToolsOptions } from "./model/native-tools/native-tools.ts";
export { createGeminiModel, type GeminiOptions } from "./model/native-tools/gemini/gemini.ts";
export { createMessagesModel, type MessagesOptions } from "./model/native-tools/messages/messages.ts";
export { createResponsesModel, type ResponsesOptions } from "./model/native-tools/responses/responses.ts";
export { createOfflineModel } from "./model/offline/offline.ts";
export {
  cachedPrefill,
  createPrefilledChatModel,
  type PrefilledChatOptions,
} from "./model/langchain/prefilled-chat.ts";
export type { FamilyChoice } from "./model/probe/choice.ts";
export { probeEndpoint } from "./model/probe/probe.ts";
export { createProbedModel, createProber, type ProbedOptions, type Prober } from "./model/probe/probed.ts";
export { QWQ_SAMPLING, type Sampling } from "./model/sampling.ts";
export {
  createScriptedModel,
  type ScriptedModel,
  type ScriptedOptions,
  type ScriptedReply,
  type ScriptedStep,
} from "./model/scripted.ts";
export { protocols } from "./protocol/index.ts";
export type {
  CallReading,
  Generation,
  ModelSide,
  NativeSide,
  Protocol,
  ProtocolEvent,
  ProtocolReader,
  Segment,
  ToolReply,
  Turn,
} from "./protocol/protocol.ts";
export { createProxyFetch, type ProxyOptions } from "./net/proxy.ts";
export { createBraveEngine, type BraveOptions } from "./search/engines/brave.ts";
export { createDiskCache, type DiskCacheOptions } from "./search/around/cache-disk.ts";
export { createMemoryCache } from "./search/around/cache-store.ts";
export type { Answer, CacheStore, KeptAnswer } from "./search/around/cache-store.ts";
export { withCache, type CacheOptions } from "./search/around/cache.ts";
export { createDeferredEngine } from "./search/around/deferred.ts";
export { createDuckDuckGoEngine, type DuckDuckGoOptions } from "./search/engines/duckduckgo.ts";
export type {
  RerankedCandidate,
  Reranking,
  SearchAttempt,
  SearchEngine,
  SearchFailure,
  SearchFailureKind,
  SearchOptions,
  SearchOutcome,
  SearchResult,
} from "./search/engine.ts";
export { createExaEngine, type ExaContents, type ExaOptions } from "./search/engines/exa.ts";
export {
  type Embedded,
  type Embedder,
  type EmbedOptions,
  type Prefixes,
} from "./search/embedding/embedder.ts";
export { createEndpointEmbedder, type EndpointEmbedderOptions } from "./search/embedding/endpoint.ts";
export {
  createLangChainEmbedder,
  type LangChainEmbedderOptions,
  type LangChainEmbeddings,
} from "./search/embedding/langchain.ts";
export {
  createGgufEmbeddings,
  type GgufEmbeddings,
  type GgufEmbeddingsOptions,
} from "./model/gguf/embedding.ts";
export { createFallbackEngine, type FallbackOptions } from "./search/around/fallback.ts";
export { buildIndex, indexDocuments, type IndexReport } from "./search/local/index-builder.ts";
export type { Document } from "./search/local/documents/document.ts";
export { createJinaEngine, type JinaOptions } from "./search/engines/jina.ts";
export {
  createLangChainEngine,
  type LangChainOptions,
  type LangChainTool,
} from "./search/langchain/langchain.ts";
export { openIndex, type DocumentIndex, type LocalIndex } from "./search/local/local-index.ts";
export {
  buildPostgresIndex,
  indexPostgresDocuments,
  openPostgresIndex,
  type PostgresBuildOptions,
  type PostgresDocumentsOptions,
  type PostgresIndex,
} from "./search/local/postgres/postgres.ts";
export { buildPostgresVectors, type PostgresVectorOptions } from "./search/local/postgres/vector-build.ts";
export { createLocalEngine, type LocalEngineOptions } from "./search/local/local.ts";
export {
  buildVectors,
  type VectorBuildOptions,
  type VectorReport,
} from "./search/local/vectors/build-vectors.ts";
export {
  createMeaning,
  openMeaning,
  type Meaning,
  type MeaningOptions,
} from "./search/local/vectors/meaning.ts";
export type { VectorReader } from "./search/local/vectors/vector-reader.ts";
export { createJinaPageReader, type JinaPageReaderOptions } from "./search/pages/jina.ts";
export type { PageOutcome, PageReader } from "./search/pages/page-reader.ts";
export { createToolPageReader, type ToolPageReaderOptions } from "./search/pages/tool.ts";
export { createWebPageReader, type WebPageReaderOptions } from "./search/pages/web.ts";
export {
  createRateLimit,
  withRateLimit,
  type RateLimit,
  type RateLimitOptions,
} from "./search/around/rate-limit.ts";
export {
  createReplayEngine,
  withRecording,
  type RecordingOptions,
  type ReplayOptions,
} from "./search/around/recording.ts";
export { createMcpEngine, type McpEngine, type McpOptions } from "./search/engines/mcp.ts";
export {
  createHttpReranker,
  type HttpRerankerOptions,
  type Reranker,
  type Scored,
} from "./search/around/reranker.ts";
export { withReranking, type RerankingOptions } from "./search/around/reranking.ts";
export type { RetrieverApi } from "./search/engines/retriever-api.ts";
export { createRetrieverEngine, type RetrieverOptions } from "./search/engines/retriever.ts";
export { withRetry, type RetryOptions } from "./search/around/retry.ts";
export { createHttpApiEngine, type HttpApiOptions } from "./search/engines/http-api.ts";
export { createSearxngEngine, type SearxngOptions } from "./search/engines/searxng.ts";
export { createSerperEngine, type SerperOptions } from "./search/engines/serper.ts";
export { createTavilyEngine, type TavilyOptions } from "./search/engines/tavily.ts";
export { createWikipediaEngine, type WikipediaOptions } from "./search/engines/wikipedia.ts";
export { Secret } from "./secret.ts";
export { indexFileOf } from "./settings/documents.ts";
export { readSettings, SETTINGS, type ModelSettings, type Settings } from "./settings/settings.ts";
export {
  createResearchTeam,
  type ResearchTeam,
  type ResearchTeamParts,
  type TeamSettings,
} from "./compose/team/research-team.ts";
export type {
  ApprovalRequest,
  PagesApproval,
  PagesApprovalRequest,
  ReviewedActions,
  SearchApproval,
  SearchApprovalRequest,
} from "./graph/approval/approval.ts";
export type { PageRecord } from "./graph/pages/record.ts";
export { driveThread } from "./durability/driver.ts";
export type { Claim, Durability, Lease, RunStatus, ThreadBook, ThreadRow } from "./durability/durability.ts";
export { openDurability } from "./durability/open.ts";
export { createSqliteStore, type SqliteStoreOptions } from "./durability/sqlite/sqlite.ts";
export { sweepOrphans } from "./durability/sweep.ts";
export { createJournaledEngine, forgetSearches, type JournalOptions } from "./search/journal/journal.ts";
export { toCase as toScoredCase, type Case as ScoredCase } from "./eval/case.ts";
export { compare as compareRuns, type Comparison as RunComparison } from "./eval/compare.ts";
export {
  coverMatch,
  exactMatch,
  lastAnswer,
  normalised as normalisedAnswer,
  substringMatch,
} from "./eval/match.ts";
export { unicodeNormalised as unicodeNormalisedAnswer, wordF1 } from "./eval/match.ts";
export { scoresOf, type ScoredRun } from "./eval/score.ts";
export { summarise as summariseRuns, type Summary as RunSummary } from "./eval/summary.ts";
export { spansOf, type TextSpan } from "./trajectory/spans.ts";
export { tokenSequences, type TokenSequence } from "./trajectory/tokens.ts";
export {
  toTrajectory,
  trajectoryJsonSchema,
  trajectorySchema,
  type AboutRun,
  type FinishedRun,
  type Trajectory,
} from "./trajectory/trajectory.ts";
export type { HeardResult } from "./turn.ts";
export { remoteRequest } from "./compose/remote-request.ts";
