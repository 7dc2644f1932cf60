export { assemble, CORPUS_FOLDER, indexFileOf } from "./assemble.ts";
export { AgenticRagError, type ErrorCode, type ErrorFacts } from "./errors.ts";
export { RUN_DEFAULTS, type RunContext, type RunLimits } from "./graph/context.ts";
export type { BudgetLeft, RunEvent } from "./graph/events.ts";
export { createAgenticRag, type AgenticRag, type CompileOptions } from "./graph/graph.ts";
export type { AgenticRagParts } from "./graph/parts.ts";
export {
  Input,
  Output,
  State,
  type BudgetName,
  type Call,
  type Citation,
  type Opening,
  type QueryRecord,
  type RunState,
  type Source,
  type StopReason,
  type Usage,
} from "./graph/state.ts";
export { chatmlTemplate, jinjaTemplate, rawTemplate, type ChatTemplate } from "./model/chat-template.ts";
export { createChatPrefixModel, type ChatPrefixOptions } from "./model/chat-prefix.ts";
export { describeServer, listModels } from "./model/completions-describe.ts";
export { createCompletionsModel, type CompletionsOptions } from "./model/completions.ts";
export { createGgufModel, type GgufOptions } from "./model/gguf.ts";
export {
  ContinuationModel,
  type ContinuationOptions,
  type ModelChunk,
  type ModelDescription,
  type ModelUsage,
  type PromptMessage,
  type TurnPiece,
} from "./model/model.ts";
export { createNativeToolsModel, type NativeToolsOptions } from "./model/native-tools.ts";
export { createOfflineModel } from "./model/offline.ts";
export { probeEndpoint } from "./model/probe.ts";
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
export { createDeferredEngine } from "./search/deferred.ts";
export type {
  SearchEngine,
  SearchFailure,
  SearchFailureKind,
  SearchOptions,
  SearchOutcome,
  SearchResult,
} from "./search/engine.ts";
export { buildIndex, indexDocuments, type IndexReport } from "./search/index-builder.ts";
export { openIndex, type LocalIndex } from "./search/local-index.ts";
export { createLocalEngine, type LocalEngineOptions } from "./search/local.ts";
export { createRetrieverEngine, type RetrieverOptions } from "./search/retriever.ts";
export { createSearxngEngine, type SearxngOptions } from "./search/searxng.ts";
export { createTavilyEngine, type TavilyOptions } from "./search/tavily.ts";
export { Secret } from "./secret.ts";
export { readSettings, SETTINGS, type ModelSettings, type Settings } from "./settings.ts";
