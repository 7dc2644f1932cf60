import { messagesRoot, MESSAGES_VERSION } from "../../server/anthropic.ts";
import { chatReasoning } from "../../server/reasoning.ts";
import { ToolsModel, type ToolsModelOptions, type ToolsWire } from "../tools-model.ts";
import { keepBlocks, readBlocks, toMessages, type Blocks } from "./blocks.ts";
import { createMessageReading } from "./stream.ts";

/** Of the dialect `anthropic`, whatever it is set to. */
export type MessagesOptions = Omit<ToolsModelOptions, "dialect">;

/** The API wants a limit. */
const MAX_TOKENS = 8_192;

/** What a Claude before 4.6 is told so that it thinks between its calls. */
const INTERLEAVED = { "anthropic-beta": "interleaved-thinking-2025-05-14" };

/**
 * A model behind Anthropic's Messages API. Thinking between calls is kept with its signatures, and the blocks of each reply
 * go back value for value. The prompt is cached up to its end. Sampling is sent only where it is set, since most Claude models
 * refuse temperature beside top_p, and newer ones both.
 * Sources: https://platform.claude.com/docs/en/build-with-claude/extended-thinking,
 * https://platform.claude.com/docs/en/build-with-claude/prompt-caching
 *
 * @throws `settings-invalid` for a base URL that is none.
 */
export function createMessagesModel(options: MessagesOptions): ToolsModel<Blocks> {
  return new ToolsModel({ ...options, dialect: "anthropic" }, MESSAGES);
}

const MESSAGES: ToolsWire<Blocks> = {
  family: "native-tools",
  form: "messages",
  url: ({ baseUrl }) => `${messagesRoot(baseUrl)}/v1/messages`,
  asksContext: false,
  keyHeader: "x-api-key",
  headers: ({ thinking }) => ({
    "anthropic-version": MESSAGES_VERSION,
    ...(isEnabled(thinking) && INTERLEAVED),
  }),
  fixed: new Set(["role", "content"]),
  read: readBlocks,
  messages: toMessages,
  body({ sent }, { modelName, maxTokens = MAX_TOKENS, given, reasoning, tools, calls }) {
    const { temperature, topP, topK } = given;
    const [first] = sent;
    return {
      model: modelName,
      ...(first?.["role"] === "system" && { system: first["content"] }),
      messages: sent.filter(({ role }) => role !== "system"),
      max_tokens: maxTokens,
      stream: true,
      cache_control: { type: "ephemeral" },
      ...(temperature != null && { temperature }),
      ...(topP != null && { top_p: topP }),
      ...(topK != null && { top_k: topK }),
      ...(tools.length > 0 && {
        tools: tools.map(({ function: { name, description, parameters } }) => ({
          name,
          description,
          input_schema: parameters,
        })),
        ...(!calls && { tool_choice: { type: "none" } }),
      }),
      ...chatReasoning(reasoning, "anthropic"),
    };
  },
  reply({ origin }) {
    const reading = createMessageReading();
    return {
      read: reading.read,
      keep: (said, { finishReason }) =>
        finishReason === "stop" && reading.blocks !== undefined
          ? keepBlocks(origin, said, reading.blocks)
          : undefined,
    };
  },
};

function isEnabled(thinking: unknown): boolean {
  return (
    typeof thinking === "object" && thinking !== null && "type" in thinking && thinking.type === "enabled"
  );
}
