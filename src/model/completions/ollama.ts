import { z } from "zod";
import { rootOf } from "../server/dialects.ts";
import type { Dialect, Reading } from "./dialect.ts";
import { type RequestTarget, badReply, reportedFailure, truncated } from "../exchange/http-failure.ts";
import type { Finish } from "../exchange/read-to-end.ts";
import { readLogprobs } from "./token-logprobs.ts";

const count = z.number().int().nonnegative().nullish();

const lineSchema = z.object({
  response: z.string().nullish(),
  thinking: z.string().nullish(),
  done: z.boolean().nullish(),
  done_reason: z.string().nullish(),
  prompt_eval_count: count,
  eval_count: count,
  logprobs: z.unknown().optional(),
  error: z.unknown().optional(),
});

/**
 * Ollama's own `/api/generate` with `raw: true`: its `/v1/completions` would put the prompt into the model's template.
 * A prompt that is too long is refused (`truncate`, `shift`) instead of losing its head.
 * Source: https://docs.ollama.com/api/generate
 */
export const ollama: Dialect = {
  name: "ollama",
  framing: "lines",
  showsStop: "never",
  tellsLogprobs: true,
  url: (baseUrl) => `${rootOf(baseUrl)}/api/generate`,
  body({ prompt, modelName, maxTokens, sampling, stop, contextTokens, form }) {
    return {
      model: modelName,
      prompt,
      raw: true,
      stream: true,
      // the reasoning is to stay in the text
      think: false,
      truncate: false,
      shift: false,
      format: form?.schema,
      logprobs: sampling.logprobs === true || undefined,
      options: {
        num_ctx: contextTokens,
        num_predict: maxTokens,
        temperature: sampling.temperature ?? undefined,
        top_p: sampling.topP ?? undefined,
        top_k: sampling.topK ?? undefined,
        min_p: sampling.minP ?? undefined,
        presence_penalty: sampling.presencePenalty ?? undefined,
        frequency_penalty: sampling.frequencyPenalty ?? undefined,
        // up to 0.17 it is 1.1 unless told otherwise, which spoils calls and words that come again
        repeat_penalty: sampling.repetitionPenalty ?? 1,
        seed: sampling.seed ?? undefined,
        stop: stop.length > 0 ? stop : undefined,
      },
    };
  },
  read(value, target): Reading {
    const read = lineSchema.safeParse(value);
    if (!read.success) throw badReply(target, "a line that is no completion", read.error);
    const { error, thinking, response, done, done_reason: reason, logprobs, ...counts } = read.data;
    if (error != null) throw reportedFailure(target, error);
    return {
      text: (thinking ?? "") + (response ?? ""),
      logprobs: readLogprobs(logprobs),
      finish: done === true ? readFinish(reason, target) : undefined,
      usage: {
        ...(counts.prompt_eval_count != null && { promptTokens: counts.prompt_eval_count }),
        ...(counts.eval_count != null && { completionTokens: counts.eval_count }),
      },
    };
  },
};

function readFinish(reason: string | null | undefined, target: RequestTarget): Finish {
  if (reason === "stop" || reason === "length") return { finishReason: reason };
  // a model that was only loaded or unloaded has said nothing
  if (reason === "load" || reason === "unload") throw truncated(target);
  throw badReply(
    target,
    `the done reason ${JSON.stringify(reason == null ? null : target.redact(reason).slice(0, 40))}, which is not known here`,
  );
}
