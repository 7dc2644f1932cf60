import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import { z } from "zod";
import { AgenticRagError } from "../../errors.ts";
import { parseJson } from "../../net/json.ts";
import type { Encode } from "../../trajectory/tokens.ts";

const objectSchema = z.looseObject({ model: z.looseObject({}) });

/**
 * The tokenizer of a `tokenizer.json`, with the `tokenizer_config.json` beside it where there is one. It puts nothing in
 * front of a text.
 *
 * @throws AgenticRagError `settings-invalid`
 */
export async function openTokenizer(file: string): Promise<Encode> {
  try {
    const tokenizer = objectSchema.parse(parseJson(await readFile(file, "utf8")));
    const config = await readFile(join(dirname(file), "tokenizer_config.json"), "utf8").catch(() => "{}");
    const opened = new Tokenizer(tokenizer, z.looseObject({}).parse(parseJson(config)));
    return (text) => (text === "" ? [] : opened.encode(text, { add_special_tokens: false }).ids);
  } catch (cause) {
    throw new AgenticRagError(
      "settings-invalid",
      `${file} is no tokenizer.json that can be used. Give the file of that name that belongs to the model.`,
      { cause },
    );
  }
}
