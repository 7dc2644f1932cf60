import { AgenticRagError } from "../../errors.ts";
import type { RequestTarget } from "../exchange/http-failure.ts";

/**
 * The words with which Anthropic and vLLM refuse to continue an assistant's message: the model does not do it (Claude
 * from 4.6 on), or not while it thinks, or not with tools.
 */
const REFUSED = /pre-?fill|must end with a user message|must start with a thinking block/i;

/** Names the way out where a server does not continue messages; any other failure is given back as it is. */
export function namePrefillRefusal(failure: unknown, { baseUrl, modelName }: RequestTarget): unknown {
  if (!AgenticRagError.isInstance(failure) || failure.code !== "model-rejected") return failure;
  if (!REFUSED.test(failure.message)) return failure;
  const said = /\((\d{3}: .*)\)/s.exec(failure.message)?.[1] ?? "400";
  return new AgenticRagError(
    "model-rejected",
    `The model "${modelName}" at ${baseUrl} does not continue an assistant's message (${said}). ` +
      "Use the family native-tools (AGENTIC_RAG_MODEL_FAMILY=native-tools), or, where it is its extended thinking " +
      "that is in the way, switch that off.",
    { facts: failure.facts },
  );
}
