import type { PromptMessage } from "../../../src/turn.ts";
import { createChatPrefixModel, type ChatPrefixOptions } from "../../../src/model/chat-prefix/chat-prefix.ts";

import { startChatServer, type ChatServerReply } from "../../servers/chat.ts";
import { collect, HELLO, textOf } from "../collect.ts";

export const GIVEN = "<think>\nWell, I ";
export const CONTINUED: readonly PromptMessage[] = [...HELLO, { role: "assistant", content: GIVEN }];

/** One request to a server that gives this reply; no second try. */
export async function askChat(
  reply: ChatServerReply,
  messages: readonly PromptMessage[] = CONTINUED,
  options: Partial<ChatPrefixOptions> = {},
) {
  await using server = await startChatServer([reply]);
  const baseUrl = options.dialect === "deepseek" ? server.url.replace(/v1$/, "beta") : server.url;
  const model = createChatPrefixModel({
    baseUrl,
    modelName: "qwq",
    dialect: "vllm",
    maxRetries: 0,
    ...options,
  });
  const chunks = await collect(model, { stop: ["</tool_call>"] }, messages);
  return { chunks, text: textOf(chunks), request: server.requests[0] };
}
