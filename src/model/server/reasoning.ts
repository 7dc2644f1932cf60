import type { ReasoningEffort } from "../sampling.ts";
import type { ServerDialect } from "./dialects.ts";

type Fields = Readonly<Record<string, unknown>>;

const byEffort = (effort: ReasoningEffort): Fields =>
  effort === "on" ? {} : { reasoning_effort: effort === "off" ? "none" : effort };

/** Some take one of the two alone. */
const byThinking = (effort: ReasoningEffort): Fields => ({
  thinking: { type: effort === "off" ? "disabled" : "enabled" },
});

/** Templates know one of the names or the other; where a model has efforts, the server hands them on. */
const byTemplate = (effort: ReasoningEffort): Fields => ({
  chat_template_kwargs: { enable_thinking: effort !== "off", thinking: effort !== "off" },
  ...(effort !== "off" && byEffort(effort)),
});

const byReasoning = (effort: ReasoningEffort): Fields => ({
  reasoning: effort === "on" || effort === "off" ? { enabled: effort === "on" } : { effort },
});

/** Claude from 4.6 on: how much is its own choice, its text is shown, and it thinks between calls. */
const byAdaptive = (effort: ReasoningEffort): Fields => {
  if (effort === "off") return { thinking: { type: "disabled" } };
  const thinking = { thinking: { type: "adaptive", display: "summarized" } };
  return effort === "on"
    ? thinking
    : { ...thinking, output_config: { effort: effort === "minimal" ? "low" : effort } };
};

/** Gemini's own: thoughts are shown; 2.5 can be kept from thinking, 3 has levels. */
export function thinkingConfig(effort: ReasoningEffort | undefined): Fields {
  if (effort === "off") return { thinkingBudget: 0 };
  const shown = { includeThoughts: true };
  if (effort === undefined || effort === "on") return shown;
  return { ...shown, thinkingLevel: effort === "xhigh" ? "high" : effort };
}

/**
 * Sources: https://platform.openai.com/docs/api-reference/chat/create; https://openrouter.ai/docs/use-cases/reasoning-tokens;
 * https://api-docs.deepseek.com/guides/thinking_mode; https://platform.moonshot.ai/docs (refuses `thinking` beside
 * `reasoning_effort`); https://docs.z.ai/guides/capabilities/thinking-mode; vLLM and SGLang (`chat_template_kwargs`);
 * ollama/ollama#14820 (`think` is not read by its `/v1`). https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking. https://ai.google.dev/gemini-api/docs/thinking.
 * MiniMax has no such field.
 */
const CHAT: Readonly<Partial<Record<ServerDialect, (effort: ReasoningEffort) => Fields>>> = {
  vllm: byTemplate,
  sglang: byTemplate,
  llamacpp: byTemplate,
  tgi: byTemplate,
  ollama: byEffort,
  lmstudio: byEffort,
  localai: byEffort,
  deepseek: byThinking,
  moonshot: byThinking,
  zai: byThinking,
  mistral: byEffort,
  openai: byEffort,
  gemini: byEffort,
  openrouter: byReasoning,
  anthropic: byAdaptive,
  google: (effort) => ({ generationConfig: { thinkingConfig: thinkingConfig(effort) } }),
  generic: byEffort,
};

/** The fields of a chat with which a server is told how much to think; none where nothing is wished, or it has none. */
export function chatReasoning(effort: ReasoningEffort | undefined, dialect: ServerDialect): Fields {
  return effort === undefined ? {} : (CHAT[dialect]?.(effort) ?? {});
}

/** Whether a chat of that kind can be told so. */
export function takesReasoning(dialect: ServerDialect): boolean {
  return CHAT[dialect] !== undefined;
}

/** The same for `/responses`. */
export function responsesReasoning(effort: ReasoningEffort | undefined): Fields {
  if (effort === undefined || effort === "on") return {};
  return { effort: effort === "off" ? "none" : effort };
}
