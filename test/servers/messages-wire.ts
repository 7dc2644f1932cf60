import { chunksUpTo, findStop, pieces } from "../../src/model/exchange/stop-strings.ts";
import type { WireCall } from "./chat-wire.ts";
import { json, type PlainReply } from "./completions.ts";

/** A streamed reply of Anthropic's Messages API. */
export interface MessagesReply {
  /** Comes before the text, as a block of its own. */
  readonly thinking?: { readonly text: string; readonly signature: string };
  /** All that the model would say if nothing stopped it. @default "" */
  readonly text?: string;
  readonly calls?: readonly WireCall[];
  /** Characters in one event. @default the whole text in one */
  readonly chunkSize?: number;
  /** On the wire as it is. @default what fits */
  readonly stopReason?: string;
  /** @default 10 tokens of input, none cached, one token of output for each character */
  readonly usage?: Readonly<Record<string, number>>;
  /** After the text, instead of an end: an error event with this error. */
  readonly error?: { readonly type: string; readonly message: string };
  /** After the text, instead of an end: an event with this data, as it is. */
  readonly data?: string;
}

type Block = Readonly<Record<string, unknown>>;

/** The fields of a request that shape its reply. */
export interface MessagesRequestBody {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string | readonly Block[] }[];
  readonly stop_sequences?: readonly string[];
  readonly thinking?: { readonly type: string };
  readonly [field: string]: unknown;
}

/** What Anthropic refuses of a request; undefined where nothing is wrong. */
export function refusalOf({
  messages,
  stop_sequences = [],
  thinking,
}: MessagesRequestBody): PlainReply | undefined {
  const blocks = messages.map(({ content }) =>
    typeof content === "string" ? [{ type: "text", text: content }] : content,
  );
  const last = messages.at(-1);
  const [first] = blocks.at(-1) ?? [];
  if (blocks.some((some) => some.some(({ type, text }) => type === "text" && String(text).trim() === ""))) {
    return refused("messages: text content blocks must contain non-whitespace text");
  }
  if (stop_sequences.some((stop) => stop.trim() === "")) {
    return refused("stop_sequences: each stop sequence must contain non-whitespace");
  }
  if (last?.role === "assistant" && /\s$/.test(givenText({ messages }))) {
    return refused("messages: final assistant content cannot end with trailing whitespace");
  }
  if (thinking?.type === "enabled") {
    const at = messages.findLastIndex(({ content }) => has(content, "tool_use"));
    const open =
      last?.role === "assistant"
        ? first
        : has(last?.content ?? "", "tool_result")
          ? blocks[at]?.[0]
          : undefined;
    if (open !== undefined && open["type"] !== "thinking") {
      return refused(
        `messages.${messages.length - 1}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${String(open["type"])}\`. ` +
          "When `thinking` is enabled, a final `assistant` message must start with a thinking block " +
          "(preceeding the lastmost set of `tool_use` and `tool_result` blocks).",
      );
    }
  }
  return undefined;
}

function has(content: string | readonly Block[], type: string): boolean {
  return typeof content !== "string" && content.some((block) => block["type"] === type);
}

/** A 400 in Anthropic's words. */
export function refused(message: string, type = "invalid_request_error", status = 400): PlainReply {
  return { status, ...json({ type: "error", error: { type, message }, request_id: "req_1" }) };
}

/** The text of an assistant message at the end. */
export function givenText({ messages }: Pick<MessagesRequestBody, "messages">): string {
  const last = messages.at(-1);
  if (last?.role !== "assistant") return "";
  if (typeof last.content === "string") return last.content;
  return last.content.map(({ text }) => (typeof text === "string" ? text : "")).join("");
}

/** The body of the reply: server-sent events up to and including `message_stop`. */
export function messagesWire(
  reply: MessagesReply,
  { model, stop_sequences = [] }: MessagesRequestBody,
): string {
  const { thinking, text: whole = "", calls = [], chunkSize: size = Infinity } = reply;
  const found = findStop(whole, stop_sequences);
  const end = found?.index ?? whole.length;
  const usage = {
    input_tokens: 10,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    ...reply.usage,
  };
  const events: [string, Block][] = [
    [
      "message_start",
      {
        message: {
          id: "msg_1",
          type: "message",
          role: "assistant",
          model,
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { ...usage, output_tokens: 1 },
        },
      },
    ],
    ["ping", {}],
  ];
  let index = 0;
  const block = (content_block: Block, deltas: readonly Block[]): void => {
    events.push(["content_block_start", { index, content_block }]);
    for (const delta of deltas) events.push(["content_block_delta", { index, delta }]);
    events.push(["content_block_stop", { index }]);
    index += 1;
  };
  if (thinking !== undefined) {
    block({ type: "thinking", thinking: "", signature: "" }, [
      ...pieces(thinking.text, size).map((part) => ({ type: "thinking_delta", thinking: part })),
      { type: "signature_delta", signature: thinking.signature },
    ]);
  }
  if (end > 0) {
    const said = chunksUpTo(pieces(whole, size), end);
    block(
      { type: "text", text: "" },
      said.map((text) => ({ type: "text_delta", text })),
    );
  }
  for (const { name = "web_search", arguments: written } of calls) {
    block({ type: "tool_use", id: `toolu_${index}`, name, input: {} }, [
      { type: "input_json_delta", partial_json: "" },
      ...pieces(written, size).map((partial_json) => ({ type: "input_json_delta", partial_json })),
    ]);
  }
  if (reply.error !== undefined || reply.data !== undefined) {
    const data = reply.data ?? JSON.stringify({ type: "error", error: reply.error });
    return (
      wire(events) +
      `event: ${reply.error === undefined ? "content_block_delta" : "error"}\ndata: ${data}\n\n`
    );
  }
  const reason = found !== undefined ? "stop_sequence" : calls.length > 0 ? "tool_use" : "end_turn";
  const delta = { stop_reason: reply.stopReason ?? reason, stop_sequence: found?.stop ?? null };
  events.push(["message_delta", { delta, usage: { output_tokens: end + 1 } }], ["message_stop", {}]);
  return wire(events);
}

function wire(events: readonly (readonly [string, Block])[]): string {
  return events
    .map(([type, fields]) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`)
    .join("");
}
