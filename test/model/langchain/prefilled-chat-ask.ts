import { ChatAnthropic, type ChatAnthropicInput } from "@langchain/anthropic";
import {
  createPrefilledChatModel,
  type PrefilledChatModel,
  type PrefilledChatOptions,
} from "../../../src/model/langchain/prefilled-chat.ts";

export const KEY = "sk-ant-0123456789abcdef";

/** A real ChatAnthropic of a Messages API on the loopback. */
export function anthropic(url: string, fields: Partial<ChatAnthropicInput> = {}): ChatAnthropic {
  return new ChatAnthropic({
    model: "claude-sonnet-4-5",
    apiKey: KEY,
    anthropicApiUrl: url,
    maxRetries: 0,
    ...fields,
  });
}

/** The family over it. */
export function overAnthropic(
  url: string,
  options: Partial<PrefilledChatOptions> & { readonly fields?: Partial<ChatAnthropicInput> } = {},
): PrefilledChatModel {
  const { fields = {}, ...others } = options;
  return createPrefilledChatModel({
    chatModel: ({ maxTokens }) =>
      anthropic(url, { ...fields, ...(maxTokens !== undefined && { maxTokens }) }),
    ...others,
  });
}
