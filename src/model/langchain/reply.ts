import { AIMessage, AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { z } from "zod";
import type { Finish, SaidPart } from "../exchange/read-to-end.ts";
import { endsAnthropic, readEnd } from "./end.ts";
import type { RequestTarget } from "../exchange/http-failure.ts";
import type { ModelUsage } from "../model.ts";
import type { CallPart } from "../exchange/written-call.ts";

/**
 * What each message of a LangChain chat model's reply says. Where no stream says how it ended, a message that came in
 * one piece is whole, and so is every reply of a model that `endsSilently`.
 *
 * @throws `model-rejected` for a refusal by a filter, `model-truncated` for a finish that is none.
 */
export async function* readParts(
  messages: AsyncIterable<BaseMessage>,
  { target, endsSilently }: { readonly target: RequestTarget; readonly endsSilently: boolean },
): AsyncGenerator<readonly SaidPart[]> {
  let usage: ModelUsage = {};
  let finish: Finish | undefined;
  let counts = endsSilently;
  for await (const message of messages) {
    const end = readEnd(message, target);
    finish = end ?? finish;
    usage = addUsage(usage, message);
    counts ||= !AIMessageChunk.isInstance(message);
    yield [{ ...textsOf(message), calls: callsOf(message), finish: end, usage }];
  }
  if (finish === undefined && counts) {
    yield [{ reasoning: "", content: "", calls: [], finish: { finishReason: "stop" } }];
  }
}

const reasoningSchema = z.union([
  z.object({ type: z.literal("reasoning"), reasoning: z.string() }).transform((block) => block.reasoning),
  z.object({ type: z.literal("thinking"), thinking: z.string() }).transform((block) => block.thinking),
  z
    .object({ type: z.literal("reasoning"), summary: z.array(z.object({ text: z.string() })) })
    .transform(({ summary }) => summary.map(({ text }) => text).join("")),
]);
const textSchema = z.object({ type: z.literal("text"), text: z.string() });
const keywordsSchema = z.object({ reasoning_content: z.string() });

function textsOf(message: BaseMessage): { reasoning: string; content: string } {
  const blocks: readonly unknown[] =
    typeof message.content === "string" ? [{ type: "text", text: message.content }] : message.content;
  const kept = keywordsSchema.safeParse(message.additional_kwargs);
  const thought = blocks.map((block) => reasoningSchema.safeParse(block).data ?? "").join("");
  return {
    reasoning: kept.success && kept.data.reasoning_content !== "" ? kept.data.reasoning_content : thought,
    content: blocks.map((block) => textSchema.safeParse(block).data?.text ?? "").join(""),
  };
}

/** A message that came in one piece has its calls parsed already. */
function callsOf(message: BaseMessage): readonly CallPart[] {
  if (AIMessageChunk.isInstance(message) && (message.tool_call_chunks ?? []).length > 0) {
    return (message.tool_call_chunks ?? []).map(({ index, id, name, args }) => ({
      index,
      id,
      name,
      arguments: args,
    }));
  }
  if (!AIMessage.isInstance(message) && !AIMessageChunk.isInstance(message)) return [];
  const { tool_calls = [], invalid_tool_calls = [] } = message;
  return [
    ...tool_calls.map(({ id, name, args }, at) => ({
      index: at,
      id,
      name,
      arguments: JSON.stringify(args),
    })),
    ...invalid_tool_calls.map(({ id, name, args }, at) => ({
      index: tool_calls.length + at,
      id,
      name,
      arguments: args,
    })),
  ];
}

const usageSchema = z.object({
  usage_metadata: z.object({
    input_tokens: z.number(),
    output_tokens: z.number(),
    input_token_details: z.object({ cache_read: z.number().nullish() }).nullish(),
  }),
});

/** The counts of a stream's chunks add up, but for what Anthropic says at the end. */
function addUsage(usage: ModelUsage, message: BaseMessage): ModelUsage {
  const read = usageSchema.safeParse(message);
  if (!read.success) return usage;
  const { input_tokens, output_tokens, input_token_details } = read.data.usage_metadata;
  const cached = input_token_details?.cache_read;
  return {
    promptTokens: (usage.promptTokens ?? 0) + input_tokens,
    completionTokens: (endsAnthropic(message) ? 0 : (usage.completionTokens ?? 0)) + output_tokens,
    ...((cached != null || usage.cachedTokens !== undefined) && {
      cachedTokens: (usage.cachedTokens ?? 0) + (cached ?? 0),
    }),
  };
}
