import type { ChatDialect } from "../server/dialects.ts";
import type { PromptMessage } from "../../turn.ts";
import type { ReasoningTags } from "./text.ts";
import { openTurn } from "../model.ts";
import type { Sampling } from "../sampling.ts";

interface DialectFacts {
  /** Fields of the body with which the last message is continued. */
  readonly continuing?: Readonly<Record<string, unknown>>;
  /** Fields of every body: where a server can be asked to leave the text as the model wrote it, it is. */
  readonly always?: Readonly<Record<string, unknown>>;
  /** The last message as it is sent; by default with nothing added. */
  readonly last?: (content: string, tags: ReasoningTags) => Readonly<Record<string, unknown>>;
  /** The names under which sampling is understood; what is not named is not sent. */
  readonly sampling: Readonly<Record<string, string>> & Partial<Record<keyof Sampling, string>>;
  /** False: token counts come unasked, and being asked for them is an error. */
  readonly asksForUsage: boolean;
  /** True: the reply begins with the given text once more. */
  readonly echoes: boolean;
}

const STANDARD = {
  temperature: "temperature",
  topP: "top_p",
  presencePenalty: "presence_penalty",
  frequencyPenalty: "frequency_penalty",
} as const;
const OPENAI = { ...STANDARD, seed: "seed" } as const;
const EXTENDED = { ...OPENAI, topK: "top_k", minP: "min_p" } as const;

const CONTINUE_FINAL = { add_generation_prompt: false, continue_final_message: true } as const;

/**
 * Sources: vLLM and SGLang protocol.py; https://api-docs.deepseek.com/guides/chat_prefix_completion;
 * https://docs.mistral.ai/api (unknown fields are refused with 422; the prefix stands in the reply);
 * llama.cpp tools/server/README.md (the flags of vLLM are understood since 2026-05, and before that a last assistant
 * message is continued without them).
 */
export const DIALECTS: Readonly<Record<ChatDialect, DialectFacts>> = {
  vllm: {
    continuing: CONTINUE_FINAL,
    sampling: { ...EXTENDED, repetitionPenalty: "repetition_penalty" },
    asksForUsage: true,
    echoes: false,
  },
  sglang: {
    continuing: CONTINUE_FINAL,
    always: { separate_reasoning: false },
    sampling: { ...EXTENDED, repetitionPenalty: "repetition_penalty" },
    asksForUsage: true,
    echoes: false,
  },
  deepseek: { last: deepseekMessage, sampling: STANDARD, asksForUsage: true, echoes: false },
  mistral: {
    last: (content) => ({ content, prefix: true }),
    sampling: { ...STANDARD, seed: "random_seed" },
    asksForUsage: false,
    echoes: true,
  },
  llamacpp: {
    continuing: CONTINUE_FINAL,
    always: { reasoning_format: "none", parse_tool_calls: false },
    sampling: { ...EXTENDED, repetitionPenalty: "repeat_penalty" },
    asksForUsage: true,
    echoes: false,
  },
  openrouter: {
    sampling: { ...EXTENDED, repetitionPenalty: "repetition_penalty" },
    asksForUsage: true,
    echoes: false,
  },
  generic: { sampling: OPENAI, asksForUsage: true, echoes: false },
};

/** The body of `POST /chat/completions`. */
export function chatBody(request: {
  readonly dialect: ChatDialect;
  readonly tags: ReasoningTags;
  readonly messages: readonly PromptMessage[];
  readonly modelName: string;
  readonly maxTokens: number;
  readonly sampling: Sampling;
  readonly stop: readonly string[] | undefined;
  readonly extra: Readonly<Record<string, unknown>>;
}): string {
  const { dialect, tags, messages, sampling, stop = [] } = request;
  const facts = DIALECTS[dialect];
  const { turns, given } = openTurn(messages);
  const last = given === "" ? [] : [{ role: "assistant", content: given, ...facts.last?.(given, tags) }];
  return JSON.stringify({
    model: request.modelName,
    messages: [...turns.map(({ role, content }) => ({ role, content })), ...last],
    max_tokens: request.maxTokens,
    stream: true,
    ...(facts.asksForUsage && { stream_options: { include_usage: true } }),
    ...(given !== "" && facts.continuing),
    ...facts.always,
    ...sampledBy(sampling, facts.sampling),
    ...(stop.length > 0 && { stop }),
    ...request.extra,
  });
}

/** The sampling under the names that a server knows. */
export function sampledBy(sampling: Sampling, names: DialectFacts["sampling"]): Record<string, number> {
  const sampled: Record<string, number> = {};
  for (const [field, value] of Object.entries(sampling)) {
    const name = names[field];
    if (name !== undefined && typeof value === "number") sampled[name] = value;
  }
  return sampled;
}

/** Reasoning that the text begins with is a field of its own: `reasoning_content` is continued while it stands open. */
function deepseekMessage(content: string, { open, close }: ReasoningTags): Readonly<Record<string, unknown>> {
  if (!content.trimStart().startsWith(open)) return { content, prefix: true };
  const inner = content.slice(content.indexOf(open) + open.length);
  const end = inner.indexOf(close);
  return end < 0
    ? { content: "", prefix: true, reasoning_content: inner }
    : { content: inner.slice(end + close.length), prefix: true, reasoning_content: inner.slice(0, end) };
}
