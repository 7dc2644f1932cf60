import { z } from "zod";
import { AgenticRagError } from "../errors.ts";
import { reportedFailure, type RequestTarget } from "./http-failure.ts";
import type { ModelChunk, ModelUsage } from "./model.ts";

const count = z.number().int().nonnegative().nullish();

/** What is read of an event; everything else in it is left alone. */
const eventSchema = z.object({
  choices: z
    .array(
      z.object({
        text: z.string().nullish(),
        reasoning: z.string().nullish(),
        reasoning_content: z.string().nullish(),
        finish_reason: z.string().nullish(),
        stop_reason: z.unknown().optional(),
        matched_stop: z.unknown().optional(),
      }),
    )
    .nullish(),
  usage: z
    .object({
      prompt_tokens: count,
      completion_tokens: count,
      prompt_tokens_details: z.object({ cached_tokens: count }).nullish(),
    })
    .nullish(),
  timings: z.object({ cache_n: count }).nullish(),
  error: z.unknown().optional(),
  object: z.unknown().optional(),
});

type CompletionEvent = z.infer<typeof eventSchema>;
type Choice = NonNullable<CompletionEvent["choices"]>[number];
type End = Extract<ModelChunk, { type: "end" }>;

/**
 * The chunks of a streamed completion, in the dialects of vLLM, SGLang, llama.cpp, TGI and those like them. What comes
 * after the finish (usage, `[DONE]`) is welcome but not needed: a connection that breaks there has lost nothing.
 *
 * @throws `model-truncated` when the events end without a finish reason, `model-bad-reply` for an event that is none,
 * and what an error event says.
 */
export async function* readCompletion(
  events: AsyncIterable<string>,
  target: RequestTarget,
): AsyncGenerator<ModelChunk> {
  let finish: Pick<End, "finishReason" | "stopReason"> | undefined;
  let usage: ModelUsage = {};
  try {
    for await (const data of events) {
      if (data.trim() === "[DONE]") break;
      const event = readEvent(data, target);
      const [choice] = event.choices ?? [];
      const text = (choice?.reasoning_content ?? choice?.reasoning ?? "") + (choice?.text ?? "");
      if (text !== "") yield { type: "text", text };
      if (choice?.finish_reason) finish = readFinish(choice, choice.finish_reason, target);
      usage = { ...usage, ...readUsage(event) };
    }
  } catch (error) {
    const lost = error instanceof AgenticRagError && error.code !== "model-timeout";
    if (finish === undefined || lost) throw error;
  }
  if (finish === undefined) throw truncated(target);
  yield { type: "end", ...finish, usage };
}

/** A reply that broke off before the server said that it was finished. */
export function truncated(target: RequestTarget, cause?: unknown): AgenticRagError {
  return new AgenticRagError(
    "model-truncated",
    `The reply of the model server at ${target.baseUrl} broke off before it was finished. ` +
      "Ask again; if it happens often, the server's log says why it stops.",
    { cause },
  );
}

function readEvent(data: string, target: RequestTarget): CompletionEvent {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch (error) {
    throw badReply(target, "an event that is not JSON", error);
  }
  const read = eventSchema.safeParse(value);
  if (!read.success) throw badReply(target, "an event that is no completion", read.error);
  if (read.data.error != null) throw reportedFailure(target, read.data.error);
  if (read.data.object === "error") throw reportedFailure(target, value);
  return read.data;
}

function readFinish(
  choice: Choice,
  reason: string,
  target: RequestTarget,
): Pick<End, "finishReason" | "stopReason"> {
  switch (reason) {
    case "stop":
    case "stop_sequence":
    case "stop_token":
      return { finishReason: "stop", ...readStopReason(choice) };
    case "eos":
    case "eos_token":
      return { finishReason: "stop", stopReason: null };
    case "length":
    case "max_tokens":
      return { finishReason: "length", ...readStopReason(choice) };
    case "abort":
    case "error":
      throw truncated(target);
    default:
      throw badReply(
        target,
        `the finish reason ${JSON.stringify(reason.slice(0, 40))}, which is not known here`,
      );
  }
}

/** A number is the id of a stop *token*, such as the end of the turn: no stop string. */
function readStopReason(choice: Choice): Pick<End, "stopReason"> {
  const said = choice.stop_reason === undefined ? choice.matched_stop : choice.stop_reason;
  if (said === undefined) return {};
  return { stopReason: typeof said === "string" ? said : null };
}

function readUsage({ usage, timings }: CompletionEvent): ModelUsage {
  const promptTokens = usage?.prompt_tokens;
  const completionTokens = usage?.completion_tokens;
  const cachedTokens = usage?.prompt_tokens_details?.cached_tokens ?? timings?.cache_n;
  return {
    ...(promptTokens != null && { promptTokens }),
    ...(completionTokens != null && { completionTokens }),
    ...(cachedTokens != null && { cachedTokens }),
  };
}

function badReply(target: RequestTarget, what: string, cause?: unknown): AgenticRagError {
  return new AgenticRagError(
    "model-bad-reply",
    `The model server at ${target.baseUrl} sent ${what}. Check that the base URL is a completions endpoint.`,
    { cause },
  );
}
