import { z } from "zod";
import { chatForm } from "../server/json-form.ts";
import { rootOf } from "../server/dialects.ts";
import type { Dialect } from "./dialect.ts";
import { openAiBody, openAiUrl, readOpenAi } from "./openai.ts";

const tokenizedSchema = z.object({ tokens: z.array(z.number().int()) });
const detokenizedSchema = z.object({ prompt: z.string() });

/**
 * vLLM. With ids, the text of a chunk is that of its ids to the letter only when the stop string stays in
 * (`include_stop_str_in_output`): without it vLLM keeps back as many characters as the longest stop string has, all
 * the time, so that texts and ids of a chunk do not belong together. Special tokens are shown for the same reason: a
 * hidden one would be among the ids and not in the text.
 * Source: vllm/entrypoints/openai/completion/protocol.py, vllm/v1/engine/detokenizer.py.
 */
export const vllm: Dialect = {
  name: "vllm",
  framing: "events",
  showsStop: "with-ids",
  tellsLogprobs: true,
  url: openAiUrl,
  body: (fields) => ({
    ...openAiBody(fields),
    repeat_penalty: undefined,
    ...chatForm(fields.form, "vllm"),
    stop_token_ids: fields.stopTokenIds.length > 0 ? fields.stopTokenIds : undefined,
    ...(fields.withIds && {
      return_token_ids: true,
      include_stop_str_in_output: true,
      skip_special_tokens: false,
      spaces_between_special_tokens: false,
    }),
  }),
  read: readOpenAi,
  tokens: {
    mixesTexts: false,
    encode: ({ baseUrl, modelName }, text, begins) => ({
      url: `${rootOf(baseUrl)}/tokenize`,
      body: { model: modelName, prompt: text, add_special_tokens: begins },
    }),
    readIds: (value) => tokenizedSchema.safeParse(value).data?.tokens,
    decode: ({ baseUrl, modelName }, tokens) => ({
      url: `${rootOf(baseUrl)}/detokenize`,
      body: { model: modelName, tokens },
    }),
    readText: (value) => detokenizedSchema.safeParse(value).data?.prompt,
  },
};
