import { AIMessage, HumanMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import { toMessage } from "../langchain/chat.ts";
import type { PromptMessage, TurnPart } from "../../turn.ts";

/** The name under which the search is offered. */
export const TOOL_NAME = "web_search";

/** The name under which the opening of pages is. */
export const OPEN_TOOL_NAME = "open_url";

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
  let open: readonly OpenCall[] = [];
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
      const { tool_call_id: id, name = TOOL_NAME } = last;
      messages[messages.length - 1] = toolMessage(`${last.text}\n\n${text.trim()}`, { id, name });
    } else if (last instanceof HumanMessage) {
      messages[messages.length - 1] = new HumanMessage(`${last.text}\n\n${text.trim()}`);
    } else {
      messages.push(new HumanMessage(text.trim()));
    }
  };
  const respond = (text: string): void => {
    const [first, ...others] = open;
    if (first === undefined) return note(text);
    messages.push(toolMessage(text.trim() === "" ? NO_RESPONSE : text.trim(), first));
    for (const other of others) messages.push(toolMessage(ANSWERED_ABOVE, other));
    open = [];
  };
  const call = (name: string, field: string, texts: readonly string[]): void => {
    calls += 1;
    const reply = signed.get(calls);
    const id = callId(calls);
    const args = { [field]: texts.length === 1 ? texts[0] : texts };
    messages.push(reply ?? callMessage(said.trim(), { id, name }, args));
    open = reply?.tool_calls?.flatMap((one) =>
      one.id === undefined ? [] : { id: one.id, name: one.name },
    ) ?? [{ id, name }];
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
        call(TOOL_NAME, "query", part.queries);
        break;
      case "open":
        call(OPEN_TOOL_NAME, "url", part.urls);
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

/** A call that waits for its result. */
interface OpenCall {
  readonly id: string;
  readonly name: string;
}

function callMessage(
  content: string,
  { id, name }: OpenCall,
  args: Readonly<Record<string, unknown>>,
): AIMessage {
  return new AIMessage({ content, tool_calls: [{ type: "tool_call", id, name, args: { ...args } }] });
}

function toolMessage(content: string, { id, name }: OpenCall): ToolMessage {
  return new ToolMessage({ content, tool_call_id: id, name });
}
