import { tagsOf, type TagGrammar } from "./tag-grammar.ts";
import { createTagScanner } from "./tag-scanner.ts";

/** `text`: outside all tags. */
export type Mode = "think" | "text" | "answer";

export interface Position {
  readonly mode: Mode;
  /** Outside the reasoning, and something is written there already. */
  readonly answering: boolean;
}

/** What a tag makes of the text that follows; `undefined` where it changes nothing. */
export function modeAfter(tag: string, { think, answer }: TagGrammar): Mode | undefined {
  if (tag === think.open) return "think";
  if (tag === answer?.open) return "answer";
  return tag === think.close || tag === answer?.close ? "text" : undefined;
}

/** Where the assistant's turn stands after `before`. Tags that a call quotes in its query do not count. */
export function positionAfter(before: string, grammar: TagGrammar): Position {
  const { call, response } = grammar;
  let mode: Mode = "text";
  let written = false;
  let body: string | null = null;
  let inResponse = false;
  for (const piece of createTagScanner(tagsOf(grammar)).feed(before)) {
    if ("text" in piece) {
      if (body !== null) body += piece.text;
      const isCall = body !== null && grammar.beginsCall(body) !== false;
      if (!inResponse && !isCall && piece.text.trim() !== "") written = true;
    } else if (inResponse || piece.tag === response.open) {
      inResponse = piece.tag !== response.close;
      written = false;
      body = null;
    } else if (piece.tag === call.open || piece.tag === call.close) {
      body = piece.tag === call.open ? "" : null;
    } else if (body !== null && grammar.beginsCall(body) === true) {
      body += piece.tag;
    } else {
      const next = modeAfter(piece.tag, grammar);
      if (next !== undefined) {
        mode = next;
        written = false;
        body = null;
      }
    }
  }
  return { mode, answering: mode !== "think" && written };
}
