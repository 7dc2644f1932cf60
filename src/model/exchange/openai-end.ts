import { z } from "zod";
import { AgenticRagError } from "../../errors.ts";
import { type RequestTarget, badReply, truncated } from "./http-failure.ts";
import type { ModelUsage } from "../model.ts";
import type { Finish } from "./read-to-end.ts";

const count = z.number().int().nonnegative().nullish();

/** What a choice says of its end, in completions and chats alike. */
export const finishFields = {
  finish_reason: z.string().nullish(),
  stop_reason: z.unknown().optional(),
  matched_stop: z.unknown().optional(),
};

/** What an event says of tokens; `prompt_cache_hit_tokens` is DeepSeek's, `timings` llama.cpp's. */
export const usageFields = {
  usage: z
    .object({
      prompt_tokens: count,
      completion_tokens: count,
      prompt_tokens_details: z.object({ cached_tokens: count }).nullish(),
      completion_tokens_details: z.object({ reasoning_tokens: count }).nullish(),
      prompt_cache_hit_tokens: count,
    })
    .nullish(),
  timings: z.object({ cache_n: count }).nullish(),
};

const finishSchema = z.object(finishFields);
const usageSchema = z.object(usageFields);

/**
 * How a reply ended, in the words of the servers that speak OpenAI's API.
 *
 * @throws `model-truncated`, `model-rejected` (a content filter), `model-bad-reply` for a reason that is not known
 */
export function readFinish(
  choice: z.infer<typeof finishSchema>,
  reason: string,
  target: RequestTarget,
): Finish {
  switch (reason) {
    case "stop":
    case "stop_sequence":
    case "stop_token":
      return { finishReason: "stop", ...readStopReason(choice) };
    case "eos":
    case "eos_token":
    case "tool_calls":
    case "function_call":
      return { finishReason: "stop", stopReason: null };
    case "length":
    case "max_tokens":
    case "model_length":
      return { finishReason: "length", ...readStopReason(choice) };
    case "content_filter":
      throw new AgenticRagError(
        "model-rejected",
        `A content filter of the model server at ${target.baseUrl} ended the reply. ` +
          "Ask in other words, or use a model without that filter.",
      );
    case "abort":
    case "error":
    case "insufficient_system_resource":
      throw truncated(target);
    default:
      throw badReply(
        target,
        `the finish reason ${JSON.stringify(target.redact(reason).slice(0, 40))}, which is not known here`,
      );
  }
}

/** A number is the id of a stop *token*, such as the end of the turn: no stop string. */
function readStopReason(choice: z.infer<typeof finishSchema>): Pick<Finish, "stopReason"> {
  const said = choice.stop_reason === undefined ? choice.matched_stop : choice.stop_reason;
  if (said === undefined) return {};
  return { stopReason: typeof said === "string" ? said : null };
}

export function readUsage({ usage, timings }: z.infer<typeof usageSchema>): ModelUsage {
  const promptTokens = usage?.prompt_tokens;
  const completionTokens = usage?.completion_tokens;
  const cachedTokens =
    usage?.prompt_tokens_details?.cached_tokens ?? usage?.prompt_cache_hit_tokens ?? timings?.cache_n;
  const reasoningTokens = usage?.completion_tokens_details?.reasoning_tokens;
  return {
    ...(promptTokens != null && { promptTokens }),
    ...(completionTokens != null && { completionTokens }),
    ...(cachedTokens != null && { cachedTokens }),
    ...(reasoningTokens != null && { reasoningTokens }),
  };
}
