import type { BaseMessage } from "@langchain/core/messages";
import { conversationOf, type PlainTurn } from "../../compose/conversation.ts";
import { RequestError } from "../error-reply.ts";
import type { ChatMessage } from "./request.ts";

/**
 * The messages of a request as the graph takes them, see `conversationOf`.
 *
 * @throws RequestError 400 when the last message, apart from system messages, is not a user's, or has no text.
 */
export function toConversation(messages: readonly ChatMessage[]): BaseMessage[] {
  const conversation = conversationOf(
    messages.map((message) => ({ role: ROLES[message.role], text: textOf(message) })),
  );
  if (conversation !== null) return conversation;
  const message = "The last message has to be the user's question, with text.";
  throw new RequestError({ status: 400, code: "invalid_value", message, param: "messages" });
}

const ROLES: Readonly<Record<ChatMessage["role"], PlainTurn["role"]>> = {
  system: "instruction",
  developer: "instruction",
  user: "user",
  assistant: "assistant",
  tool: "other",
  function: "other",
};

function textOf({ content }: ChatMessage): string {
  if (content == null) return "";
  if (typeof content === "string") return content;
  const texts = content.flatMap((part) =>
    "text" in part ? [part.text] : "refusal" in part ? [part.refusal] : [],
  );
  // many chat templates take no two answers in a row
  return texts.length === 0 ? content.map(({ type }) => `(${type})`).join("\n") : texts.join("\n");
}
