import type { PromptMessage } from "../../turn.ts";
import { z } from "zod";
import { messagesHeaders, messagesRoot } from "../server/anthropic.ts";
import type { SaidPart } from "../exchange/read-to-end.ts";
import { badReply, type RequestTarget } from "../exchange/http-failure.ts";

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
  return sendProbe(
    { ...target, apiKey: undefined },
    `${messagesRoot(target.baseUrl)}/v1/messages`,
    body,
    messagesHeaders(target.apiKey),
  );
}

interface Tool {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * What one event of the Messages API says, or a reply in one piece.
 *
 * @throws `model-bad-reply`
 */
export function readMessagesEvent(value: unknown, target: RequestTarget): SaidPart {
  const read = valueSchema.safeParse(value);
  if (!read.success) throw badReply(target, "an event that is none of the Messages API", read.error);
  const { content, content_block: block, delta, message, stop_reason, usage = message?.usage } = read.data;
  const blocks = [...(content ?? []), ...(block ? [block] : []), ...(delta ? [{ type: "", ...delta }] : [])];
  const reasoning = blocks.map(({ thinking }) => thinking ?? "").join("");
  const reason = delta?.stop_reason ?? stop_reason;
  const stopped = reason === "end_turn" || reason === "stop_sequence";
  return {
    reasoning,
    reasoningField: reasoning === "" ? undefined : "thinking blocks",
    content: blocks.map(({ text }) => text ?? "").join(""),
    calls: blocks.filter(({ type }) => type === "tool_use").map(() => ({})),
    finish: stopped ? { finishReason: "stop" } : undefined,
    usage: {
      ...(usage?.output_tokens != null && { completionTokens: usage.output_tokens }),
      ...(usage?.cache_read_input_tokens != null && { cachedTokens: usage.cache_read_input_tokens }),
    },
  };
}
