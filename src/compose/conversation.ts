import { AIMessage, HumanMessage, type BaseMessage } from "@langchain/core/messages";
import { AgenticRagError } from "../errors.ts";

/**
 * Messages as the graph takes them: the last one is the question, those before it are the history. What system
 * messages say is put in front of the first question, since a model that was trained to search has a system prompt of
 * its own. Tool traffic of other models is left out.
 *
 * @throws AgenticRagError `settings-invalid` when the last message is not a person's, or has no text.
 */
export function toConversation(messages: readonly BaseMessage[]): BaseMessage[] {
  const instructions = messages.filter((message) => message.getType() === "system").map(textOf);
  let preface = instructions.filter((text) => text !== "").join("\n\n");
  const turns = messages.filter((message) => message.getType() !== "system");
  const question = turns.at(-1);
  if (question?.getType() !== "human" || textOf(question) === "") {
    throw new AgenticRagError(
      "settings-invalid",
      "The agent was asked no question: the last message has to be a human message that has text.",
    );
  }
  return turns.flatMap((message): BaseMessage[] => {
    const text = textOf(message);
    const type = message.getType();
    if (text === "" || (type !== "human" && type !== "ai")) return [];
    if (type === "ai") return [new AIMessage({ id: crypto.randomUUID(), content: text })];
    const content = preface === "" ? text : `${preface}\n\n${text}`;
    preface = "";
    return [new HumanMessage({ id: crypto.randomUUID(), content })];
  });
}

function textOf(message: BaseMessage): string {
  return message.text.trim();
}
