import type { ChatOpenAI } from "@langchain/openai";
import { revealed, type ApiKey } from "../exchange/request.ts";
import type { ModelRequest } from "./chat.ts";
import { loadPackage } from "../../net/optional-package.ts";
import type { ServerDialect } from "../server/dialects.ts";
import { QWQ_SAMPLING, type Sampling } from "../sampling.ts";
import { droppingUnsupportedParameters } from "./unsupported-parameters.ts";

export interface OpenAiChatOptions {
  /** The address in front of `/chat/completions`. */
  readonly baseUrl: string;
  readonly modelName: string;
  readonly apiKey?: ApiKey | undefined;
  /** What is not OpenAI's own is sent only where it is known to be understood. */
  readonly dialect: ServerDialect | "auto";
  /** Where a field is missing, QWQ_SAMPLING's counts. */
  readonly sampling: Partial<Sampling>;
  /** @default the global `fetch` */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Where `@langchain/openai` comes from. @default import("@langchain/openai") */
  readonly load?: () => Promise<{ readonly ChatOpenAI: typeof ChatOpenAI }>;
}

const MAX_RETRIES = 2;

/** Servers that take `top_k`, `min_p` and `repetition_penalty` in a chat. */
const EXTENDED: ReadonlySet<OpenAiChatOptions["dialect"]> = new Set([
  "vllm",
  "sglang",
  "llamacpp",
  "openrouter",
]);

/**
 * What makes LangChain's ChatOpenAI for each request. The package is loaded now.
 *
 * @throws `dependency-missing`
 */
export async function loadOpenAiChat(
  options: OpenAiChatOptions,
): Promise<(request: ModelRequest) => ChatOpenAI> {
  const { ChatOpenAI: Chat } = await loadPackage({
    name: "@langchain/openai",
    version: "1",
    neededBy: "The model family native-tools is spoken through @langchain/openai",
    load: options.load,
  });
  const fetch = droppingUnsupportedParameters(options.fetch ?? globalThis.fetch);
  return ({ maxTokens, sampling, modelName = options.modelName }) => {
    const drawn = { ...QWQ_SAMPLING, ...options.sampling, ...sampling };
    return new Chat({
      model: modelName,
      // a server that needs none is sent a word, without which nothing is sent at all
      apiKey: revealed(options.apiKey).trim() || "none",
      configuration: { baseURL: options.baseUrl, fetch },
      maxRetries: MAX_RETRIES,
      streaming: true,
      // asked for its usage, Mistral refuses the request, and tells it anyway
      streamUsage: options.dialect !== "mistral",
      ...(maxTokens !== undefined && { maxTokens }),
      ...(drawn.temperature !== null && { temperature: drawn.temperature }),
      ...(drawn.topP !== null && { topP: drawn.topP }),
      ...(drawn.presencePenalty !== null && { presencePenalty: drawn.presencePenalty }),
      ...(drawn.frequencyPenalty !== null && { frequencyPenalty: drawn.frequencyPenalty }),
      modelKwargs: {
        ...(drawn.seed !== null && { [options.dialect === "mistral" ? "random_seed" : "seed"]: drawn.seed }),
        ...(EXTENDED.has(options.dialect) && extended(drawn, options.dialect)),
      },
    });
  };
}

function extended({ topK, minP, repetitionPenalty }: Sampling, dialect: OpenAiChatOptions["dialect"]) {
  const penalty = dialect === "llamacpp" ? "repeat_penalty" : "repetition_penalty";
  return {
    ...(topK !== null && { top_k: topK }),
    ...(minP !== null && { min_p: minP }),
    ...(repetitionPenalty !== null && { [penalty]: repetitionPenalty }),
  };
}
