import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import { z } from "zod";
import { AgenticRagError } from "../../errors.ts";
import { parseJson } from "../../net/json.ts";
import type { Encode } from "../../trajectory/tokens.ts";

const objectSchema = z.looseObject({ model: z.looseObject({}) });

const configSchema = z.looseObject({
  eos_token: z
    .union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)])
    .nullish()
    .catch(undefined),
});

/** Texts to ids. */
export interface LocalTokenizer {
  readonly encode: Encode;
  /** The token that ends a turn, as `eos_token` of its configuration names it. */
  readonly end: { readonly text: string; readonly id: number } | undefined;
}

/**
 * The tokenizer of a `tokenizer.json`, with the `tokenizer_config.json` beside it where there is one. It puts nothing in
 * front of a text.
 *
 * @throws AgenticRagError `settings-invalid`
 */
export async function openTokenizer(file: string): Promise<LocalTokenizer> {
  try {
    const tokenizer = objectSchema.parse(parseJson(await readFile(file, "utf8")));
    const config = await readFile(join(dirname(file), "tokenizer_config.json"), "utf8").catch(() => "{}");
    const parsed = configSchema.parse(parseJson(config));
    const opened = new Tokenizer(tokenizer, parsed);
    const text = parsed.eos_token ?? "";
    const id = opened.token_to_id(text);
    return {
      encode: (part) => (part === "" ? [] : opened.encode(part, { add_special_tokens: false }).ids),
      end: text === "" || id === undefined ? undefined : { text, id },
    };
  } catch (cause) {
    throw new AgenticRagError(
      "settings-invalid",
      `${file} is no tokenizer.json that can be used. Give the file of that name that belongs to the model.`,
      { cause },
    );
  }
}
