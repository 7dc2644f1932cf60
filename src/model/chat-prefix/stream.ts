import { z } from "zod";
import type { SaidPart } from "./reading.ts";
import { type RequestTarget, badReply, reportedFailure } from "../exchange/http-failure.ts";
import { finishFields, readFinish, readUsage, usageFields } from "../exchange/openai-end.ts";

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

/**
 * What each event of a streamed chat completion says, up to `[DONE]`.
 *
 * @throws `model-bad-reply` for an event that is none, `model-rejected` for a content filter, `model-truncated` for a
 * finish that is none, and what an error event says.
 */
export async function* readChat(
  events: AsyncIterable<string>,
  target: RequestTarget,
): AsyncGenerator<SaidPart> {
  for await (const data of events) {
    if (data.trim() === "[DONE]") return;
    const event = readEvent(data, target);
    const [choice] = event.choices ?? [];
    const { finish_reason: reason, delta } = choice ?? {};
    const calls = delta?.tool_calls ?? [];
    yield {
      ...readDelta(choice),
      calls: calls.map(({ index, id, function: call }) => ({
        index,
        id,
        name: call?.name,
        arguments: call?.arguments,
      })),
      finish: choice !== undefined && reason ? readFinish(choice, reason, target) : undefined,
      usage: readUsage(event),
    };
  }
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
