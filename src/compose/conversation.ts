import { AIMessage, HumanMessage, SystemMessage, type BaseMessage } from "@langchain/core/messages";
import { AgenticRagError } from "../errors.ts";
import { refuseOtherParts } from "../graph/question.ts";

/** A message of a conversation from outside, as plain text. `other`: tool traffic of other models. */
export interface PlainTurn {
  readonly role: "instruction" | "user" | "assistant" | "other";
  readonly text: string;
}

/**
 * A conversation as the graph takes it: the last message is the question, those before it are the history, and the
 * instructions are one system message in front.
 * Tool traffic is left out. `null` where the last turn, instructions apart, is not the user's or has no text.
 */
export function conversationOf(turns: readonly PlainTurn[]): BaseMessage[] | null {
  const trimmed = turns.map(({ role, text }) => ({ role, text: text.trim() }));
  const isInstruction = ({ role }: PlainTurn): boolean => role === "instruction";
  const instructions = trimmed.filter(isInstruction).map(({ text }) => text);
  const preface = instructions.filter((text) => text !== "").join("\n\n");
  const rest = trimmed.filter((turn) => !isInstruction(turn));
  const question = rest.at(-1);
  if (question?.role !== "user" || question.text === "") return null;
  const talk = rest.flatMap(({ role, text: content }): BaseMessage[] => {
    if (content === "" || role === "other") return [];
    const id = crypto.randomUUID();
    return [role === "assistant" ? new AIMessage({ id, content }) : new HumanMessage({ id, content })];
  });
  return preface === "" ? talk : [new SystemMessage({ id: crypto.randomUUID(), content: preface }), ...talk];
}

/**
 * The same for LangChain's messages.
 *
 * @throws AgenticRagError `settings-invalid` when the last message is not a person's, has no text, or has more than text.
 */
export function toConversation(messages: readonly BaseMessage[]): BaseMessage[] {
  const question = messages.findLast((message) => message.getType() !== "system");
  if (question?.getType() === "human") refuseOtherParts(question);
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
