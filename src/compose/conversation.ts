import { AIMessage, HumanMessage, type BaseMessage } from "@langchain/core/messages";
import { AgenticRagError } from "../errors.ts";

/** A message of a conversation from outside, as plain text. `other`: tool traffic of other models. */
export interface PlainTurn {
  readonly role: "instruction" | "user" | "assistant" | "other";
  readonly text: string;
}

/**
 * A conversation as the graph takes it: the last message is the question, those before it are the history. Instructions
 * are put in front of the first question, since a model that was trained to search has a system prompt of its own.
 * Tool traffic is left out. `null` where the last turn, instructions apart, is not the user's or has no text.
 */
export function conversationOf(turns: readonly PlainTurn[]): BaseMessage[] | null {
  const trimmed = turns.map(({ role, text }) => ({ role, text: text.trim() }));
  const isInstruction = ({ role }: PlainTurn): boolean => role === "instruction";
  const instructions = trimmed.filter(isInstruction).map(({ text }) => text);
  let preface = instructions.filter((text) => text !== "").join("\n\n");
  const rest = trimmed.filter((turn) => !isInstruction(turn));
  const question = rest.at(-1);
  if (question?.role !== "user" || question.text === "") return null;
  return rest.flatMap(({ role, text }): BaseMessage[] => {
    if (text === "" || role === "other") return [];
    if (role === "assistant") return [new AIMessage({ id: crypto.randomUUID(), content: text })];
    const content = preface === "" ? text : `${preface}\n\n${text}`;
    preface = "";
    return [new HumanMessage({ id: crypto.randomUUID(), content })];
  });
}

/**
 * The same for LangChain's messages.
 *
 * @throws AgenticRagError `settings-invalid` when the last message is not a person's, or has no text.
 */
export function toConversation(messages: readonly BaseMessage[]): BaseMessage[] {
  const conversation = conversationOf(
    messages.map((message) => ({ role: ROLES[message.getType() as string] ?? "other", text: message.text })),
  );
  if (conversation !== null) return conversation;
  throw new AgenticRagError(
    "settings-invalid",
    "The agent was asked no question: the last message has to be a human message that has text.",
  );
}

const ROLES: Readonly<Record<string, PlainTurn["role"]>> = {
  system: "instruction",
  human: "user",
  ai: "assistant",
};
