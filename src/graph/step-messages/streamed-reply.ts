import { AIMessageChunk } from "@langchain/core/messages";
import type { CallReading } from "../../protocol/protocol.ts";
import { callId, type StepCall } from "./own-steps.ts";

/** One reply of the model as it was streamed to chat clients. */
export interface StreamedReply {
  /** Of the message that was streamed. */
  readonly id: string;
  readonly reasoning: string;
  readonly text: string;
  readonly calls: readonly StepCall[];
}

/** What is streamed of a reply at once. */
export type ReplyPart = Partial<Omit<StreamedReply, "id">>;

/** A reply as far as it was streamed, with what is streamed next. */
export function streamedOn(
  before: StreamedReply | null,
  id: string,
  { reasoning = "", text = "", calls = [] }: ReplyPart,
): StreamedReply {
  const sent = before ?? { id, reasoning: "", text: "", calls: [] };
  return {
    id,
    reasoning: sent.reasoning + reasoning,
    text: sent.text + text,
    calls: [...sent.calls, ...calls],
  };
}

/** The same as the message that chat clients are sent. */
export function toChunk({ reasoning = "", text = "", calls = [] }: ReplyPart, id: string): AIMessageChunk {
  return new AIMessageChunk({
    id,
    content: [
      ...(reasoning === "" ? [] : [{ type: "reasoning" as const, reasoning, index: 0 }]),
      ...(text === "" ? [] : [{ type: "text" as const, text, index: 1 }]),
    ],
    ...(calls.length > 0 && {
      tool_call_chunks: calls.map(({ args, ...each }, index) => ({
        type: "tool_call_chunk" as const,
        index,
        ...each,
        args: JSON.stringify(args),
      })),
    }),
  });
}

/** What a model called, as the tool calls of a message. */
export function callsOf(
  call: Exclude<CallReading, { kind: "fault" }>,
  messageId: string,
): readonly StepCall[] {
  const made =
    call.kind === "search"
      ? call.queries.map((query) => ["web_search", { query }] as const)
      : call.urls.map((url) => ["open_url", { url }] as const);
  return made.map(([name, args], index) => ({ id: callId(messageId, index), name, args }));
}
