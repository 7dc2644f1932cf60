import { AIMessage, HumanMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import { toMessage } from "./langchain-chat.ts";
import type { PromptMessage } from "./model.ts";
import type { TurnPart } from "./native-tools-side.ts";

/** The name under which the search is offered. */
export const TOOL_NAME = "web_search";

const GO_ON = "Go on exactly where your last message ends. Repeat nothing of it.";
const NO_RESPONSE = "This call was not run.";
const ANSWERED_ABOVE = "Answered together with the first of these calls.";

/**
 * The conversation as chat models with tools know it: `turns`, then the assistant's turn as assistant, tool and user
 * messages. Reasoning is replayed as plain content: no provider takes reasoning blocks that it has not signed. A call
 * whose `signed` reply is at hand, by the number of the call, is that reply as it came.
 *
 * All providers accept what comes out: a tool result stands right behind its call, no assistant message follows
 * another, no message is empty, the last is not an assistant's. What the runtime noted is put to the tool result or
 * the user message before it, else into a user message of its own, since not all take a system message there, or a
 * user message behind a tool result.
 */
export function replay(
  turns: readonly PromptMessage[],
  parts: readonly TurnPart[],
  signed: ReadonlyMap<number, AIMessage> = new Map(),
): BaseMessage[] {
  const messages: BaseMessage[] = turns.filter(({ content }) => content.trim() !== "").map(toMessage);
  let said = "";
  let kind: TurnPart["type"] | undefined;
  let open: readonly string[] = [];
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
    const [id, ...others] = open;
    if (id === undefined) return note(text);
    messages.push(toolMessage(text.trim() === "" ? NO_RESPONSE : text.trim(), id));
    for (const other of others) messages.push(toolMessage(ANSWERED_ABOVE, other));
    open = [];
  };
  const call = (queries: readonly string[]): void => {
    calls += 1;
    const reply = signed.get(calls);
    const id = callId(calls);
    messages.push(reply ?? callMessage(said.trim(), queries, id));
    open = reply?.tool_calls?.flatMap((one) => one.id ?? []) ?? [id];
    said = "";
    kind = undefined;
  };

  for (const part of parts) {
    if (open.length > 0 && part.type !== "response") respond(NO_RESPONSE);
    switch (part.type) {
      case "reasoning":
      case "answer":
      case "broken-call":
        say(part.type, part.text);
        break;
      case "call":
        call(part.queries);
        break;
      case "response":
        respond(part.text);
        break;
      case "note":
        note(part.text);
    }
  }
  if (open.length > 0) respond(NO_RESPONSE);
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
