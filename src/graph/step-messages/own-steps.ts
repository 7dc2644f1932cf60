import { AIMessage, RemoveMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";

/** A call as chat clients see it. */
export interface StepCall {
  readonly id: string;
  readonly name: string;
  readonly args: Readonly<Record<string, string>>;
}

/** The id of a call: that of its message and its place there. */
export function callId(messageId: string, index: number): string {
  return `${messageId}-call-${index}`;
}

const CALL_ID = /^run-.+-call-\d+$/;

export function hasCalls(message: BaseMessage): message is AIMessage {
  return AIMessage.isInstance(message) && (message.tool_calls ?? []).length > 0;
}

/**
 * Whether a message of the conversation is a step of this package's runs, which only people see: no question, no answer, and
 * no part of any prompt. Known by its call's id, which clients send back as it is.
 */
export function isOwnStep(message: BaseMessage): boolean {
  if (ToolMessage.isInstance(message)) return CALL_ID.test(message.tool_call_id);
  if (hasCalls(message)) return callsOf(message).every(({ id }) => CALL_ID.test(id));
  return AIMessage.isInstance(message) && isUnchecked(message);
}

/** The calls of this package's runs that no tool message answers. */
export function unansweredCalls(messages: readonly BaseMessage[]): readonly StepCall[] {
  const answered = answeredIds(messages);
  return messages
    .filter(isOwnStep)
    .flatMap((message) => callsOf(message))
    .filter(({ id }) => !answered.has(id));
}

/**
 * What takes out of the conversation what a run that was ended has left there: calls that were never answered, and text that is
 * no answer. The reasoning stays.
 */
export function withoutLeftovers(messages: readonly BaseMessage[]): BaseMessage[] {
  const answered = answeredIds(messages);
  return messages.filter(isOwnStep).flatMap((message): BaseMessage[] => {
    const calls = callsOf(message);
    const kept = calls.filter(({ id }) => answered.has(id));
    const isWhole = kept.length === calls.length && !isUnchecked(message);
    if (isWhole || message.id === undefined) return [];
    const content = (typeof message.content === "string" ? [] : message.content).filter(
      (block) => block.type === "reasoning" || kept.some(({ id }) => id === block["id"]),
    );
    if (content.length + kept.length === 0) return [new RemoveMessage({ id: message.id })];
    return [
      new AIMessage({
        id: message.id,
        content,
        tool_calls: kept.map((call) => ({ ...call, args: { ...call.args }, type: "tool_call" as const })),
        response_metadata: { output_version: "v1" },
      }),
    ];
  });
}

/** Whether a message holds text that finalize has not checked. */
function isUnchecked({ response_metadata: { unchecked } }: BaseMessage): boolean {
  return unchecked === true;
}

function callsOf(message: BaseMessage): readonly StepCall[] {
  if (!hasCalls(message)) return [];
  return (message.tool_calls ?? []).map(({ id = "", name, args }) => ({ id, name, args }));
}

function answeredIds(messages: readonly BaseMessage[]): ReadonlySet<string> {
  return new Set(
    messages.flatMap((message) => (ToolMessage.isInstance(message) ? [message.tool_call_id] : [])),
  );
}
