import { z } from "zod";

/**
 * How the next token is drawn. Every field is sent to the endpoint as it stands; one that is `null` is left out,
 * so that the endpoint's own default holds.
 */
export const samplingSchema = z.strictObject({
  temperature: z.number().min(0).max(2).nullable(),
  topP: z.number().gt(0).max(1).nullable(),
  /** Not part of OpenAI's API, but understood by vLLM, SGLang, llama.cpp and others. */
  topK: z.number().int().min(-1).nullable(),
  /** As `topK`. llama.cpp's own default of 0.05 is not what QwQ asks for. */
  minP: z.number().min(0).max(1).nullable(),
  presencePenalty: z.number().min(-2).max(2).nullable(),
  frequencyPenalty: z.number().min(-2).max(2).nullable(),
  /** As `topK`. Values above 1 can themselves cause loops with QwQ. */
  repetitionPenalty: z.number().gt(0).nullable(),
  seed: z.number().int().nullable(),
  /**
   * The log-probabilities of the drawn tokens are wanted with the text, where they are offered; they cost bandwidth.
   * They are as the server tells them: the model's own as a rule, before temperature and the like. @default false
   */
  logprobs: z.boolean().optional(),
});

export type Sampling = z.infer<typeof samplingSchema>;

/** What the QwQ-32B model card recommends: https://huggingface.co/Qwen/QwQ-32B (Usage Guidelines). */
export const QWQ_SAMPLING: Sampling = {
  temperature: 0.6,
  topP: 0.95,
  topK: 40,
  minP: 0,
  presencePenalty: null,
  frequencyPenalty: null,
  repetitionPenalty: null,
  seed: null,
};

/** How much a model is to think: not at all, as it does by itself, or so hard. */
export const REASONING_EFFORTS = ["off", "on", "minimal", "low", "medium", "high", "xhigh"] as const;

export type ReasoningEffort = (typeof REASONING_EFFORTS)[number];
