import type { Usage } from "../../../graph/usage.ts";
import { tokensOf } from "../outcome.ts";
import type { OutputItem } from "./items.ts";
import type { ResponsesRequest } from "./request.ts";

/** What all forms of one response have in common. */
export interface ResponseHead {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly asked: ResponsesRequest["asked"];
  /** Whether it is kept, to be gone on with. */
  readonly store: boolean;
}

/** How far a response is. */
export interface ResponseState {
  readonly status: "in_progress" | "completed" | "incomplete" | "failed";
  readonly output: readonly OutputItem[];
  /** Why it is incomplete: `max_output_tokens`, or the stop reason of a run that came to no answer. */
  readonly reason?: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly usage?: ReturnType<typeof usageOf>;
  /** What OpenAI's form has no place for. */
  readonly agentic_rag?: object;
}

export type ResponseObject = ReturnType<typeof responseOf>;

/** A response as OpenAI gives it. */
export function responseOf(
  { id, created, asked, store }: ResponseHead,
  { status, output, reason, error, usage, agentic_rag: details }: ResponseState,
) {
  return {
    id,
    object: "response" as const,
    created_at: created,
    status,
    background: false,
    error: error ?? null,
    incomplete_details: reason === undefined ? null : { reason },
    instructions: asked.instructions ?? null,
    max_output_tokens: asked.max_output_tokens ?? null,
    max_tool_calls: asked.max_tool_calls ?? null,
    metadata: asked.metadata ?? {},
    model: asked.model,
    output,
    parallel_tool_calls: true,
    previous_response_id: asked.previous_response_id ?? null,
    reasoning: { effort: asked.reasoning?.effort ?? null, summary: "auto" },
    store,
    temperature: asked.temperature ?? null,
    text: { format: asked.text?.format ?? { type: "text" } },
    tool_choice: "auto",
    tools: [{ type: "web_search" }],
    top_p: asked.top_p ?? null,
    truncation: "disabled",
    usage: usage ?? null,
    ...(details !== undefined && { agentic_rag: details }),
  };
}

/** Tokens of all requests to the model. @param said what was not reasoning */
export function usageOf(usage: Usage, said: string) {
  const tokens = tokensOf(usage, said);
  return {
    input_tokens: tokens.prompt_tokens,
    input_tokens_details: {
      cached_tokens: tokens.prompt_tokens_details.cached_tokens,
      cache_write_tokens: 0,
    },
    output_tokens: tokens.completion_tokens,
    output_tokens_details: tokens.completion_tokens_details,
    total_tokens: tokens.total_tokens,
  };
}
