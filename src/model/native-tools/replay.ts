import type { PromptMessage, TurnPart } from "../../turn.ts";

/** The name under which the search is offered. */
export const TOOL_NAME = "web_search";

/** The name under which the opening of pages is. */
export const OPEN_TOOL_NAME = "open_url";

const GO_ON = "Go on exactly where your last message ends. Repeat nothing of it.";
const NO_RESPONSE = "This call was not run.";
const ANSWERED_ABOVE = "Answered together with the first of these calls.";

/** A call that waits for its result. */
export interface OpenCall {
  readonly id: string;
  readonly name: string;
}

/** A message of a conversation with tools, in no provider's form. `Received`: one as its endpoint gave it. */
export type ReplayMessage<Received> =
  | { readonly role: "system" | "user"; readonly content: string }
  | { readonly role: "assistant"; readonly said: readonly Said[]; readonly call?: ReplayCall }
  | { readonly role: "assistant"; readonly received: Received }
  | ({ readonly role: "tool"; readonly content: string } & OpenCall);

/** What was said without a call, and as what. */
export interface Said {
  readonly type: "reasoning" | "answer" | "broken-call";
  readonly text: string;
}

/** A call that is written anew. */
export interface ReplayCall extends OpenCall {
  readonly args: Readonly<Record<string, unknown>>;
}

/** A piece of the turn: its parts, or the message that it was received as. */
export interface ReplayPiece<Received> {
  readonly parts: readonly TurnPart[];
  readonly received?: { readonly message: Received; readonly calls: readonly OpenCall[] } | undefined;
}

/**
 * The conversation as chat models with tools know it: `turns`, then the assistant's turn as assistant, tool and user
 * messages. A piece that was kept as it was received is that message.
 *
 * All providers accept what comes out: a tool result stands right behind its call, no assistant message follows
 * another, no message is empty, the last is not an assistant's. What the runtime noted is put to the tool result or
 * the user message before it, else into a user message of its own, since not all take a system message there, or a
 * user message behind a tool result.
 */
export function replay<Received>(
  turns: readonly PromptMessage[],
  pieces: readonly ReplayPiece<Received>[],
): readonly ReplayMessage<Received>[] {
  const opening = turns.filter(({ content }) => content.trim() !== "").map(toReplay);
  const start: Replayed<Received> = { messages: opening, said: [], open: [], calls: 0 };
  const { messages } = flush(closeCalls(pieces.reduce(addPiece, start)));
  return askedToGoOn(messages);
}

/** What was said as one text; what is of another kind stands apart. */
export function plainText(said: readonly Said[]): string {
  let text = "";
  let kind: Said["type"] | undefined;
  for (const part of said) {
    const apart = kind !== part.type && text.trim() !== "";
    text = apart ? `${text.trimEnd()}\n\n${part.text.trimStart()}` : text + part.text;
    kind = part.type;
  }
  return text.trim();
}

function toReplay({ role, content }: PromptMessage): ReplayMessage<never> {
  return role === "assistant" ? { role, said: [{ type: "answer", text: content }] } : { role, content };
}

/** The conversation up to a part of the turn. */
interface Replayed<Received> {
  readonly messages: readonly ReplayMessage<Received>[];
  /** What the assistant has said since the last message. */
  readonly said: readonly Said[];
  /** Calls that wait for their results. */
  readonly open: readonly OpenCall[];
  /** How many calls there were. */
  readonly calls: number;
}

function addPiece<Received>(
  before: Replayed<Received>,
  { parts, received }: ReplayPiece<Received>,
): Replayed<Received> {
  if (received === undefined) return parts.reduce(add, before);
  const { messages, calls } = flush(closeCalls(before));
  return {
    messages: [...askedToGoOn(messages), { role: "assistant", received: received.message }],
    said: [],
    open: received.calls,
    calls: calls + Math.min(received.calls.length, 1),
  };
}

/** The model was asked so where nothing stood behind its last message. */
function askedToGoOn<Received>(
  messages: readonly ReplayMessage<Received>[],
): readonly ReplayMessage<Received>[] {
  return messages.at(-1)?.role === "assistant" ? [...messages, { role: "user", content: GO_ON }] : messages;
}

function add<Received>(before: Replayed<Received>, part: TurnPart): Replayed<Received> {
  if (part.type === "response") return respond(before, part.text);
  const at = closeCalls(before);
  switch (part.type) {
    case "reasoning":
    case "answer":
    case "broken-call":
      return { ...at, said: [...at.said, { type: part.type, text: part.text }] };
    case "call":
      return call(at, TOOL_NAME, { query: oneOrAll(part.queries) });
    case "open":
      return call(at, OPEN_TOOL_NAME, { url: oneOrAll(part.urls) });
    case "note":
      return note(at, part.text);
  }
}

function flush<Received>({ messages, said, ...at }: Replayed<Received>): Replayed<Received> {
  const spoken = plainText(said) === "" ? [] : [{ role: "assistant", said } as const];
  return { ...at, messages: [...messages, ...spoken], said: [] };
}

function call<Received>(
  { messages, said, calls }: Replayed<Received>,
  name: string,
  args: Readonly<Record<string, unknown>>,
): Replayed<Received> {
  const own = { id: callId(calls + 1), name };
  return {
    messages: [...messages, { role: "assistant", said, call: { ...own, args } }],
    said: [],
    open: [own],
    calls: calls + 1,
  };
}

function respond<Received>(at: Replayed<Received>, text: string): Replayed<Received> {
  const [first, ...others] = at.open;
  if (first === undefined) return note(at, text);
  const content = text.trim() === "" ? NO_RESPONSE : text.trim();
  const results = [
    { role: "tool", content, ...first } as const,
    ...others.map((other) => ({ role: "tool", content: ANSWERED_ABOVE, ...other }) as const),
  ];
  return { ...at, messages: [...at.messages, ...results], open: [] };
}

function closeCalls<Received>(at: Replayed<Received>): Replayed<Received> {
  return at.open.length > 0 ? respond(at, NO_RESPONSE) : at;
}

function note<Received>(before: Replayed<Received>, text: string): Replayed<Received> {
  const at = flush(before);
  const words = text.trim();
  if (words === "") return at;
  const last = at.messages.at(-1);
  if (last?.role === "tool" || last?.role === "user") {
    const longer = { ...last, content: `${last.content}\n\n${words}` };
    return { ...at, messages: [...at.messages.slice(0, -1), longer] };
  }
  return { ...at, messages: [...at.messages, { role: "user", content: words }] };
}

function oneOrAll(texts: readonly string[]): unknown {
  return texts.length === 1 ? texts[0] : texts;
}

/** Mistral takes nothing but nine letters and digits. */
function callId(number: number): string {
  return `search${String(number).padStart(3, "0")}`;
}
