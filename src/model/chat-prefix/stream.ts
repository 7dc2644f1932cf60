import { z } from "zod";
import type { SaidPart } from "../exchange/read-to-end.ts";
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

const messageSchema = z.object({
  content: contentSchema.nullish(),
  reasoning: z.string().nullish(),
  reasoning_content: z.string().nullish(),
  /** OpenRouter's and MiniMax's; mostly the reasoning is told as a text, too. */
  reasoning_details: z
    .array(z.object({ text: z.string().nullish(), summary: z.string().nullish() }))
    .nullish()
    .catch(null),
  tool_calls: z
    .array(
      z.object({
        index: z.number().int().nullish(),
        id: z.string().nullish(),
        function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
      }),
    )
    .nullish(),
});

/** What is read of an event, or of a reply in one piece; everything else in it is left alone. */
const eventSchema = z.object({
  choices: z
    .array(z.object({ delta: messageSchema.nullish(), message: messageSchema.nullish(), ...finishFields }))
    .nullish(),
  ...usageFields,
  error: z.unknown().optional(),
  object: z.unknown().optional(),
});

/** The message as it came, with what is not read here. */
const rawMessageSchema = z.record(z.string(), z.unknown());
const rawSchema = z.object({
  choices: z
    .array(z.object({ delta: rawMessageSchema.nullish(), message: rawMessageSchema.nullish() }))
    .nullish(),
});

/**
 * What one event of a streamed chat completion says, or a reply in one piece.
 *
 * @throws `model-bad-reply` for an event that is none, `model-rejected` for a content filter, `model-truncated` for a
 * finish that is none, and what an error event says.
 */
export function readChatEvent(value: unknown, target: RequestTarget): SaidPart {
  const read = eventSchema.safeParse(value);
  if (!read.success) throw badReply(target, "an event that is no chat completion", read.error);
  const { choices, error, object } = read.data;
  if (error != null) throw reportedFailure(target, error);
  if (object === "error") throw reportedFailure(target, value);
  const [choice] = choices ?? [];
  const { finish_reason: reason } = choice ?? {};
  const message = choice?.delta ?? choice?.message ?? {};
  const calls = message.tool_calls ?? [];
  return {
    ...readMessage(message),
    calls: calls.map(({ index, id, function: call }) => ({
      index,
      id,
      name: call?.name,
      arguments: call?.arguments,
    })),
    message: rawMessageOf(value),
    finish: choice !== undefined && reason ? readFinish(choice, reason, target) : undefined,
    usage: readUsage(read.data),
  };
}

function rawMessageOf(value: unknown): SaidPart["message"] {
  const [choice] = rawSchema.safeParse(value).data?.choices ?? [];
  return choice?.delta ?? choice?.message ?? undefined;
}

/** Some servers send the reasoning under both of its names. */
function readMessage({
  content,
  reasoning,
  reasoning_content,
  reasoning_details,
}: z.infer<typeof messageSchema>): Pick<SaidPart, "reasoning" | "reasoningField" | "content"> {
  const parts = typeof content === "string" ? [{ type: "text", text: content }] : (content ?? []);
  const thought = parts
    .flatMap((part) => ("thinking" in part ? (part.thinking ?? []) : []))
    .map(({ text }) => text ?? "")
    .join("");
  const details = (reasoning_details ?? []).map(({ text, summary }) => text ?? summary ?? "").join("");
  const field = reasoning_content
    ? "reasoning_content"
    : reasoning
      ? "reasoning"
      : details
        ? "reasoning_details"
        : undefined;
  return {
    reasoning: (reasoning_content || reasoning || details) + thought,
    reasoningField: field ?? (thought === "" ? undefined : "thinking blocks"),
    content: parts.map(({ type, text }) => (type === "text" ? (text ?? "") : "")).join(""),
  };
}
