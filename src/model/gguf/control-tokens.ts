import { ALL_CONTROL_TOKENS, controlTokensOf } from "../../text/control-tokens.ts";
import type { GgufFile } from "./library.ts";

/** These are known without being listed, and there may be thousands of the second kind. */
const UNLISTED =
  /^<\|[^<>|\s]+\|>$|^[<[](?:unused|special|reserved|extra_id|unused_token|control)_?\d+[>\]]$/i;

/**
 * The tokens that a file's vocabulary marks as control tokens, and those of its added ones that its chat template writes
 * or that are known: added tokens may also be mere words, such as the tags of HTML.
 */
export function vocabularyTokens(file: GgufFile): readonly string[] {
  const template = file.fileInfo.metadata.tokenizer?.chat_template ?? "";
  const meant = new Set([...ALL_CONTROL_TOKENS, ...controlTokensOf(template)]);
  const found = new Set<string>();
  for (const id of file.iterateAllTokens()) {
    const { control, userDefined } = file.getTokenAttributes(id);
    if (!control && !userDefined) continue;
    const text = file.detokenize([id], true).trim();
    if (text.length > 2 && !UNLISTED.test(text) && (control || meant.has(text))) found.add(text);
  }
  return [...found];
}
