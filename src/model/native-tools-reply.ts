import { AIMessage, AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { z } from "zod";
import { AgenticRagError } from "../errors.ts";
import { truncated } from "./completions-stream.ts";
import type { RequestTarget } from "./http-failure.ts";
import type { ModelChunk, ModelUsage } from "./model.ts";
import { TOOL_NAME } from "./native-tools-replay.ts";
import type { NativeSide } from "./native-tools-side.ts";
import { createWrittenCalls, type WrittenCall } from "./written-call.ts";

type Finish = "stop" | "length";

export interface ReplyReading {
  readonly target: RequestTarget;
  readonly side: NativeSide;
  /** The assistant's turn so far. */
  readonly before: string;
  /** The end of a stream counts, although it does not say that it is finished. */
  readonly endsSilently: boolean;
}

/**
 * A reply of a chat model as text that follows `before`: reasoning as reasoning, content as the answer, tool calls as
 * one call at the end, which is cut off where the reply is.
 *
 * @throws `model-truncated` for a stream that ends without a finish reason, `model-rejected` for a refusal by a filter.
 */
export async function* readReply(
  messages: AsyncIterable<BaseMessage>,
  { target, side, before, endsSilently }: ReplyReading,
): AsyncGenerator<ModelChunk> {
  const calls = createWrittenCalls();
  let text = before;
  let blank = "";
  let usage: ModelUsage = {};
  let finish: Finish | undefined;
  let inOnePiece = false;

  const say = (...parts: readonly string[]): ModelChunk => {
    const said = parts.join("");
    text += said;
    return { type: "text", text: said };
  };

  for await (const message of messages) {
    const { reasoning, content } = readParts(message);
    if (reasoning !== "") yield say(side.beginReasoning(text), reasoning);
    // blanks alone say nothing yet: some models write a line break in front of a call
    blank += content;
    if (blank.trim() !== "") {
      yield say(side.beginAnswer(text), blank);
      blank = "";
    }
    for (const part of readCalls(message)) calls.add(part);
    usage = addUsage(usage, message);
    finish = readFinish(message.response_metadata, target) ?? finish;
    inOnePiece ||= !AIMessageChunk.isInstance(message);
  }
  if (finish === undefined && !inOnePiece && !endsSilently) throw truncated(target);
  const called = writtenAs(calls.whole(finish !== "length"), finish, side);
  if (called !== "") yield say(text === "" || text.endsWith("\n") ? "" : "\n", called);
  yield { type: "end", finishReason: finish ?? "stop", usage };
}

const argumentsSchema = z.object({ query: z.union([z.string(), z.array(z.string()).min(1)]) });

/** Several calls are one with all their queries. Where the reply was cut, its last call was. */
function writtenAs(calls: readonly WrittenCall[], finish: Finish | undefined, side: NativeSide): string {
  const last = finish === "length" ? calls.at(-1) : undefined;
  if (last !== undefined) return side.callText(last);
  const queries = calls.flatMap(queriesOf);
  if (queries.length > 0) return side.call(queries);
  const [first] = calls;
  return first === undefined ? "" : side.callText(first);
}

function queriesOf(call: WrittenCall): readonly string[] {
  if (!call.whole || call.name !== TOOL_NAME) return [];
  const read = argumentsSchema.safeParse(JSON.parse(call.arguments));
  return read.success ? [read.data.query].flat() : [];
}

const reasoningSchema = z.union([
  z.object({ type: z.literal("reasoning"), reasoning: z.string() }).transform((block) => block.reasoning),
  z.object({ type: z.literal("thinking"), thinking: z.string() }).transform((block) => block.thinking),
  z
    .object({ type: z.literal("reasoning"), summary: z.array(z.object({ text: z.string() })) })
    .transform(({ summary }) => summary.map(({ text }) => text).join("")),
]);
const textSchema = z.object({ type: z.literal("text"), text: z.string() });
const keywordsSchema = z.object({ reasoning_content: z.string() });

function readParts(message: BaseMessage): { reasoning: string; content: string } {
  const blocks: readonly unknown[] =
    typeof message.content === "string" ? [{ type: "text", text: message.content }] : message.content;
  const kept = keywordsSchema.safeParse(message.additional_kwargs);
  const thought = blocks.map((block) => reasoningSchema.safeParse(block).data ?? "").join("");
  return {
    reasoning: kept.success && kept.data.reasoning_content !== "" ? kept.data.reasoning_content : thought,
    content: blocks.map((block) => textSchema.safeParse(block).data?.text ?? "").join(""),
  };
}

/** A message that came in one piece has its calls parsed already. */
function readCalls(message: BaseMessage): readonly {
  readonly index?: number | undefined;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly arguments?: string | undefined;
}[] {
  if (AIMessageChunk.isInstance(message) && (message.tool_call_chunks ?? []).length > 0) {
    return (message.tool_call_chunks ?? []).map(({ index, id, name, args }) => ({
      index,
      id,
      name,
      arguments: args,
    }));
  }
  if (!AIMessage.isInstance(message) && !AIMessageChunk.isInstance(message)) return [];
  const { tool_calls = [], invalid_tool_calls = [] } = message;
  return [
    ...tool_calls.map(({ id, name, args }, at) => ({
      index: at,
      id,
      name,
      arguments: JSON.stringify(args),
    })),
    ...invalid_tool_calls.map(({ id, name, args }, at) => ({
      index: tool_calls.length + at,
      id,
      name,
      arguments: args,
    })),
  ];
}

const usageSchema = z.object({
  usage_metadata: z.object({
    input_tokens: z.number(),
    output_tokens: z.number(),
    input_token_details: z.object({ cache_read: z.number().nullish() }).nullish(),
  }),
});

/** The counts of a stream's chunks add up. */
function addUsage(usage: ModelUsage, message: BaseMessage): ModelUsage {
  const read = usageSchema.safeParse(message);
  if (!read.success) return usage;
  const { input_tokens, output_tokens, input_token_details } = read.data.usage_metadata;
  const cached = input_token_details?.cache_read;
  return {
    promptTokens: (usage.promptTokens ?? 0) + input_tokens,
    completionTokens: (usage.completionTokens ?? 0) + output_tokens,
    ...((cached != null || usage.cachedTokens !== undefined) && {
      cachedTokens: (usage.cachedTokens ?? 0) + (cached ?? 0),
    }),
  };
}

/** Where OpenAI, Google, Anthropic, Bedrock, Ollama and OpenAI's Responses say how a reply ended. */
const FINISH_FIELDS = ["finish_reason", "finishReason", "stop_reason", "stopReason", "done_reason", "status"];
const CUT = new Set(["length", "max_tokens", "max_output_tokens", "model_length", "incomplete"]);
const FILTERED =
  /^(?:content_filter|content_filtered|safety|refusal|recitation|blocklist|prohibited_content|spii|guardrail_intervened)$/;
const BROKEN = new Set(["error", "abort", "failed", "cancelled", "network_error"]);
const UNFINISHED = new Set(["in_progress", "queued", "null", ""]);

function readFinish(metadata: Readonly<Record<string, unknown>>, target: RequestTarget): Finish | undefined {
  const said = FINISH_FIELDS.map((field) => metadata[field]).find((value) => typeof value === "string");
  if (typeof said !== "string") return undefined;
  const reason = said.toLowerCase();
  if (UNFINISHED.has(reason)) return undefined;
  if (CUT.has(reason) || reason.endsWith("context_window_exceeded")) return "length";
  if (BROKEN.has(reason)) throw truncated(target);
  if (reason === "malformed_function_call") {
    throw new AgenticRagError(
      "model-bad-reply",
      `The model at ${target.baseUrl} wrote a tool call that its own provider could not read. Ask again.`,
    );
  }
  if (!FILTERED.test(reason)) return "stop";
  throw new AgenticRagError(
    "model-rejected",
    `A content filter at ${target.baseUrl} ended the reply (${reason}). ` +
      "Ask in other words, or use a model without that filter.",
  );
}
