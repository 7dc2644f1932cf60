import {
  AIMessage,
  AIMessageChunk,
  HumanMessage,
  SystemMessage,
  ToolMessage,
  type BaseMessage,
} from "@langchain/core/messages";
import { z } from "zod";
import { parseJson } from "../../net/json.ts";
import { keepMessage, type Origin } from "./received.ts";
import { plainText, type OpenCall, type ReplayMessage } from "./replay.ts";
import type { ReceivedMessage } from "../../turn.ts";

/**
 * The message for any LangChain chat model. Reasoning is plain content: no provider takes reasoning blocks that it has not
 * signed.
 */
export function toLangchain(message: ReplayMessage<AIMessage>): BaseMessage {
  switch (message.role) {
    case "system":
      return new SystemMessage(message.content);
    case "user":
      return new HumanMessage(message.content);
    case "tool": {
      const { id, name, content } = message;
      return new ToolMessage({ content, tool_call_id: id, name });
    }
    case "assistant":
      return "received" in message ? message.received : saidMessage(message);
  }
}

function saidMessage({
  said,
  call,
}: Extract<ReplayMessage<AIMessage>, { readonly said: unknown }>): AIMessage {
  const content = plainText(said);
  if (call === undefined) return new AIMessage(content);
  const { id, name, args } = call;
  return new AIMessage({ content, tool_calls: [{ type: "tool_call", id, name, args: { ...args } }] });
}

/** Fields of LangChain's messages that hold a signature, with something in them. */
const SIGNED = /"\w*(?:signature|encrypted_content)\w*":"?[^"]|"redacted_thinking"/i;

/**
 * A reply that called a tool, as it came, if its provider has signed its reasoning (Claude's thinking blocks, Gemini's
 * thought signatures, OpenAI's encrypted reasoning): such a call is refused without the reasoning before it. All else is
 * taken without.
 */
export function keepSigned(origin: Origin, text: string, reply: BaseMessage): ReceivedMessage | undefined {
  if (!AIMessage.isInstance(reply) && !AIMessageChunk.isInstance(reply)) return undefined;
  const { content, additional_kwargs, response_metadata, id, tool_calls = [] } = reply;
  if (tool_calls.length === 0 || tool_calls.some((call) => call.id === undefined)) return undefined;
  if (!SIGNED.test(JSON.stringify([content, additional_kwargs]))) return undefined;
  return keepMessage(origin, text, { content, additional_kwargs, response_metadata, tool_calls, id });
}

const fields = z.record(z.string(), z.unknown());
const keptSchema = z.object({
  content: z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]),
  additional_kwargs: fields,
  response_metadata: fields,
  tool_calls: z.array(z.object({ id: z.string(), name: z.string(), args: fields })).min(1),
  id: z.string().optional(),
});

/** The message that was kept, with its calls; undefined for what is none. */
export function readSigned({
  message,
}: ReceivedMessage): { readonly message: AIMessage; readonly calls: readonly OpenCall[] } | undefined {
  const read = keptSchema.safeParse(parseJson(message));
  if (!read.success) return undefined;
  const { id, tool_calls, ...kept } = read.data;
  const calls = tool_calls.map((call) => ({ ...call, type: "tool_call" as const }));
  return { message: new AIMessage({ ...kept, tool_calls: calls, ...(id !== undefined && { id }) }), calls };
}
