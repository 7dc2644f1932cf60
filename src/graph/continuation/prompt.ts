import { AIMessage, HumanMessage, SystemMessage, type BaseMessage } from "@langchain/core/messages";
import type { PromptMessage } from "../../model/model.ts";
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

/** The messages of a request, with the turn so far as the last one. */
export function promptMessages({ messages }: Opening, before: string): readonly PromptMessage[] {
  return before === "" ? messages : [...messages, { role: "assistant", content: before }];
}

/** The same, as LangChain knows them. */
export function toMessages(messages: readonly PromptMessage[]): BaseMessage[] {
  return messages.map(({ role, content }) => {
    if (role === "system") return new SystemMessage(content);
    return role === "user" ? new HumanMessage(content) : new AIMessage(content);
  });
}
