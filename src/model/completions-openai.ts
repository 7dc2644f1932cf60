import { z } from "zod";
import type { Finish, Reading, RequestFields } from "./completions-dialect.ts";
import { badReply, truncated } from "./completions-stream.ts";
import { reportedFailure, type RequestTarget } from "./http-failure.ts";
import type { ModelUsage } from "./model.ts";

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
        token_ids: z.array(z.number().int()).nullish(),
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

export function openAiUrl(baseUrl: string): string {
  return `${baseUrl}/completions`;
}

/**
 * The body of `POST /completions`. `max_tokens` is always there: vLLM and SGLang would stop after 16. Where servers
 * disagree about a name both are sent (`repetition_penalty` of vLLM and SGLang, `repeat_penalty` of llama.cpp).
 * Source: https://platform.openai.com/docs/api-reference/completions/create
 */
export function openAiBody(fields: RequestFields): Record<string, unknown> {
  const { sampling, stop } = fields;
  return {
    model: fields.modelName,
    prompt: fields.prompt,
    max_tokens: fields.maxTokens,
    stream: true,
    stream_options: { include_usage: true },
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    min_p: sampling.minP,
    presence_penalty: sampling.presencePenalty,
    frequency_penalty: sampling.frequencyPenalty,
    repetition_penalty: sampling.repetitionPenalty,
    repeat_penalty: sampling.repetitionPenalty,
    seed: sampling.seed,
    stop: stop.length > 0 ? stop : undefined,
  };
}

/** An event of a streamed completion, as vLLM, SGLang, llama.cpp, TGI and those like them send it. */
export function readOpenAi(value: unknown, target: RequestTarget): Reading {
  const read = eventSchema.safeParse(value);
  if (!read.success) throw badReply(target, "an event that is no completion", read.error);
  if (read.data.error != null) throw reportedFailure(target, read.data.error);
  if (read.data.object === "error") throw reportedFailure(target, value);
  const [choice] = read.data.choices ?? [];
  return {
    text: (choice?.reasoning_content ?? choice?.reasoning ?? "") + (choice?.text ?? ""),
    tokenIds: choice?.token_ids ?? undefined,
    finish: choice?.finish_reason ? readFinish(choice, choice.finish_reason, target) : undefined,
    usage: readUsage(read.data),
  };
}

function readFinish(choice: Choice, reason: string, target: RequestTarget): Finish {
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
function readStopReason(choice: Choice): Pick<Finish, "stopReason"> {
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
