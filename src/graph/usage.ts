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
  estimated: z.boolean(),
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

export function addUsage(left: Usage, right: Usage): Usage {
  return {
    modelRequests: left.modelRequests + right.modelRequests,
    tokenPrompts: left.tokenPrompts + right.tokenPrompts,
    promptTokens: left.promptTokens + right.promptTokens,
    completionTokens: left.completionTokens + right.completionTokens,
    cachedTokens: left.cachedTokens + right.cachedTokens,
    estimated: left.estimated || right.estimated,
    milliseconds: left.milliseconds + right.milliseconds,
  };
}

/** One request to the model. Where the endpoint did not count, its tokens are estimated from the texts. */
export function requestUsage(prompt: string, generated: string, counted: ModelUsage): Usage {
  const { promptTokens, completionTokens, cachedTokens = 0 } = counted;
  return {
    ...NO_USAGE,
    modelRequests: 1,
    promptTokens: promptTokens ?? estimateTokens(prompt),
    completionTokens: completionTokens ?? estimateTokens(generated),
    cachedTokens,
    estimated: promptTokens === undefined || completionTokens === undefined,
  };
}

/** Tokens of a text where nobody counted them: English text has about four characters to a token. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4);
}
