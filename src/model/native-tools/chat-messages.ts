import { z } from "zod";
import type { ReceivedMessage } from "../../turn.ts";
import { parseJson } from "../../net/json.ts";
import { REASONING_FIELDS, type ChatToolsFacts } from "./chat-dialects.ts";
import { isObject, type JsonObject } from "./delta-merge.ts";
import { keepMessage, type Origin } from "./received.ts";
import { plainText, type OpenCall, type ReplayMessage, type Said } from "./replay.ts";

/** An assistant message of chat completions; what is not named goes along as it is. */
const receivedSchema = z.looseObject({
  content: z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]).nullable(),
  tool_calls: z
    .array(
      z.looseObject({
        id: z.string(),
        function: z.looseObject({ name: z.string().min(1), arguments: z.string().refine(isArguments) }),
      }),
    )
    .min(1)
    .optional(),
});

export type ChatMessage = z.infer<typeof receivedSchema>;

/** The text of the arguments of a call that can be told to any server: most read it again. */
export function isArguments(text: string): boolean {
  return z.record(z.string(), z.unknown()).safeParse(parseJson(text)).success;
}

/**
 * A whole reply to be kept beside its text. Not one that says nothing but its reasoning, which no server takes back, nor
 * one whose call cannot be read.
 */
export function keepChat(origin: Origin, text: string, reply: JsonObject): ReceivedMessage | undefined {
  const said = Object.entries(reply).filter(([, value]) => value !== null);
  const { content = null, tool_calls: calls, ...rest } = Object.fromEntries(said);
  const message = {
    ...rest,
    role: "assistant",
    content,
    ...(Array.isArray(calls) && calls.length > 0 && { tool_calls: calls.map(toCall) }),
  };
  const read = receivedSchema.safeParse(message);
  if (!read.success || (read.data.tool_calls === undefined && isBlank(read.data.content))) return undefined;
  return keepMessage(origin, text, message);
}

/** The number of a call is of the stream; a server that gives no id takes any: Mistral's have nine letters and digits. */
function toCall(call: unknown): unknown {
  if (!isObject(call)) return call;
  const { index: _, ...fields } = call;
  const id = fields["id"] || crypto.randomUUID().replaceAll("-", "").slice(0, 9);
  return { ...fields, id, type: fields["type"] ?? "function" };
}

function isBlank(content: ChatMessage["content"]): boolean {
  return typeof content === "string" ? content.trim() === "" : content === null || content.length === 0;
}

/** The message that was kept, with its calls; undefined for what is none. */
export function readChatMessage({
  message,
}: ReceivedMessage): { readonly message: ChatMessage; readonly calls: readonly OpenCall[] } | undefined {
  const read = receivedSchema.safeParse(parseJson(message));
  if (!read.success) return undefined;
  const { tool_calls: calls = [] } = read.data;
  return { message: read.data, calls: calls.map(({ id, function: { name } }) => ({ id, name })) };
}

/**
 * The message as a server takes it. One that it gave itself goes back value for value.
 */
export function toChat(message: ReplayMessage<ChatMessage>, facts: ChatToolsFacts): JsonObject {
  if (message.role === "tool") {
    const { id, name, content } = message;
    return { role: "tool", tool_call_id: id, name, content };
  }
  if (message.role !== "assistant") return { role: message.role, content: message.content };
  return "received" in message ? receivedAs(message.received, facts) : saidAs(message, facts);
}

function receivedAs(received: ChatMessage, { reasoning, always }: ChatToolsFacts): JsonObject {
  const thought =
    REASONING_FIELDS.map((name) => received[name]).find((one) => typeof one === "string" && one !== "") ??
    (always === true ? "" : undefined);
  const missing = thought === undefined ? [] : reasoning.filter((name) => !received[name]);
  const given = Object.entries(received).filter(([name, value]) => !isReasoning(name) || value !== "");
  return {
    ...Object.fromEntries(given),
    role: "assistant",
    ...Object.fromEntries(missing.map((name) => [name, thought])),
  };
}

function isReasoning(name: string): boolean {
  return REASONING_FIELDS.some((field) => field === name);
}

function saidAs(
  { said, call }: { readonly said: readonly Said[]; readonly call?: OpenCall & { readonly args: unknown } },
  { reasoning, always, inTags, foreignCall }: ChatToolsFacts,
): JsonObject {
  const spoken = said.filter(({ type }) => type !== "reasoning");
  // no message is empty: what was only thought is said, unless it leads up to a call
  const isApart =
    (reasoning.length > 0 || inTags === true) && (call !== undefined || plainText(spoken) !== "");
  const thought = isApart ? plainText(said.filter(({ type }) => type === "reasoning")) : "";
  const fields = thought !== "" || always === true ? reasoning.map((name) => [name, thought]) : [];
  return {
    role: "assistant",
    content:
      (inTags === true && thought !== "" ? `<think>\n${thought}\n</think>\n\n` : "") +
      plainText(isApart ? spoken : said),
    ...Object.fromEntries(fields),
    ...(call !== undefined && {
      tool_calls: [
        {
          id: call.id,
          type: "function",
          function: { name: call.name, arguments: JSON.stringify(call.args) },
          ...foreignCall,
        },
      ],
    }),
  };
}
