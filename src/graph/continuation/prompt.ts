import { AIMessage, HumanMessage, SystemMessage, type BaseMessage } from "@langchain/core/messages";
import type { ProtocolReader } from "../../protocol/protocol.ts";
import type { Opening } from "../state.ts";

/** The text that a request shows, without tags. */
export function promptText({ messages }: Opening, before: string): string {
  return messages.map(({ content }) => content).join("") + before;
}

/** Whether a text ends within reasoning, or within a call. */
export function leavesOpen(reader: ProtocolReader, said: string): boolean {
  reader.feed(said);
  if (reader.done) return false;
  reader.end({ finishReason: "length" });
  return reader.generation.outcome !== "answer";
}

export function toMessages(opening: Opening, before: string): BaseMessage[] {
  const messages: BaseMessage[] = opening.messages.map(({ role, content }) => {
    if (role === "system") return new SystemMessage(content);
    return role === "user" ? new HumanMessage(content) : new AIMessage(content);
  });
  return before === "" ? messages : [...messages, new AIMessage(before)];
}
