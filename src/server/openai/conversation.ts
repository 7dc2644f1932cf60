import { AIMessage, HumanMessage, type BaseMessage } from "@langchain/core/messages";
import { RequestError } from "../error-reply.ts";
import type { ChatMessage } from "./request.ts";

/**
 * The messages as the graph takes them: the last one is the question, those before it are the history. What system
 * and developer messages say is put in front of the first user message, since a model that was trained to search
 * brings a system prompt of its own. Tool traffic of other models is left out.
 *
 * @throws RequestError 400 when the last message, apart from system messages, is not a user's, or has no text.
 */
export function toConversation(messages: readonly ChatMessage[]): BaseMessage[] {
  const instructions = messages.flatMap((message) => (isInstruction(message) ? [textOf(message)] : []));
  let preface = instructions.filter((text) => text !== "").join("\n\n");
  const turns = messages.filter((message) => !isInstruction(message));
  const question = turns.at(-1);
  if (question?.role !== "user" || textOf(question) === "") {
    const message = "The last message has to be the user's question, with text.";
    throw new RequestError({ status: 400, code: "invalid_value", message, param: "messages" });
  }
  const conversation: BaseMessage[] = [];
  for (const message of turns) {
    const text = textOf(message);
    if (text === "" || (message.role !== "user" && message.role !== "assistant")) continue;
    if (message.role === "assistant") {
      conversation.push(new AIMessage({ id: crypto.randomUUID(), content: text }));
      continue;
    }
    const content = preface === "" ? text : `${preface}\n\n${text}`;
    preface = "";
    conversation.push(new HumanMessage({ id: crypto.randomUUID(), content }));
  }
  return conversation;
}

function isInstruction({ role }: ChatMessage): boolean {
  return role === "system" || role === "developer";
}

function textOf({ content }: ChatMessage): string {
  if (content == null) return "";
  if (typeof content === "string") return content.trim();
  return content
    .map((part) => (part.type === "text" ? part.text : part.refusal))
    .join("\n")
    .trim();
}
