import type { BaseMessage } from "@langchain/core/messages";
import { z } from "zod";
import { AgenticRagError } from "../../errors.ts";
import type { Finish } from "../exchange/read-to-end.ts";
import { type RequestTarget, truncated } from "../exchange/http-failure.ts";

/** Where OpenAI, Google, Anthropic, Bedrock, Ollama and OpenAI's Responses say how a reply ended. */
const FINISH_FIELDS = ["finish_reason", "finishReason", "stop_reason", "stopReason", "done_reason", "status"];
const CUT = new Set(["length", "max_tokens", "max_output_tokens", "model_length", "incomplete"]);
const FILTERED =
  /^(?:content_filter|content_filtered|safety|refusal|recitation|blocklist|prohibited_content|spii|guardrail_intervened)$/;
const BROKEN = new Set(["error", "abort", "failed", "cancelled", "network_error"]);
const UNFINISHED = new Set(["in_progress", "queued", "null", ""]);

/** ChatAnthropic says in these how a stream ended, and in both how a reply in one piece did. */
const anthropicSchema = z.object({ stop_reason: z.string(), stop_sequence: z.string().nullish() });

/** The last message of ChatAnthropic's stream, whose count of what was written is that of the whole reply. */
export function endsAnthropic({ additional_kwargs }: BaseMessage): boolean {
  return anthropicSchema.safeParse(additional_kwargs).success;
}

/**
 * How a message says that the reply ended; undefined where it does not.
 *
 * @throws `model-rejected` for a refusal by a filter, `model-truncated` and `model-bad-reply` for an end that is none.
 */
export function readEnd(message: BaseMessage, target: RequestTarget): Finish | undefined {
  const anthropic = anthropicSchema.safeParse(message.additional_kwargs);
  if (anthropic.success) {
    const { stop_reason: reason, stop_sequence: stop } = anthropic.data;
    const finishReason = readReason(reason, target);
    return finishReason === undefined ? undefined : { finishReason, stopReason: stop ?? null };
  }
  const metadata: Readonly<Record<string, unknown>> = message.response_metadata;
  const said = FINISH_FIELDS.map((field) => metadata[field]).find((value) => typeof value === "string");
  if (typeof said !== "string") return undefined;
  const finishReason = readReason(said, target);
  return finishReason === undefined ? undefined : { finishReason };
}

/**
 * A reason in the words of OpenAI, Google, Anthropic, Bedrock and Ollama; undefined where it is none.
 *
 * @throws as `readEnd`
 */
export function readReason(said: string, target: RequestTarget): Finish["finishReason"] | undefined {
  const reason = said.toLowerCase();
  if (UNFINISHED.has(reason)) return undefined;
  if (CUT.has(reason) || reason.endsWith("context_window_exceeded")) return "length";
  if (BROKEN.has(reason)) throw truncated(target);
  if (reason === "malformed_function_call") {
    throw new AgenticRagError(
      "model-bad-reply",
      `The model at ${target.baseUrl} wrote a tool call that its own provider could not read. Ask again.`,
    );
  }
  if (!FILTERED.test(reason)) return "stop";
  throw new AgenticRagError(
    "model-rejected",
    `A content filter at ${target.baseUrl} ended the reply (${reason}). ` +
      "Ask in other words, or use a model without that filter.",
  );
}
