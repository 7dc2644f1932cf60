import { MAX_CALL_LENGTH } from "../limits.ts";
import { isAnswerIn, type GrammarForm, type Mode, type TagGrammar } from "./tag-grammar.ts";
import type { Position } from "./turn-state.ts";
import type { TurnToken } from "./turn-token.ts";

/** So much of the decided text is kept to look back at, in UTF-16 units. */
const TAIL = 40;

/** The text of a turn that is not decided yet, and where the turn stands before it. */
export class TurnText {
  at: { -readonly [Key in keyof Position]: Position[Key] };
  buffer: string;
  /** How much of the buffer stood there before: it is no part of what is read now. */
  skip: number;
  /** A tag that opens a call was named; its closing tag makes it one. */
  named: { form: GrammarForm; body: string } | null = null;
  readonly #grammar: TagGrammar;

  constructor(grammar: TagGrammar, position: Position) {
    this.#grammar = grammar;
    this.at = { ...position };
    this.buffer = position.held;
    this.skip = position.held.length;
  }

  /** What brings the text back to where it stands now. */
  mark(): () => void {
    const { at, buffer, skip, named } = this;
    const before = { ...at };
    const kept = named === null ? null : { ...named };
    return () => Object.assign(this, { at: before, buffer, skip, named: kept });
  }

  /** `restarts`: what was written as the answer is none, if more follows. */
  mode(length: number, mode: Mode, restarts = this.#grammar.answersFreely && this.at.written): TurnToken {
    const raw = this.take(length);
    if (mode !== "think" || this.at.mode !== "think") {
      const pending = mode === "think" ? this.at.restarts : restarts;
      Object.assign(this.at, { mode, restarts: pending, answering: false });
    }
    Object.assign(this.at, { fresh: true, lineText: false, afterCall: false });
    return { type: "tag", raw };
  }

  text(length: number): TurnToken {
    const { mode } = this.at;
    const written = this.buffer.slice(0, length);
    const raw = this.take(length);
    const line = written.slice(written.lastIndexOf("\n") + 1);
    const hasBreak = line.length < written.length;
    const isBlank = written.trim() === "";
    if (hasBreak) this.at.lineText = line.trim() !== "";
    else if (!isBlank) this.at.lineText = true;
    if (!isBlank) {
      this.at.fresh = false;
      this.at.afterCall = false;
    }
    if (!isAnswerIn(this.#grammar, mode)) return { type: "text", raw, visible: raw, mode, restarts: false };
    const visible = this.at.answering ? raw : raw.trimStart();
    if (visible.trim() === "") return { type: "text", raw, visible, mode, restarts: false };
    const { restarts } = this.at;
    this.at.answering = true;
    this.at.written = true;
    this.at.restarts = false;
    return { type: "text", raw, visible, mode, restarts };
  }

  hidden(length: number): TurnToken {
    return { type: "tag", raw: this.take(length) };
  }

  settle(change: Partial<Position>): void {
    const settled = { answering: false, written: false, restarts: false, lineText: false, fresh: true };
    Object.assign(this.at, settled, { afterCall: false }, change);
    this.named = null;
  }

  /** Takes text from the buffer: what of it this lexer was given. */
  take(length: number): string {
    const written = this.buffer.slice(0, length);
    this.buffer = this.buffer.slice(length);
    this.at.tail = (written.length < TAIL ? this.at.tail + written : written).slice(-TAIL);
    if (this.named !== null && this.named.body.length <= MAX_CALL_LENGTH) this.named.body += written;
    const old = Math.min(this.skip, written.length);
    this.skip -= old;
    return written.slice(old);
  }
}
