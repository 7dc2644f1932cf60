import type { NativeSide, TurnPart } from "../turn.ts";
import type { Trajectory } from "./trajectory.ts";

interface ToolCall {
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> };
}

/** A message as chat templates and trainers of conversations take it. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly content: string;
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly ToolCall[];
  readonly name?: string;
}

export interface Conversation {
  readonly prompt: readonly ChatMessage[];
  readonly completion: readonly ChatMessage[];
  readonly tools: readonly Readonly<Record<string, unknown>>[];
}

/**
 * The run as a conversation, for trainers that take no mask: what was spliced is a message of its own. With a protocol that
 * has tool calls, its parts are calls and tool messages; else the texts as they are, what was spliced as the user's.
 */
export function conversationOf(
  { opening, segments }: Pick<Trajectory, "opening" | "segments">,
  side: NativeSide | undefined,
): Conversation {
  const prompt = opening?.messages ?? [];
  if (side === undefined) return { prompt, completion: plainMessages(segments), tools: [] };
  const pages = opening?.["pages"] === true;
  const parts = side.parts(segments, { pages });
  return { prompt, completion: messagesOf(parts), tools: pages ? [SEARCH, OPEN] : [SEARCH] };
}

function plainMessages(segments: Trajectory["segments"]): readonly ChatMessage[] {
  const messages: { role: "assistant" | "user"; content: string }[] = [];
  for (const [at, { origin, text }] of segments.entries()) {
    // what opens the turn belongs to it
    const role = origin === "model" || at === 0 ? "assistant" : "user";
    const last = messages.at(-1);
    if (last?.role === role) last.content += text;
    else messages.push({ role, content: text });
  }
  return messages.filter(({ content }) => content !== "");
}

function messagesOf(parts: readonly TurnPart[]): readonly ChatMessage[] {
  const messages: ChatMessage[] = [];
  let said = { reasoning: "", content: "", calls: [] as ToolCall[] };
  let asked = SEARCH.function.name;
  const close = (): void => {
    const { reasoning, content, calls } = said;
    said = { reasoning: "", content: "", calls: [] };
    if (reasoning === "" && content === "" && calls.length === 0) return;
    messages.push({
      role: "assistant",
      content,
      ...(reasoning !== "" && { reasoning_content: reasoning }),
      ...(calls.length > 0 && { tool_calls: calls }),
    });
  };
  for (const part of parts) {
    switch (part.type) {
      case "reasoning":
        said.reasoning += part.text;
        break;
      case "answer":
      case "broken-call":
        said.content += part.text;
        break;
      case "call":
        asked = SEARCH.function.name;
        said.calls.push(...part.queries.map((query) => callOf(SEARCH.function.name, { query })));
        break;
      case "open":
        asked = OPEN.function.name;
        said.calls.push(...part.urls.map((url) => callOf(OPEN.function.name, { url })));
        break;
      case "response": {
        const called = said.calls.length > 0;
        close();
        messages.push(
          called ? { role: "tool", name: asked, content: part.text } : { role: "user", content: part.text },
        );
        break;
      }
      case "note":
        close();
        messages.push({ role: "user", content: part.text });
        break;
    }
  }
  close();
  return messages;
}

function callOf(name: string, args: Readonly<Record<string, unknown>>): ToolCall {
  return { type: "function", function: { name, arguments: args } };
}

const SEARCH = toolOf("web_search", "Searches and returns numbered sources.", "query");
const OPEN = toolOf("open_url", "Opens a page.", "url");

function toolOf(name: string, description: string, field: string) {
  const parameters = { type: "object", properties: { [field]: { type: "string" } }, required: [field] };
  return { type: "function", function: { name, description, parameters } };
}
