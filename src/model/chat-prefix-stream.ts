import { z } from "zod";
import { AgenticRagError } from "../errors.ts";
import type { EchoFilter, TurnText } from "./chat-prefix-text.ts";
import { badReply, truncated } from "./completions-stream.ts";
import { reportedFailure, type RequestTarget } from "./http-failure.ts";
import { finishFields, readFinish, readUsage, usageFields } from "./openai-end.ts";
import type { ModelChunk, ModelUsage } from "./model.ts";
import { createWrittenCalls, type WrittenCall } from "./written-call.ts";

/** Mistral's reasoning models put lists of chunks where others put a text. */
const contentSchema = z.union([
  z.string(),
  z.array(
    z.object({
      type: z.string(),
      text: z.string().nullish(),
      thinking: z.array(z.object({ text: z.string().nullish() })).nullish(),
    }),
  ),
]);

/** What is read of an event; everything else in it is left alone. */
const eventSchema = z.object({
  choices: z
    .array(
      z.object({
        delta: z
          .object({
            content: contentSchema.nullish(),
            reasoning: z.string().nullish(),
            reasoning_content: z.string().nullish(),
            tool_calls: z
              .array(
                z.object({
                  index: z.number().int().nullish(),
                  id: z.string().nullish(),
                  function: z
                    .object({ name: z.string().nullish(), arguments: z.string().nullish() })
                    .nullish(),
                }),
              )
              .nullish(),
          })
          .nullish(),
        ...finishFields,
      }),
    )
    .nullish(),
  ...usageFields,
  error: z.unknown().optional(),
  object: z.unknown().optional(),
});

type ChatEvent = z.infer<typeof eventSchema>;
type Choice = NonNullable<ChatEvent["choices"]>[number];
type End = Extract<ModelChunk, { type: "end" }>;
type Finish = Pick<End, "finishReason" | "stopReason">;

export interface ReplyReading {
  readonly target: RequestTarget;
  readonly turn: TurnText;
  /** Takes the given text off the beginning of the content, where the dialect repeats it. */
  readonly echo: EchoFilter | undefined;
  /** Gives a call that the server parsed out of the text back as text. */
  readonly callText: ((call: WrittenCall) => string) | undefined;
}

/**
 * The chunks of a streamed chat completion, with everything that the server told apart put back into one text. What
 * comes after the finish (usage, `[DONE]`) is welcome but not needed: a connection that breaks there has lost nothing.
 *
 * @throws `model-truncated` when the events end without a finish reason, `model-bad-reply` for an event that is none,
 * `model-rejected` for a content filter, and what an error event says.
 */
export async function* readChat(
  events: AsyncIterable<string>,
  { target, turn, echo, callText }: ReplyReading,
): AsyncGenerator<ModelChunk> {
  const calls = createWrittenCalls();
  let finish: Finish | undefined;
  let usage: ModelUsage = {};
  try {
    for await (const data of events) {
      if (data.trim() === "[DONE]") break;
      const event = readEvent(data, target);
      const [choice] = event.choices ?? [];
      const { reasoning, content } = readDelta(choice);
      const text = turn.reasoning(reasoning) + turn.content(echo?.feed(content) ?? content);
      if (text !== "") yield { type: "text", text };
      for (const { index, id, function: call } of choice?.delta?.tool_calls ?? []) {
        calls.add({ index, id, name: call?.name, arguments: call?.arguments });
      }
      if (choice?.finish_reason) finish = readFinish(choice, choice.finish_reason, target);
      usage = { ...usage, ...readUsage(event) };
    }
  } catch (error) {
    const lost = error instanceof AgenticRagError && error.code !== "model-timeout";
    if (finish === undefined || lost) throw error;
  }
  if (finish === undefined) throw truncated(target);
  const rest = turn.content(echo?.rest() ?? "") + turn.rest();
  const called = writtenAs(calls.whole(finish.finishReason === "stop"), callText, target);
  if (rest + called !== "") yield { type: "text", text: rest + called };
  yield { type: "end", ...finish, usage };
}

/** A turn has one call at its end; what a server found behind the first is not text of this turn. */
function writtenAs(
  [call]: readonly WrittenCall[],
  callText: ReplyReading["callText"],
  target: RequestTarget,
): string {
  if (call === undefined) return "";
  if (callText !== undefined) return callText(call);
  throw new AgenticRagError(
    "model-bad-reply",
    `The model server at ${target.baseUrl} turned text into a tool call. ` +
      "Start it without a tool-call parser, or use an endpoint for raw completions.",
  );
}

function readEvent(data: string, target: RequestTarget): ChatEvent {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch (error) {
    throw badReply(target, "an event that is not JSON", error);
  }
  const read = eventSchema.safeParse(value);
  if (!read.success) throw badReply(target, "an event that is no chat completion", read.error);
  if (read.data.error != null) throw reportedFailure(target, read.data.error);
  if (read.data.object === "error") throw reportedFailure(target, value);
  return read.data;
}

/** Some servers send the reasoning under both of its names. */
function readDelta(choice: Choice | undefined): { reasoning: string; content: string } {
  const { content, reasoning, reasoning_content } = choice?.delta ?? {};
  const parts = typeof content === "string" ? [{ type: "text", text: content }] : (content ?? []);
  const thought = parts.flatMap((part) => ("thinking" in part ? (part.thinking ?? []) : []));
  return {
    reasoning: (reasoning_content || reasoning || "") + thought.map(({ text }) => text ?? "").join(""),
    content: parts.map(({ type, text }) => (type === "text" ? (text ?? "") : "")).join(""),
  };
}
