import {
  AIMessage,
  type ContentBlock,
  type ResponseMetadata,
  type StandardMessageStructure,
} from "@langchain/core/messages";
import { z } from "zod";
import type { ModelUsage } from "../model/model.ts";

/** What a run used. `estimated`: the endpoint did not count tokens, so characters / 4 stand in. */
export const usageSchema = z.strictObject({
  modelRequests: z.number().int(),
  /** Those of them whose prompt was sent as the token ids that it was drawn in, so that nothing was tokenised anew. */
  tokenPrompts: z.number().int(),
  promptTokens: z.number().int(),
  completionTokens: z.number().int(),
  cachedTokens: z.number().int(),
  /** Those of `completionTokens` that were thought and not said, as far as the endpoint tells; absent where it tells none. */
  reasoningTokens: z.number().int().positive().optional(),
  estimated: z.boolean(),
  /** How often the model's connection broke in mid-reply, which was continued from its text; absent where it never did. */
  continued: z.number().int().positive().optional(),
  /**
   * UTF-8 bytes of search results that the model was not shown, or not any more, because its context was full; absent
   * where none had to go.
   */
  cutBytes: z.number().int().positive().optional(),
  /** Results that the model was not shown any more, since it is shown the last `keepResults` alone; absent where none. */
  omittedResults: z.number().int().positive().optional(),
  /** Searches that were sent ahead of a call that turned out another one, and were ended; absent where none. */
  droppedSearches: z.number().int().positive().optional(),
  /** Time spent in the model, in searches and on pages; waiting for a person or a restart does not count. */
  milliseconds: z.number(),
});

export type Usage = z.infer<typeof usageSchema>;

export const NO_USAGE: Usage = {
  modelRequests: 0,
  tokenPrompts: 0,
  promptTokens: 0,
  completionTokens: 0,
  cachedTokens: 0,
  estimated: false,
  milliseconds: 0,
};

/** The sum; none of its counts is below zero, whatever a thread was edited to. */
export function addUsage(left: Usage, right: Usage): Usage {
  const sum = (name: Exclude<keyof Usage, "estimated">): number =>
    Math.max(0, (left[name] ?? 0) + (right[name] ?? 0));
  const [continued, cutBytes, reasoningTokens] = [sum("continued"), sum("cutBytes"), sum("reasoningTokens")];
  const [omittedResults, droppedSearches] = [sum("omittedResults"), sum("droppedSearches")];
  return {
    ...(reasoningTokens > 0 && { reasoningTokens }),
    ...(continued > 0 && { continued }),
    ...(cutBytes > 0 && { cutBytes }),
    ...(omittedResults > 0 && { omittedResults }),
    ...(droppedSearches > 0 && { droppedSearches }),
    modelRequests: sum("modelRequests"),
    tokenPrompts: sum("tokenPrompts"),
    promptTokens: sum("promptTokens"),
    completionTokens: sum("completionTokens"),
    cachedTokens: sum("cachedTokens"),
    estimated: left.estimated || right.estimated,
    milliseconds: sum("milliseconds"),
  };
}

/** An answer as others know messages: under the name of who gives it, with how it came about and what that used. */
export function answerMessage(
  fields: {
    readonly id: string;
    readonly name: string;
    readonly content: string | ContentBlock.Standard[];
    readonly response_metadata: ResponseMetadata;
  },
  { promptTokens, completionTokens, cachedTokens, reasoningTokens }: Usage,
): AIMessage {
  const usage_metadata = {
    input_tokens: promptTokens,
    output_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    input_token_details: { cache_read: cachedTokens },
    ...(reasoningTokens !== undefined && { output_token_details: { reasoning: reasoningTokens } }),
  };
  // what is assigned to a message afterwards is neither kept in checkpoints nor sent
  return new AIMessage<StandardMessageStructure>({
    ...fields,
    response_metadata: { ...fields.response_metadata, ...versionOf(fields.content) },
    usage_metadata,
  });
}

/** How a message says that its content is LangChain's standard blocks. */
export function versionOf(content: string | readonly object[]): { readonly output_version?: "v1" } {
  return typeof content === "string" ? {} : { output_version: "v1" };
}

/** One request to the model. Where the endpoint did not count, its tokens are estimated from the texts. */
export function requestUsage(prompt: string, generated: string, counted: ModelUsage): Usage {
  const { promptTokens, completionTokens, cachedTokens = 0, reasoningTokens = 0 } = counted;
  return {
    ...NO_USAGE,
    modelRequests: 1,
    promptTokens: promptTokens ?? estimateTokens(prompt),
    completionTokens: completionTokens ?? estimateTokens(generated),
    cachedTokens,
    ...(reasoningTokens > 0 && { reasoningTokens }),
    estimated: promptTokens === undefined || completionTokens === undefined,
  };
}

/** Tokens of a text where nobody counted them: English text has about four characters to a token. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4);
}
