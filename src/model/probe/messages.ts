import { z } from "zod";
import { messagesRoot, MESSAGES_HEADERS } from "../langchain/anthropic-chat.ts";
import { revealed } from "../exchange/request.ts";
import type { PromptMessage } from "../model.ts";
import type { ChatSaid } from "./chat-reply.ts";
import { sendProbe, type ProbeReply, type ProbeTarget } from "./request.ts";

const count = z.number().nullish();
const usageSchema = z.object({ output_tokens: count, cache_read_input_tokens: count });
const blockSchema = z.object({
  type: z.string(),
  text: z.string().nullish(),
  thinking: z.string().nullish(),
});

/** An event of a stream, or a whole reply. */
const valueSchema = z.object({
  type: z.string(),
  message: z.object({ usage: usageSchema.nullish() }).nullish(),
  content: z.array(blockSchema).nullish(),
  content_block: blockSchema.nullish(),
  delta: z
    .object({ text: z.string().nullish(), thinking: z.string().nullish(), stop_reason: z.string().nullish() })
    .nullish(),
  stop_reason: z.string().nullish(),
  usage: usageSchema.nullish(),
});

/** One request to `/v1/messages`. What Anthropic refuses is left out: white space at the end, a temperature. */
export function sendMessages(
  target: ProbeTarget,
  messages: readonly PromptMessage[],
  options: { readonly maxTokens: number; readonly stop: readonly string[]; readonly tool: Tool | undefined },
): Promise<ProbeReply> {
  const { maxTokens, stop, tool } = options;
  const body = JSON.stringify({
    model: target.modelName,
    messages: messages.map(({ role, content }) => ({ role, content: content.trimEnd() })),
    max_tokens: maxTokens,
    stream: true,
    ...(stop.length > 0 && { stop_sequences: stop }),
    ...(tool !== undefined && {
      tools: [{ name: tool.name, description: tool.description, input_schema: tool.parameters }],
    }),
  });
  const key = revealed(target.apiKey).trim();
  const headers = { ...MESSAGES_HEADERS, ...(key !== "" && { "x-api-key": key }) };
  return sendProbe(
    { ...target, apiKey: undefined },
    `${messagesRoot(target.baseUrl)}/v1/messages`,
    body,
    headers,
  );
}

interface Tool {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Undefined for what is no reply of the Messages API. */
export function readMessagesValues(values: readonly unknown[]): ChatSaid | undefined {
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
    const { content: blocks, content_block: block, delta, message, stop_reason, usage } = read.data;
    for (const one of [
      ...(blocks ?? []),
      ...(block ? [block] : []),
      ...(delta ? [{ type: "", ...delta }] : []),
    ]) {
      if (one.thinking) reasoningField = "reasoning";
      text += (one.thinking ?? "") + (one.text ?? "");
      content += one.text ?? "";
      calls ||= one.type === "tool_use";
    }
    const reason = delta?.stop_reason ?? stop_reason;
    stopped ||= reason === "end_turn" || reason === "stop_sequence";
    const counts = usage ?? message?.usage;
    completionTokens = counts?.output_tokens ?? completionTokens;
    cachedTokens ||= counts?.cache_read_input_tokens != null;
  }
  return { text, content, reasoningField, calls, stopped, completionTokens, cachedTokens };
}
