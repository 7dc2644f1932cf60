import type { TagGrammar } from "./tag-grammar.ts";
import { TurnLexer } from "./turn-lexer.ts";
import { TURN_START, type Position } from "./turn-state.ts";

/** Where a turn stands after more text. */
export function advance(grammar: TagGrammar, position: Position, text: string): Position {
  const lexer = new TurnLexer(grammar, position, "past");
  lexer.feed(text);
  return lexer.position;
}

/** Where the assistant's turn stands after `before`. */
export function positionAfter(before: string, grammar: TagGrammar): Position {
  return advance(grammar, TURN_START, before);
}
