import type { ChatAnthropic } from "@langchain/anthropic";
import { revealed, type ApiKey } from "../exchange/request.ts";
import { messagesRoot } from "../server/anthropic.ts";
import { obeyingFetch } from "../exchange/obeying-fetch.ts";
import { patientFetch } from "../../net/patient-fetch.ts";
import type { ModelRequest } from "./chat.ts";
import { loadPackage } from "../../net/optional-package.ts";
import type { Sampling } from "../sampling.ts";

export interface AnthropicChatOptions {
  /** The address in front of `/v1/messages`, with `/v1` or without. */
  readonly baseUrl: string;
  readonly modelName: string;
  readonly apiKey?: ApiKey | undefined;
  /** Only what is set is sent: most Claude models reject temperature together with top_p, and newer ones take neither. */
  readonly sampling: Partial<Sampling>;
  /** How often a request is sent again before a reply begins. */
  readonly maxRetries: number;
  /** @default one that has no limits of its own */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Where `@langchain/anthropic` comes from. @default import("@langchain/anthropic") */
  readonly load?: () => Promise<{ readonly ChatAnthropic: typeof ChatAnthropic }>;
}

/**
 * What makes LangChain's ChatAnthropic for each request, without extended thinking. The package is loaded now.
 *
 * @throws `dependency-missing`
 */
export async function loadAnthropicChat(
  options: AnthropicChatOptions,
): Promise<(request: ModelRequest) => ChatAnthropic> {
  const { ChatAnthropic: Chat } = await loadPackage({
    name: "@langchain/anthropic",
    version: "1",
    neededBy: "The model family chat-prefix is spoken to Anthropic's API through @langchain/anthropic",
    load: options.load,
  });
  const fetch = obeyingFetch(options.fetch ?? patientFetch);
  return ({ maxTokens, sampling, modelName = options.modelName }) => {
    const { temperature, topP, topK } = { ...options.sampling, ...sampling };
    return new Chat({
      model: modelName,
      // a server that needs none is sent a word, without which nothing is sent at all
      apiKey: revealed(options.apiKey).trim() || "none",
      anthropicApiUrl: messagesRoot(options.baseUrl),
      clientOptions: { fetch },
      maxRetries: options.maxRetries,
      streamUsage: true,
      ...(maxTokens !== undefined && { maxTokens }),
      ...(temperature != null && { temperature }),
      ...(topP != null && { topP }),
      ...(topK != null && { topK }),
    });
  };
}
