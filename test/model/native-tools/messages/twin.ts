import { pieces } from "../../../../src/model/exchange/stop-strings.ts";
import {
  createMessagesModel,
  type MessagesOptions,
} from "../../../../src/model/native-tools/messages/messages.ts";
import { json, type PlainReply } from "../../../servers/completions.ts";
import { refused } from "../../../servers/messages-wire.ts";
import { startWireServer, type RecordedRequest } from "../../../servers/wire-server.ts";
import { KEY } from "../../key.ts";
import { qwqNativeSide } from "../side.ts";
import { ANSWER, callOf, thoughtOf } from "../twin.ts";

export type Block = Readonly<Record<string, unknown>> & { readonly type: string };

export interface Message {
  readonly role: string;
  readonly content: readonly Block[];
}

interface Body {
  readonly messages: readonly Message[];
  readonly [field: string]: unknown;
}

const thinking = (step: number, part: string, text = thoughtOf(step)): Block => ({
  type: "thinking",
  thinking: text,
  signature: `Eq${step}${part}+/=`,
});

const call = (step: number): Block => ({
  type: "tool_use",
  id: `toolu_${step}`,
  name: "web_search",
  input: JSON.parse(callOf(step, "").function.arguments) as unknown,
  caller: { type: "direct" },
});

/** What Claude gives at each step, thinking between its words: openly, encrypted, and with its text left out. */
export const GIVEN: readonly (readonly Block[])[] = [
  [
    thinking(0, "a"),
    { type: "redacted_thinking", data: "EmwKAhgB0+/=" },
    { type: "text", text: "Let me look.", citations: null },
    call(0),
  ],
  [thinking(1, "a", ""), call(1)],
  [thinking(2, "a"), { type: "text", text: "Almost." }, thinking(2, "b"), call(2)],
  [thinking(3, "a"), { type: "text", text: ANSWER }],
];

const KNOWN = new Set([
  "model",
  "system",
  "messages",
  "max_tokens",
  "stream",
  "tools",
  "tool_choice",
  "cache_control",
  "thinking",
  "output_config",
]);
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  text: ["text", "citations"],
  thinking: ["thinking", "signature"],
  redacted_thinking: ["data"],
  tool_use: ["id", "name", "input", "caller"],
  tool_result: ["tool_use_id", "content"],
};

const isThought = ({ type }: Block): boolean => type === "thinking" || type === "redacted_thinking";

/** Why Anthropic refuses a request of a model that thinks adaptively, as its documentation and the reports of it say. */
function refusalOf(
  { headers, path }: RecordedRequest,
  body: Body,
  given: typeof GIVEN,
): PlainReply | undefined {
  if (path !== "/v1/messages") return refused("Not Found", "not_found_error", 404);
  if (headers["x-api-key"] !== KEY || headers.authorization !== undefined)
    return refused("invalid x-api-key", "authentication_error", 401);
  if (headers["anthropic-version"] !== "2023-06-01") return refused("anthropic-version: header is required");
  const odd = Object.keys(body).find((name) => !KNOWN.has(name));
  if (odd === "temperature") return refused("`temperature` is deprecated for this model.");
  if (odd !== undefined) return refused(`${odd}: Extra inputs are not permitted`);
  if (typeof body["max_tokens"] !== "number") return refused("max_tokens: Field required");
  const why = body.messages.map((_, at) => messageRefusal(body.messages, at, given));
  const words = why.find((one) => one !== undefined);
  return words === undefined ? undefined : refused(words);
}

function messageRefusal(messages: readonly Message[], at: number, given: typeof GIVEN): string | undefined {
  const message = messages[at] ?? { role: "", content: [] };
  const where = `messages.${at}`;
  if (message.role !== "user" && message.role !== "assistant")
    return `${where}.role: Input should be 'user' or 'assistant'`;
  if (messages[at - 1]?.role === message.role) return `${where}: roles must alternate`;
  for (const [number, block] of message.content.entries()) {
    const field = Object.keys(block).find((name) => name !== "type" && !FIELDS[block.type]?.includes(name));
    if (field !== undefined)
      return `${where}.content.${number}.${block.type}.${field}: Extra inputs are not permitted`;
    if (block.type === "text" && String(block["text"]).trim() === "")
      return `${where}.content.${number}: text content blocks must contain non-whitespace text`;
  }
  const { content } = message;
  if (message.role === "user") return resultsRefusal(messages[at - 1], content, where);
  if (content.at(-1) !== undefined && isThought(content.at(-1)!))
    return `${where}: The final block in an assistant message cannot be \`thinking\`.`;
  const step = messages.slice(0, at).filter(({ role }) => role === "assistant").length;
  const [first] = content;
  if (first !== undefined && !isThought(first) && content.some(({ type }) => type === "tool_use"))
    return (
      `${where}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first.type}\`. ` +
      "When `thinking` is enabled, a final `assistant` message must start with a thinking block " +
      "(preceeding the lastmost set of `tool_use` and `tool_result` blocks)."
    );
  const altered =
    JSON.stringify(content.filter(isThought)) !== JSON.stringify(given[step]?.filter(isThought));
  if (altered)
    return `${where}.content.0: \`thinking\` or \`redacted_thinking\` blocks in the latest assistant message cannot be modified. These blocks must remain as they were in the original response.`;
  const calls = content.flatMap(({ type, id }) => (type === "tool_use" ? [id] : []));
  const next = (messages[at + 1]?.content ?? []).map((block) => block["tool_use_id"]);
  if (calls.some((id) => !next.includes(id)))
    return `${where}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${calls.join(", ")}.`;
  return undefined;
}

function resultsRefusal(
  before: Message | undefined,
  content: readonly Block[],
  where: string,
): string | undefined {
  const results = content.filter(({ type }) => type === "tool_result");
  if (content.slice(0, results.length).some(({ type }) => type !== "tool_result"))
    return `${where}: \`tool_result\` blocks have to come first in the content`;
  const asked = (before?.content ?? []).map(({ id }) => id);
  const orphan = results.find((result) => !asked.includes(result["tool_use_id"]));
  return orphan === undefined
    ? undefined
    : `${where}.content.0: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${String(orphan["tool_use_id"])}.`;
}

const USAGE = { input_tokens: 40, cache_creation_input_tokens: 8, cache_read_input_tokens: 12 };

function deltasOf(block: Block): { readonly start: Block; readonly deltas: readonly object[] } {
  switch (block.type) {
    case "text":
      return {
        start: { ...block, text: "" },
        deltas: pieces(String(block["text"]), 4).map((text) => ({ type: "text_delta", text })),
      };
    case "thinking":
      return {
        start: { ...block, thinking: "", signature: "" },
        deltas: [
          ...pieces(String(block["thinking"]), 5).map((text) => ({ type: "thinking_delta", thinking: text })),
          { type: "signature_delta", signature: block["signature"] },
        ],
      };
    case "tool_use":
      return {
        start: { ...block, input: {} },
        deltas: ["", ...pieces(JSON.stringify(block["input"]), 6)].map((partial_json) => ({
          type: "input_json_delta",
          partial_json,
        })),
      };
    default:
      return { start: block, deltas: [] };
  }
}

/** The reply of a step, as Anthropic streams it. */
function streamed(blocks: readonly Block[], stop_reason: string): PlainReply {
  const message = {
    id: "msg_1",
    type: "message",
    role: "assistant",
    content: [],
    usage: { ...USAGE, output_tokens: 1 },
  };
  const events: readonly { readonly type: string }[] = [
    { type: "message_start", message } as { type: string },
    { type: "ping" },
    ...blocks.flatMap((block, index) => {
      const { start, deltas } = deltasOf(block);
      return [
        { type: "content_block_start", index, content_block: start },
        ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
        { type: "content_block_stop", index },
      ];
    }),
    {
      type: "message_delta",
      delta: { stop_reason, stop_sequence: null },
      usage: { output_tokens: 9, output_tokens_details: { thinking_tokens: 5 } },
    } as { type: string },
    { type: "message_stop" },
  ];
  return {
    headers: { "content-type": "text/event-stream; charset=utf-8" },
    body: events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(""),
  };
}

/** A server on the loopback that answers as Anthropic does, in three searches and an answer. */
export async function startMessages({
  delivery = "stream",
  given = GIVEN,
  refuses = () => undefined,
}: {
  readonly delivery?: "stream" | "json";
  readonly given?: typeof GIVEN;
  readonly refuses?: (body: Body) => string | undefined;
} = {}) {
  const taken: RecordedRequest[] = [];
  const refusedWith: PlainReply[] = [];
  const server = await startWireServer((response, request) => {
    const body = JSON.parse(request.body) as Body;
    const own = refuses(body);
    const refusal = own === undefined ? refusalOf(request, body, given) : refused(own);
    if (refusal !== undefined) refusedWith.push(refusal);
    else taken.push(request);
    const step = body.messages.filter(({ role }) => role === "assistant").length;
    const blocks = given[step] ?? [];
    const stop_reason = blocks.some(({ type }) => type === "tool_use") ? "tool_use" : "end_turn";
    const message = { id: "msg_1", type: "message", role: "assistant", content: blocks, stop_reason };
    const reply: PlainReply =
      refusal ??
      (delivery === "json"
        ? json({ ...message, stop_sequence: null, usage: { ...USAGE, output_tokens: 9 } })
        : streamed(blocks, stop_reason));
    response.writeHead(reply.status ?? 200, reply.headers ?? {}).end(reply.body);
  });
  return {
    url: server.url,
    /** The bodies of the requests that were not refused. */
    taken: () => taken.map(({ body }) => JSON.parse(body) as Body),
    headers: () => taken.map(({ headers }) => headers),
    refused: refusedWith,
    model: (more: Partial<MessagesOptions> = {}) =>
      createMessagesModel({
        baseUrl: server.url,
        modelName: "claude-opus-4-8",
        apiKey: KEY,
        side: qwqNativeSide,
        maxRetries: 0,
        ...more,
      }),
  };
}
