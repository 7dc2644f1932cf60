import type { ZodType } from "zod";
/** What went wrong, as a closed list that a program can switch on. */
export type ErrorCode =
  | "settings-invalid"
  | "dependency-missing"
  | "download-failed"
  | "model-unreachable"
  | "model-unauthorized"
  | "model-rejected"
  | "model-context-overflow"
  | "model-rate-limited"
  | "model-server-error"
  | "model-bad-reply"
  | "model-truncated"
  | "model-timeout"
  | "script-exhausted"
  | "script-left-over"
  | "documents-unreadable"
  | "index-unusable"
  | "recording-unusable"
  | "store-unusable"
  | "thread-unknown"
  | "thread-busy"
  | "lease-lost"
  | "run-given-up"
  | "run-incomplete";

/** The facts of a failure that a handler may need. Never holds a key, a header or a prompt. */
export interface ErrorFacts {
  /** HTTP status of the reply, where there was one. */
  readonly status?: number;
  /** What the server asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Tokens of prompt and reply together that the model has, where a prompt is too long and the server told it. */
  readonly contextTokens?: number;
  /** Tokens of that prompt, likewise. */
  readonly promptTokens?: number;
}

/**
 * The one error class of this package. The message says what failed, why, and what to do next.
 * It never contains a key.
 */
export class AgenticRagError extends Error {
  override readonly name = "AgenticRagError";
  readonly code: ErrorCode;
  readonly facts: ErrorFacts;

  constructor(code: ErrorCode, message: string, options: { facts?: ErrorFacts; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.facts = options.facts ?? {};
  }

  /** True also for an error of another copy of this package in the same process. */
  static isInstance(value: unknown): value is AgenticRagError {
    return value instanceof Error && value.name === "AgenticRagError" && "code" in value;
  }
}

/** The codes of a model that cannot be reached or whose reply is broken. */
export type ModelErrorCode = Extract<ErrorCode, `model-${string}`>;

const MODEL_ERROR_CODES: Readonly<Record<ModelErrorCode, true>> = {
  "model-unreachable": true,
  "model-unauthorized": true,
  "model-rejected": true,
  "model-context-overflow": true,
  "model-rate-limited": true,
  "model-server-error": true,
  "model-bad-reply": true,
  "model-truncated": true,
  "model-timeout": true,
};

export function isModelErrorCode(code: string): code is ModelErrorCode {
  return Object.hasOwn(MODEL_ERROR_CODES, code);
}

/** True for an error that ends a run as `model-error`; every other one is thrown on. */
export function isModelFailure(error: unknown): error is AgenticRagError {
  return AgenticRagError.isInstance(error) && isModelErrorCode(error.code);
}

/** True for every form in which an abort arrives: by name, or (LangChain's `invoke`) by message. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === "AbortError" || error.message === "AbortError");
}

/** The message of an error, or the text of anything else that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What a check has found wrong with a value, its first faults with their places; `undefined` where nothing is. */
export function faultOf(schema: ZodType, value: unknown): string | undefined {
  const issues = schema.safeParse(value).error?.issues.slice(0, 3);
  return issues
    ?.map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`))
    .join("; ");
}

/** The `code` that Node and libraries put on an error, such as `ECONNREFUSED`; `undefined` where there is none. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** An error and what caused it, the outermost first; after an AggregateError its errors. Each once. */
export function causesOf(error: unknown): readonly Error[] {
  const found = new Set<Error>();
  const visit = (each: unknown): void => {
    if (!(each instanceof Error) || found.has(each)) return;
    found.add(each);
    if (each instanceof AggregateError) for (const one of each.errors) visit(one);
    visit(each.cause);
  };
  visit(error);
  return [...found];
}
