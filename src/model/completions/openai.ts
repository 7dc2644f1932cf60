import { z } from "zod";
import type { Reading, RequestFields } from "./dialect.ts";
import { type RequestTarget, badReply, reportedFailure } from "../exchange/http-failure.ts";
import { finishFields, readFinish, readUsage, usageFields } from "../exchange/openai-end.ts";
import { readLogprobs } from "./token-logprobs.ts";

/** What is read of an event; everything else in it is left alone. */
const eventSchema = z.object({
  choices: z
    .array(
      z.object({
        text: z.string().nullish(),
        reasoning: z.string().nullish(),
        reasoning_content: z.string().nullish(),
        ...finishFields,
        token_ids: z.array(z.number().int()).nullish(),
        logprobs: z.unknown().optional(),
      }),
    )
    .nullish(),
  ...usageFields,
  error: z.unknown().optional(),
  object: z.unknown().optional(),
});

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
    // the likeliest token comes with the sampled one: to llama.cpp and others, 0 means none at all
    logprobs: sampling.logprobs === true ? 1 : undefined,
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
    text: (choice?.reasoning_content || choice?.reasoning || "") + (choice?.text ?? ""),
    tokenIds: choice?.token_ids ?? undefined,
    logprobs: readLogprobs(choice?.logprobs),
    finish: choice?.finish_reason ? readFinish(choice, choice.finish_reason, target) : undefined,
    usage: readUsage(read.data),
  };
}
