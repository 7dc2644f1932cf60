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

/** A reply as far as it was streamed, with what is streamed next. */
export function streamedOn(
  before: StreamedReply | null,
  id: string,
  { reasoning = "", text = "", calls = [] }: Partial<Omit<StreamedReply, "id">>,
): StreamedReply {
  const sent = before ?? { id, reasoning: "", text: "", calls: [] };
  return {
    id,
    reasoning: sent.reasoning + reasoning,
    text: sent.text + text,
    calls: [...sent.calls, ...calls],
  };
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
