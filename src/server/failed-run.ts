import { AgenticRagError, isModelErrorCode, type ModelErrorCode } from "../errors.ts";
import { RequestError, type ErrorReply } from "./error-reply.ts";

/**
 * Failures of the model, as the one who asked is told them. The model's own words may name addresses and prompts of
 * the operator, and stay out. What the adapter has tried again already, the client should not.
 */
const MODEL_FAILURES: Readonly<Record<ModelErrorCode, ErrorReply>> = {
  "model-unreachable": {
    status: 503,
    code: "model_unreachable",
    message:
      "The language model behind this agent cannot be reached. Try again later, or ask whoever runs it.",
    retryAfterSeconds: 30,
    retry: false,
  },
  "model-rate-limited": {
    status: 429,
    code: "rate_limit_exceeded",
    message: "The language model behind this agent limits requests. Try again later.",
    retryAfterSeconds: 30,
  },
  "model-timeout": {
    status: 504,
    code: "model_timeout",
    message: "The language model behind this agent did not answer in time. Try again later.",
    retry: false,
  },
  "model-context-overflow": {
    status: 400,
    code: "context_length_exceeded",
    message:
      "The conversation, with what was found for it, is too long for the language model. Send fewer or shorter messages.",
    param: "messages",
    retry: false,
  },
  "model-unauthorized": {
    status: 502,
    code: "model_unauthorized",
    message: "The language model behind this agent refuses the agent's own key. Ask whoever runs it.",
    retry: false,
  },
  "model-rejected": {
    status: 502,
    code: "model_rejected",
    message: "The language model behind this agent rejected the agent's request. Ask whoever runs it.",
    retry: false,
  },
  "model-server-error": {
    status: 502,
    code: "model_server_error",
    message: "The language model behind this agent failed. Try again later.",
    retry: false,
  },
  "model-bad-reply": {
    status: 502,
    code: "model_bad_reply",
    message: "The language model behind this agent sent what cannot be read. Ask whoever runs it.",
    retry: false,
  },
  "model-truncated": {
    status: 502,
    code: "model_truncated",
    message: "The connection to the language model broke in the middle of its reply. Try again.",
    retry: false,
  },
};

/** The reply for a code in which a run ended. */
export function failedRun(code: string): ErrorReply {
  if (isModelErrorCode(code)) return MODEL_FAILURES[code];
  return {
    status: 500,
    code: "agent_error",
    message: "The agent is not set up to answer this. Whoever runs it can find out why.",
    retry: false,
  };
}

/** Whatever was thrown, as a client is told it: never in the words of an error that is not made for it. */
export function toRequestError(error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  if (AgenticRagError.isInstance(error)) return new RequestError(failedRun(error.code), error);
  const message = "The agent failed. Whoever runs it can find out why.";
  return new RequestError({ status: 500, code: "internal_error", message, retry: false }, error);
}
