import { DIALECTS, sampledBy } from "../chat-prefix/dialect.ts";
import { readChatEvent } from "../chat-prefix/stream.ts";
import { chatForm } from "../server/json-form.ts";
import { chatDialectOf } from "../server/dialects.ts";
import { chatReasoning } from "../server/reasoning.ts";
import { CHAT_TOOLS } from "./chat-dialects.ts";
import { keepChat, readChatMessage, toChat, type ChatMessage } from "./chat-messages.ts";
import { createDeltaMerge } from "./delta-merge.ts";
import { ToolsModel, type ToolsModelOptions, type ToolsWire } from "./tools-model.ts";

export type ChatToolsOptions = ToolsModelOptions;

const CHAT: ToolsWire<ChatMessage> = {
  family: "native-tools",
  form: "chat",
  url: ({ baseUrl }) => `${baseUrl}/chat/completions`,
  asksContext: true,
  fixed: new Set(["role", "content", "tool_calls", "tool_call_id"]),
  read: readChatMessage,
  messages: (replayed, dialect) => replayed.map((message) => toChat(message, CHAT_TOOLS[dialect])),
  body({ sent: messages }, { modelName, maxTokens, sampling, reasoning, tools, calls, form }, dialect) {
    const { asksForUsage, sampling: names } = DIALECTS[chatDialectOf(dialect)];
    return {
      model: modelName,
      messages,
      ...(maxTokens !== undefined && { max_tokens: maxTokens }),
      stream: true,
      ...(asksForUsage && { stream_options: { include_usage: true } }),
      ...sampledBy(sampling, names),
      ...(tools.length > 0 && { tools, ...(!calls && { tool_choice: "none" }) }),
      ...chatReasoning(reasoning, dialect),
      ...chatForm(form, dialect),
    };
  },
  reply({ origin }) {
    const whole = createDeltaMerge();
    return {
      read(event, target) {
        const part = readChatEvent(event, target);
        if (part.message !== undefined) whole.add(part.message);
        return [part];
      },
      keep: (said) => whole.message && keepChat(origin, said, whole.message),
    };
  },
};

/**
 * A model behind `/chat/completions` with tools.
 *
 * @throws `settings-invalid` for a base URL that is none.
 */
export function createChatToolsModel(options: ChatToolsOptions): ToolsModel<ChatMessage> {
  return new ToolsModel(options, CHAT);
}
