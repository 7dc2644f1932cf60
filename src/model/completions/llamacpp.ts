import { z } from "zod";
import { rootOf } from "../server/dialects.ts";
import type { Dialect, Reading } from "./dialect.ts";
import { openAiBody, openAiUrl, readOpenAi } from "./openai.ts";

const tokenizedSchema = z.object({ tokens: z.array(z.number().int()) });
const detokenizedSchema = z.object({ content: z.string() });

/** What `verbose: true` adds to each event: the one place where an end of turn and a stop string differ. */
const verboseSchema = z.object({
  ["__verbose"]: z.object({
    tokens: z.array(z.number().int()).nullish(),
    tokens_predicted: z.number().int().nullish(),
    stop_type: z.string().nullish(),
    stopping_word: z.string().nullish(),
  }),
});

/**
 * llama.cpp's server. The stop string is never in the text, its ids are among the tokens. A character whose bytes are
 * several tokens comes with the id of the last of them only: the count of sampled tokens shows that some are missing.
 * Source: https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
 */
export const llamacpp: Dialect = {
  name: "llamacpp",
  framing: "events",
  showsStop: "never",
  tellsLogprobs: true,
  url: openAiUrl,
  body: (fields) => ({
    ...openAiBody(fields),
    repetition_penalty: undefined,
    json_schema: fields.form?.schema,
    cache_prompt: true,
    verbose: true,
    return_tokens: fields.withIds || undefined,
    // without this the last event repeats the whole prompt
    response_fields: ["stop_type", "stopping_word", "tokens", "tokens_predicted"],
  }),
  read(value, target): Reading {
    const reading = readOpenAi(value, target);
    const verbose = verboseSchema.safeParse(value).data?.["__verbose"];
    if (verbose === undefined) return reading;
    const { finish } = reading;
    return {
      ...reading,
      tokenIds: verbose.tokens ?? undefined,
      sampled: verbose.tokens_predicted ?? undefined,
      finish: finish && { ...finish, ...stopReasonOf(verbose) },
    };
  },
  tokens: {
    mixesTexts: true,
    encode: ({ baseUrl }, text, begins) => ({
      url: `${rootOf(baseUrl)}/tokenize`,
      body: { content: text, add_special: begins, parse_special: true },
    }),
    readIds: (value) => tokenizedSchema.safeParse(value).data?.tokens,
    decode: ({ baseUrl }, tokens) => ({ url: `${rootOf(baseUrl)}/detokenize`, body: { tokens } }),
    readText: (value) => detokenizedSchema.safeParse(value).data?.content,
  },
};

function stopReasonOf({
  stop_type: type,
  stopping_word: word,
}: {
  stop_type?: string | null | undefined;
  stopping_word?: string | null | undefined;
}): { stopReason?: string | null } {
  if (type === "word" && word) return { stopReason: word };
  return type === "eos" || type === "limit" ? { stopReason: null } : {};
}
