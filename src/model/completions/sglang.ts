import { z } from "zod";
import type { Dialect } from "./dialect.ts";
import { openAiBody, openAiUrl, readOpenAi } from "./openai.ts";

const tokenizedSchema = z.object({ tokens: z.array(z.number().int()) });
const detokenizedSchema = z.object({ text: z.string() });

/**
 * SGLang. It keeps nothing back: the first tokens of a stop string are in the stream before it is known for one. With
 * ids the stop string is left in whole (`no_stop_trim`) and taken off here, so that text and ids stay together.
 * Source: python/sglang/srt/entrypoints/openai/serving_completions.py, serving_tokenize.py.
 */
export const sglang: Dialect = {
  name: "sglang",
  framing: "events",
  showsStop: "with-ids",
  tellsLogprobs: true,
  url: openAiUrl,
  body: (fields) => ({
    ...openAiBody(fields),
    repeat_penalty: undefined,
    json_schema: fields.form && JSON.stringify(fields.form.schema),
    stop_token_ids: fields.stopTokenIds.length > 0 ? fields.stopTokenIds : undefined,
    ...(fields.withIds && { return_token_ids: true, no_stop_trim: true, skip_special_tokens: false }),
  }),
  read: readOpenAi,
  tokens: {
    mixesTexts: false,
    encode: ({ baseUrl, modelName }, text, begins) => ({
      url: `${baseUrl}/tokenize`,
      body: { model: modelName, prompt: text, add_special_tokens: begins },
    }),
    readIds: (value) => tokenizedSchema.safeParse(value).data?.tokens,
    decode: ({ baseUrl, modelName }, tokens) => ({
      url: `${baseUrl}/detokenize`,
      body: { model: modelName, tokens, skip_special_tokens: false },
    }),
    readText: (value) => detokenizedSchema.safeParse(value).data?.text,
  },
};
