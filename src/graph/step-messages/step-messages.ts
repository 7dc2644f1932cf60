import {
  AIMessage,
  ToolMessage,
  type BaseMessage,
  type ContentBlock,
  type StandardMessageStructure,
} from "@langchain/core/messages";
import { versionOf } from "../usage.ts";
import { plainLine } from "../../citation/plain-stream.ts";
import type { NumberedResult, PageReply, QueryReply } from "../../protocol/protocol.ts";
import { addressKey } from "../pages/plan.ts";
import type { BudgetName } from "../state.ts";
import { hasCalls, unansweredCalls, type StepCall } from "./own-steps.ts";
import type { StreamedReply } from "./streamed-reply.ts";

/**
 * The replies of a step as messages, by the ids that they were streamed under: reasoning as a block, calls as tool calls. Only
 * the last of them has calls, where these are answered, or text, where it may be the answer; other text is reasoning.
 */
export function replyMessages(
  replies: readonly StreamedReply[],
  failure: object | null,
  isCall: boolean,
): AIMessage[] {
  const endsIn = failure !== null ? "failure" : isCall ? "call" : "text";
  return replies.flatMap(({ id, reasoning, text, calls }, at) => {
    const ending = at === replies.length - 1 ? endsIn : "failure";
    const answer = ending === "text" ? text : "";
    const message = aiMessage(
      id,
      {
        reasoning: answer === "" ? reasoning + text : reasoning,
        text: answer,
        calls: ending === "call" ? calls : [],
      },
      answer === "" ? {} : UNCHECKED,
    );
    return message.content.length > 0 || hasCalls(message) ? [message] : [];
  });
}

/** What finalize has not checked: it is no answer, and no part of any prompt. */
const UNCHECKED = { unchecked: true };

/** LangChain's standard content blocks; a string where there is no reasoning. */
export function contentOf(reasoning: string, text: string): string | ContentBlock.Standard[] {
  if (reasoning === "") return text;
  return [{ type: "reasoning", reasoning }, ...(text === "" ? [] : [{ type: "text" as const, text }])];
}

export function aiMessage(
  id: string,
  { reasoning, text, calls }: Pick<StreamedReply, "reasoning" | "text" | "calls">,
  about: Readonly<Record<string, unknown>> = {},
): AIMessage {
  const content = contentOf(reasoning, text);
  return new AIMessage<StandardMessageStructure>({
    id,
    content,
    tool_calls: calls.map((call) => ({ ...call, args: { ...call.args }, type: "tool_call" as const })),
    response_metadata: { ...about, ...versionOf(content) },
  });
}

/** The reasoning of a message that `aiMessage` made. */
export function reasoningOf({ contentBlocks }: AIMessage): string {
  return contentBlocks.map((block) => (block.type === "reasoning" ? block.reasoning : "")).join("");
}

/** What one query or page of a call came to. */
interface CallReply {
  readonly asked: string;
  readonly status: QueryReply["status"] | PageReply["status"];
  readonly results: readonly NumberedResult[];
  readonly reason?: string | undefined;
}

/** The tool messages that answer the searches of the last call; none where no message of this conversation made it. */
export function searchMessages(messages: readonly BaseMessage[], replies: readonly QueryReply[]): Added {
  return toolMessages(
    messages,
    replies.map(({ query, ...reply }) => ({ ...reply, asked: query })),
    (asked) => asked,
  );
}

/** The same for the pages of a call. */
export function pageMessages(messages: readonly BaseMessage[], replies: readonly PageReply[]): Added {
  return toolMessages(
    messages,
    replies.map(({ url, result, ...reply }) => ({
      ...reply,
      asked: url,
      results: result === undefined ? [] : [result],
    })),
    addressKey,
  );
}

/** The same for a call of which nothing was run: `why` is all that there is to say. */
export function refusalMessages(messages: readonly BaseMessage[], why: string): Added {
  return added(unansweredCalls(messages).map((call) => toolMessage(call, why, "error")));
}

export function spentText(budget: BudgetName): string {
  return budget === "repetition"
    ? "It was not run: the model repeats itself."
    : `It was not run: the ${budget} budget is spent.`;
}

/** What was asked for in the place of a call is told with the first call that it replaced. */
function toolMessages(
  messages: readonly BaseMessage[],
  replies: readonly CallReply[],
  keyOf: (asked: string) => string,
): Added {
  const calls = unansweredCalls(messages);
  const keys = calls.map(({ args }) => keyOf(Object.values(args)[0] ?? ""));
  const others = replies.filter(({ asked }) => !keys.includes(keyOf(asked)));
  const own = keys.map((key) => replies.find(({ asked }) => keyOf(asked) === key));
  const replaced = Math.max(
    0,
    own.findIndex((reply) => reply === undefined || reply.status === "failed"),
  );
  const made = calls.map((call, at) => {
    const told = [own[at] ?? UNREAD, ...(at === replaced ? others : [])];
    const failed = told.every(({ status }) => status === "failed" || status === "refused");
    return toolMessage(call, toldBy(told), failed ? "error" : "success");
  });
  return added(made);
}

/** What a step adds to the conversation. */
interface Added {
  readonly messages?: ToolMessage[];
}

function added(messages: ToolMessage[]): Added {
  return messages.length === 0 ? {} : { messages };
}

const UNREAD: CallReply = { asked: "", status: "not-run", results: [] };

function toolMessage({ id, name }: StepCall, content: string, status: "success" | "error"): ToolMessage {
  return new ToolMessage({ id: `${id}-result`, tool_call_id: id, name, content, status });
}

/** Sources as a JSON array, which chat UIs draw as a table; else a sentence. */
function toldBy(replies: readonly CallReply[]): string {
  const rows = replies.flatMap((reply, at) => [
    ...(at === 0 ? [] : [{ asked: plainLine(reply.asked) }]),
    ...(reply.results.length === 0 ? [{ note: noteOf(reply) }] : reply.results.map(sourceOf)),
  ]);
  const [only] = rows;
  return rows.length === 1 && only !== undefined && "note" in only ? only.note : JSON.stringify(rows);
}

/** The longest title and piece of text of a source, in UTF-16 units: the whole text is in `sources`. */
const MAX_TITLE = 200;
const MAX_TEXT = 300;

function sourceOf({ number, title, url, text }: NumberedResult) {
  return { number, title: cut(plainLine(title), MAX_TITLE), url, text: cut(plainLine(text), MAX_TEXT) };
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

function noteOf({ status, reason = "" }: CallReply): string {
  switch (status) {
    case "found":
    case "nothing":
    case "read":
      return "Nothing was found.";
    case "failed":
      return reason === "" ? "It failed." : cut(plainLine(reason), MAX_TEXT);
    case "repeated":
      return "It was asked for before, and nothing was found.";
    case "refused":
      return "It was not opened: no source, no opened page and no user gave this address.";
    case "not-run":
      return "It was not run.";
  }
}
