import type { PromptMessage } from "../../turn.ts";
import { messagesHeaders, messagesRoot } from "../server/anthropic.ts";
import { sendProbe, type ProbeReply, type ProbeTarget } from "./request.ts";

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
