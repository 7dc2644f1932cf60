import type { ContinuationModel } from "../../model/model.ts";
import type { Settings } from "../../settings/settings.ts";
import { counted } from "../../view/amounts.ts";
import type { Check } from "./check.ts";

/** The prompt of a question, and the reasoning up to its first search, in tokens. */
const OPENING_TOKENS = 2_000;
const BYTES_PER_TOKEN = 4;

/** How to have a longer one, by the kind of server. */
const LONGER: Readonly<Record<string, string>> = {
  vllm: "start vLLM with a larger --max-model-len",
  sglang: "start SGLang with a larger --context-length",
  llamacpp: "start llama-server with a larger -c (of which each slot of -np has its part)",
  ollama:
    "set AGENTIC_RAG_MODEL_CONTEXT, which Ollama is asked for, or OLLAMA_CONTEXT_LENGTH where it is started",
  lmstudio: "load the model with a longer context in LM Studio",
};

/** Whether the results of a search fit into the model's context; nothing where its size is not known. */
export async function checkContext(
  model: ContinuationModel,
  { limits }: Pick<Settings, "limits">,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const { contextTokens, assumedContext, dialect } = await model.describe(signal);
  if (contextTokens === undefined) return [];
  const results = Math.ceil(limits.maxResponseBytes / BYTES_PER_TOKEN);
  const fits = contextTokens - Math.ceil(contextTokens / 4) - OPENING_TOKENS >= results;
  const tokens = counted(contextTokens, "token");
  const size = assumedContext === true ? `${tokens}, as the server has them by default` : tokens;
  const name = "context";
  if (fits) return [{ name, status: "ok", message: size }];
  const longer = LONGER[dialect ?? ""] ?? "set AGENTIC_RAG_MODEL_CONTEXT to what the model can have";
  return [
    {
      name,
      status: "warning",
      message:
        `${size}. The results of a search may have ${counted(results, "token")}, and with the question and an answer they do not fit: ` +
        `what does not is left out, which each run says. For more, ${longer}; for shorter results, lower AGENTIC_RAG_MAX_RESULTS.`,
    },
  ];
}
