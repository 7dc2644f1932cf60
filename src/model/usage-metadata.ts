import type { UsageMetadata } from "@langchain/core/messages";

/** Tokens as the endpoint counts them; `undefined` where it does not say. */
export interface ModelUsage {
  readonly promptTokens?: number;
  readonly completionTokens?: number;
  /** Those of `promptTokens` that came from the endpoint's prefix cache. */
  readonly cachedTokens?: number;
  /** Those of `completionTokens` that were thought and not said. */
  readonly reasoningTokens?: number;
}

/** LangChain's form has no way to leave one of the counts open: it is there only where both are told. */
export function toUsageMetadata({
  promptTokens,
  completionTokens,
  cachedTokens,
  reasoningTokens,
}: ModelUsage) {
  if (promptTokens === undefined || completionTokens === undefined) return undefined;
  const usage: UsageMetadata = {
    input_tokens: promptTokens,
    output_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
  if (cachedTokens !== undefined) usage.input_token_details = { cache_read: cachedTokens };
  if (reasoningTokens !== undefined) usage.output_token_details = { reasoning: reasoningTokens };
  return usage;
}
