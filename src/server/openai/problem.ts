import { AgenticRagError, type ErrorCode } from "../../errors.ts";

/** The statuses that this front answers with. */
export type ProblemStatus = 400 | 404 | 413 | 415 | 429 | 500 | 502 | 503 | 504;

export interface ProblemOptions {
  /** The field of the request that is wrong, such as `messages[0].content`. */
  readonly param?: string;
  /** What a client that waits is told to wait, in seconds. */
  readonly retryAfterSeconds?: number;
  /** False tells clients not to send the request again by themselves. Default: they decide. */
  readonly retry?: boolean;
  readonly cause?: unknown;
}

/** A refusal or failure in the form in which OpenAI's API tells it. Its message is for whoever sent the request. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: ProblemStatus;
  readonly code: string;
  readonly options: ProblemOptions;

  constructor(status: ProblemStatus, code: string, message: string, options: ProblemOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = status;
    this.code = code;
    this.options = options;
  }

  /** The body of the reply, and of an error in the middle of a stream. */
  get body() {
    return {
      error: {
        message: this.message,
        type: typeOf(this.status),
        param: this.options.param ?? null,
        code: this.code,
      },
    };
  }

  toResponse(): Response {
    const { retryAfterSeconds, retry } = this.options;
    return Response.json(this.body, {
      status: this.status,
      headers: {
        ...(retryAfterSeconds !== undefined && { "retry-after": String(retryAfterSeconds) }),
        ...(retry === false && { "x-should-retry": "false" }),
      },
    });
  }
}

function typeOf(status: ProblemStatus): string {
  if (status === 429) return "rate_limit_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}

type ModelCode = Extract<ErrorCode, `model-${string}`>;

/**
 * Failures of the model, as the one who asked is told them. The model's own words may name addresses and prompts of
 * the operator, and stay out. What the adapter has tried again already, the client should not.
 */
const MODEL_PROBLEMS: Readonly<Record<ModelCode, readonly [ProblemStatus, string, string, ProblemOptions]>> =
  {
    "model-unreachable": [
      503,
      "model_unreachable",
      "The language model behind this agent cannot be reached. Try again later, or ask whoever runs it.",
      { retryAfterSeconds: 30, retry: false },
    ],
    "model-rate-limited": [
      429,
      "rate_limit_exceeded",
      "The language model behind this agent limits requests. Try again later.",
      { retryAfterSeconds: 30 },
    ],
    "model-timeout": [
      504,
      "model_timeout",
      "The language model behind this agent did not answer in time. Try again later.",
      { retry: false },
    ],
    "model-context-overflow": [
      400,
      "context_length_exceeded",
      "The conversation, with what was found for it, is too long for the language model. Send fewer or shorter messages.",
      { param: "messages", retry: false },
    ],
    "model-unauthorized": [
      502,
      "model_unauthorized",
      "The language model behind this agent refuses the agent's own key. Ask whoever runs it.",
      { retry: false },
    ],
    "model-rejected": [
      502,
      "model_rejected",
      "The language model behind this agent rejected the agent's request. Ask whoever runs it.",
      { retry: false },
    ],
    "model-server-error": [
      502,
      "model_server_error",
      "The language model behind this agent failed. Try again later.",
      { retry: false },
    ],
    "model-bad-reply": [
      502,
      "model_bad_reply",
      "The language model behind this agent sent what cannot be read. Ask whoever runs it.",
      { retry: false },
    ],
    "model-truncated": [
      502,
      "model_truncated",
      "The connection to the language model broke in the middle of its reply. Try again.",
      { retry: false },
    ],
  };

/** What the client is told of a failure: never the words of an error that is not made for it. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (AgenticRagError.isInstance(error)) return failedRun(error.code, error);
  return new Problem(500, "internal_error", "The agent failed. Whoever runs it can find out why.", {
    retry: false,
    cause: error,
  });
}

/** The problem for a code in which a run ended. */
export function failedRun(code: string, cause?: unknown): Problem {
  if (isModelCode(code)) {
    const [status, name, message, options] = MODEL_PROBLEMS[code];
    return new Problem(status, name, message, { ...options, cause });
  }
  return new Problem(
    500,
    "agent_error",
    "The agent is not set up to answer this. Whoever runs it can find out why.",
    { retry: false, cause },
  );
}

function isModelCode(code: string): code is ModelCode {
  return Object.hasOwn(MODEL_PROBLEMS, code);
}
