import { plainText } from "../../citation/plain-stream.ts";
import { neutralise } from "../../protocol/neutralise.ts";
import { ALL_CONTROL_TOKENS } from "../../text/control-tokens.ts";
import { cleanLine, cleanText } from "../../search/clean-text.ts";

/** Tags that models of other programs may take for their own. */
const TAGS = ["think", "tool_call", "tool_response"];

/** Text of a model or of the web as another model may read it: no control characters, no control tokens. */
export function foreignText(text: string): string {
  return neutralise(cleanText(text), TAGS, ALL_CONTROL_TOKENS);
}

/** The same on one line, for titles, addresses and queries. */
export function foreignLine(text: string): string {
  return neutralise(cleanLine(text), TAGS, ALL_CONTROL_TOKENS);
}

/** Text that nobody checked: what it links or shows is text too. */
export function uncheckedText(text: string): string {
  return neutralise(plainText(foreignText(text)), TAGS);
}

/** The same on one line. */
export function uncheckedLine(text: string): string {
  return neutralise(plainText(foreignLine(text)), TAGS);
}
