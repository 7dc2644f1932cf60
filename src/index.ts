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
export { protocols } from "./protocol/index.ts";
export type * from "./protocol/protocol.ts";
export { readSettings, SETTINGS, type Settings } from "./settings.ts";
