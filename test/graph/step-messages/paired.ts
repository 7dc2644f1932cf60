import { AIMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";

/** Whether every call is followed by a tool message for each of its parts, and every tool message follows its call. */
export function isPaired(messages: readonly BaseMessage[]): boolean {
  let open: string[] = [];
  for (const message of messages) {
    if (ToolMessage.isInstance(message)) {
      if (!open.includes(message.tool_call_id)) return false;
      open = open.filter((id) => id !== message.tool_call_id);
    } else if (open.length > 0) return false;
    else if (AIMessage.isInstance(message)) open = (message.tool_calls ?? []).map(({ id = "" }) => id);
  }
  return open.length === 0;
}
