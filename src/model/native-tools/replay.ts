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
  const opening = turns.filter(({ content }) => content.trim() !== "").map(toMessage);
  const start: Replayed = { messages: opening, said: "", kind: undefined, open: [], calls: 0 };
  const { messages } = flush(closeCalls(parts.reduce((at, part) => add(at, part, signed), start)));
  return messages.at(-1) instanceof AIMessage ? [...messages, new HumanMessage(GO_ON)] : [...messages];
}

/** The conversation up to a part of the turn. */
interface Replayed {
  readonly messages: readonly BaseMessage[];
  /** What the assistant has said since the last message, and as what it said the end of it. */
  readonly said: string;
  readonly kind: TurnPart["type"] | undefined;
  /** Calls that wait for their results. */
  readonly open: readonly OpenCall[];
  /** How many calls there were. */
  readonly calls: number;
}

function add(before: Replayed, part: TurnPart, signed: ReadonlyMap<number, AIMessage>): Replayed {
  if (part.type === "response") return respond(before, part.text);
  const at = closeCalls(before);
  switch (part.type) {
    case "reasoning":
    case "answer":
    case "broken-call":
      return say(at, part);
    case "call":
      return call(at, TOOL_NAME, { query: oneOrAll(part.queries) }, signed);
    case "open":
      return call(at, OPEN_TOOL_NAME, { url: oneOrAll(part.urls) }, signed);
    case "note":
      return note(at, part.text);
  }
}

function say(at: Replayed, { type, text }: { type: TurnPart["type"]; text: string }): Replayed {
  const apart = at.kind !== type && at.said.trim() !== "";
  return { ...at, said: apart ? `${at.said.trimEnd()}\n\n${text.trimStart()}` : at.said + text, kind: type };
}

function flush({ messages, said, ...at }: Replayed): Replayed {
  const spoken = said.trim() === "" ? [] : [new AIMessage(said.trim())];
  return { ...at, messages: [...messages, ...spoken], said: "", kind: undefined };
}

function call(
  { messages, said, calls }: Replayed,
  name: string,
  args: Readonly<Record<string, unknown>>,
  signed: ReadonlyMap<number, AIMessage>,
): Replayed {
  const number = calls + 1;
  const reply = signed.get(number);
  const own = { id: callId(number), name };
  return {
    messages: [...messages, reply ?? callMessage(said.trim(), own, args)],
    said: "",
    kind: undefined,
    open: reply?.tool_calls?.flatMap(({ id, name: called }) =>
      id === undefined ? [] : { id, name: called },
    ) ?? [own],
    calls: number,
  };
}

function respond(at: Replayed, text: string): Replayed {
  const [first, ...others] = at.open;
  if (first === undefined) return note(at, text);
  const results = [
    toolMessage(text.trim() === "" ? NO_RESPONSE : text.trim(), first),
    ...others.map((other) => toolMessage(ANSWERED_ABOVE, other)),
  ];
  return { ...at, messages: [...at.messages, ...results], open: [] };
}

function closeCalls(at: Replayed): Replayed {
  return at.open.length > 0 ? respond(at, NO_RESPONSE) : at;
}

function note(before: Replayed, text: string): Replayed {
  const at = flush(before);
  const words = text.trim();
  if (words === "") return at;
  const last = at.messages.at(-1);
  if (last instanceof ToolMessage) {
    const { tool_call_id: id, name = TOOL_NAME } = last;
    const longer = toolMessage(`${last.text}\n\n${words}`, { id, name });
    return { ...at, messages: [...at.messages.slice(0, -1), longer] };
  }
  if (last instanceof HumanMessage) {
    return { ...at, messages: [...at.messages.slice(0, -1), new HumanMessage(`${last.text}\n\n${words}`)] };
  }
  return { ...at, messages: [...at.messages, new HumanMessage(words)] };
}

function oneOrAll(texts: readonly string[]): unknown {
  return texts.length === 1 ? texts[0] : texts;
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
