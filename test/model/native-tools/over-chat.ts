import { createChatToolsModel, type ChatToolsOptions } from "../../../src/model/native-tools/chat-tools.ts";
import { KEY } from "../key.ts";
import { qwqNativeSide } from "./side.ts";

/** The native family over our own requests to a chat. */
export function overChat(baseUrl: string, options: Partial<ChatToolsOptions> = {}) {
  return createChatToolsModel({
    baseUrl,
    modelName: "qwq",
    apiKey: KEY,
    dialect: "generic",
    side: qwqNativeSide,
    maxRetries: 0,
    ...options,
  });
}
