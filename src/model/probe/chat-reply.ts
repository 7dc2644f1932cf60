import { z } from "zod";

const count = z.number().nullish();

const partSchema = z.object({
  content: z
    .union([z.string(), z.array(z.object({ type: z.string(), text: z.string().nullish() }))])
    .nullish(),
  reasoning: z.string().nullish(),
  reasoning_content: z.string().nullish(),
  tool_calls: z.array(z.unknown()).nullish(),
});

/** An event of a stream, or a whole reply. */
const valueSchema = z.object({
  choices: z
    .array(
      z.object({
        delta: partSchema.nullish(),
        message: partSchema.nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: z
    .object({
      prompt_tokens: count,
      completion_tokens: count,
      prompt_tokens_details: z.object({ cached_tokens: count }).nullish(),
      prompt_cache_hit_tokens: count,
    })
    .nullish(),
  timings: z.object({ cache_n: count }).nullish(),
});

/** A chat reply, with everything that was said in the order in which it came. */
export interface ChatSaid {
  readonly text: string;
  readonly content: string;
  readonly reasoningField: "reasoning_content" | "reasoning" | undefined;
  readonly calls: boolean;
  readonly stopped: boolean;
  readonly completionTokens: number | undefined;
  readonly cachedTokens: boolean;
}

/** Undefined for what is no chat completion. */
export function readChatValues(values: readonly unknown[]): ChatSaid | undefined {
  let text = "";
  let content = "";
  let reasoningField: ChatSaid["reasoningField"];
  let calls = false;
  let stopped = false;
  let completionTokens: number | undefined;
  let cachedTokens = false;
  for (const value of values) {
    const read = valueSchema.safeParse(value);
    if (!read.success) return undefined;
    const { choices, usage, timings } = read.data;
    const [choice] = choices ?? [];
    const part = choice?.delta ?? choice?.message ?? {};
    if (part.reasoning_content) reasoningField = "reasoning_content";
    else if (part.reasoning) reasoningField ??= "reasoning";
    const said =
      typeof part.content === "string"
        ? part.content
        : (part.content ?? []).map((one) => one.text ?? "").join("");
    text += (part.reasoning_content || part.reasoning || "") + said;
    content += said;
    calls ||= (part.tool_calls ?? []).length > 0;
    stopped ||= choice?.finish_reason === "stop";
    completionTokens = usage?.completion_tokens ?? completionTokens;
    cachedTokens ||=
      (usage?.prompt_tokens_details?.cached_tokens ?? usage?.prompt_cache_hit_tokens ?? timings?.cache_n) !=
      null;
  }
  return { text, content, reasoningField, calls, stopped, completionTokens, cachedTokens };
}
