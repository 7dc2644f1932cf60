import {
  AIMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
  type BaseMessage,
} from "@langchain/core/messages";
import type { PromptMessage } from "./model.ts";
import type { TurnPart } from "./native-tools-side.ts";

/** The name under which the search is offered. */
export const TOOL_NAME = "web_search";

const GO_ON = "Go on exactly where your last message ends. Repeat nothing of it.";
const NO_RESPONSE = "This call was not run.";

/**
 * The conversation as chat models with tools know it: `turns`, then the assistant's turn as assistant, tool and user
 * messages. Reasoning is replayed as plain content: no provider takes reasoning blocks that it has not signed.
 *
 * All providers accept what comes out: a tool result stands right behind its call, no assistant message follows
 * another, no message is empty, the last is not an assistant's. What the runtime noted is put to the tool result or
 * the user message before it, else into a user message of its own, since not all take a system message there, or a
 * user message behind a tool result.
 */
export function replay(turns: readonly PromptMessage[], parts: readonly TurnPart[]): BaseMessage[] {
  const messages: BaseMessage[] = turns.filter(({ content }) => content.trim() !== "").map(toMessage);
  let said = "";
  let kind: TurnPart["type"] | undefined;
  let open: string | undefined;
  let calls = 0;

  const say = (part: TurnPart["type"], text: string): void => {
    const apart = kind !== part && said.trim() !== "";
    said = apart ? `${said.trimEnd()}\n\n${text.trimStart()}` : said + text;
    kind = part;
  };
  const flush = (): void => {
    if (said.trim() !== "") messages.push(new AIMessage(said.trim()));
    said = "";
    kind = undefined;
  };
  const note = (text: string): void => {
    flush();
    const last = messages.at(-1);
    if (text.trim() === "") return;
    if (last instanceof ToolMessage) {
      messages[messages.length - 1] = toolMessage(`${last.text}\n\n${text.trim()}`, last.tool_call_id);
    } else if (last instanceof HumanMessage) {
      messages[messages.length - 1] = new HumanMessage(`${last.text}\n\n${text.trim()}`);
    } else {
      messages.push(new HumanMessage(text.trim()));
    }
  };
  const respond = (text: string): void => {
    if (open === undefined) return note(text);
    messages.push(toolMessage(text.trim() === "" ? NO_RESPONSE : text.trim(), open));
    open = undefined;
  };

  for (const part of parts) {
    if (open !== undefined && part.type !== "response") respond(NO_RESPONSE);
    switch (part.type) {
      case "reasoning":
      case "answer":
      case "broken-call":
        say(part.type, part.text);
        break;
      case "call":
        calls += 1;
        open = callId(calls);
        messages.push(callMessage(said.trim(), part.queries, open));
        said = "";
        kind = undefined;
        break;
      case "response":
        respond(part.text);
        break;
      case "note":
        note(part.text);
    }
  }
  if (open !== undefined) respond(NO_RESPONSE);
  flush();
  if (messages.at(-1) instanceof AIMessage) messages.push(new HumanMessage(GO_ON));
  return messages;
}

/** Mistral takes nothing but nine letters and digits. */
function callId(number: number): string {
  return `search${String(number).padStart(3, "0")}`;
}

function callMessage(content: string, queries: readonly string[], id: string): AIMessage {
  const query = queries.length === 1 ? queries[0] : queries;
  return new AIMessage({
    content,
    tool_calls: [{ type: "tool_call", id, name: TOOL_NAME, args: { query } }],
  });
}

function toolMessage(content: string, id: string): ToolMessage {
  return new ToolMessage({ content, tool_call_id: id, name: TOOL_NAME });
}

function toMessage({ role, content }: PromptMessage): BaseMessage {
  if (role === "system") return new SystemMessage(content);
  return role === "user" ? new HumanMessage(content) : new AIMessage(content);
}
