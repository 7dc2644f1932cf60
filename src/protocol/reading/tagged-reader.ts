import { bareCallIn } from "../dialects/bare-call.ts";
import type { Generation, ProtocolEvent, ProtocolReader, ReaderOptions, StreamEnd } from "../protocol.ts";
import { isAnswerIn, type TagGrammar } from "./tag-grammar.ts";
import { tagFinder } from "./tag-finder.ts";
import { TurnLexer } from "./turn-lexer.ts";
import type { Position } from "./turn-state.ts";
import type { TextEnd, TurnToken } from "./turn-token.ts";

/** A text that breaks off where a sentence goes on, as before a stop string that stands in it. */
const BREAKS_OFF =
  /\S[ \t]$|[([{“‘„‚«‹（［【〔〈《「『]$|<(?:code|kbd|samp|tt|b|i|em|strong)>$|(?:^|\n)[^"\n]*"$|(?:^|\n)[^*\n]*\*{1,2}$/;

/** A text that ends in an indented line, which may be code. */
const INDENTED = /\n(?: {4}|\t)[^\n]*$/;

/** The reader of every protocol that writes calls, responses and reasoning between tags. */
export function createTaggedReader(
  grammar: TagGrammar,
  position: Position,
  { calls }: ReaderOptions,
): ProtocolReader {
  const fresh = !position.lineText && position.held === "";
  const tags = tagFinder(grammar);
  const lexer = new TurnLexer(grammar, { ...position, fresh }, calls ? "calls" : "no-calls");
  const raw: string[] = [];
  let events: ProtocolEvent[] = [];
  let done = false;
  let outcome: Generation["outcome"] = "nothing";
  let closing = "";
  let length = 0;
  /** Where in this text the answer text begins; `null`: nowhere. */
  let answerFrom: number | null = position.written ? 0 : null;

  function write(text: string): void {
    raw.push(text);
    length += text.length;
  }

  function show(token: TurnToken & { type: "text" }): void {
    write(token.raw);
    if (token.restarts) withdraw();
    if (token.visible === "") return;
    if (!isAnswerIn(grammar, token.mode)) {
      events.push({ type: "reasoning-delta", text: token.visible });
      return;
    }
    if (token.visible.trim() !== "") {
      outcome = "answer";
      answerFrom ??= length - token.visible.length;
    }
    events.push({ type: "answer-delta", text: token.visible });
  }

  /** What was shown as the answer so far is none. */
  function withdraw(): void {
    if (answerFrom !== null) events.push({ type: "answer-withdrawn" });
    answerFrom = null;
    outcome = "nothing";
  }

  function call(token: TurnToken & { type: "call" }): void {
    // it stood there before, where the turn went on behind it
    if (token.raw === "" && token.end === "closed") return;
    done = true;
    if (calls) {
      if (grammar.answersFreely) withdraw();
      write(token.raw);
      if (token.end === "unclosed") write(token.close);
      closing = token.end === "cut" ? token.close : "";
      events.push({ type: "call-end", text: token.body, whole: token.end !== "cut" });
      outcome = "call";
    } else if (grammar.answersFreely && answerFrom !== null) {
      // what leads up to a call is no answer, though the call is not allowed
      const kept = raw.join("").slice(0, answerFrom);
      raw.splice(0, raw.length, kept);
      withdraw();
    } else if (token.mode === "answer" && grammar.answer !== null && !grammar.answersFreely) {
      write(grammar.answer.close);
    }
  }

  function read(tokens: readonly TurnToken[]): void {
    for (const token of tokens) {
      if (done) return;
      switch (token.type) {
        case "text":
          show(token);
          break;
        case "call":
          call(token);
          break;
        case "response":
          events.push({ type: "response-forged" });
          done = true;
          break;
        case "turn-end":
          done = true;
          break;
        case "stray":
          if (calls) done = true;
          else write(token.raw);
          break;
        case "answer-end":
          write(token.raw);
          done = true;
          break;
        case "tag":
        case "spliced":
          write(token.raw);
      }
    }
  }

  /** The closing tag of an answer that the endpoint kept to itself. */
  function closeAnswer(end: TextEnd): void {
    const { mode, held } = lexer.position;
    const tag = grammar.answer?.close;
    if (mode !== "answer" || tag === undefined || grammar.answersFreely) return;
    if (tag.startsWith(held) && (end !== "length" || held.length > 1)) {
      write(tag);
      done = true;
    }
  }

  function finish({ finishReason, stopReason }: StreamEnd): void {
    if (typeof stopReason === "string" && tags.at(stopReason, 0) === stopReason) {
      const stopped = lexer.stopAt(stopReason);
      if (stopped !== undefined) {
        read(stopped);
        return;
      }
      lexer.isMention = true;
    }
    const end = finishReason === "length" ? "length" : stopReason === null ? "stop" : "cut";
    closeAnswer(end);
    if (!done) read(lexer.finish(end));
    if (end !== "cut" || !grammar.dialects || outcome === "call") return;
    const text = raw.join("");
    const isOpen =
      BREAKS_OFF.test(text) ||
      (outcome === "answer" && INDENTED.test(text)) ||
      // the tag that closes a call without an opening one may have stopped it
      (/[}\]]\s*$/.test(text) && bareCallIn(text) !== undefined);
    if (isOpen) lexer.isMention = true;
  }

  function drain(): readonly ProtocolEvent[] {
    const drained = events;
    events = [];
    return drained;
  }

  /** A closing tag of a call that was passed over, at the very end, would make one of it. */
  function written(): string {
    const text = raw.join("");
    if (outcome === "call" || lexer.isMention) return text;
    let kept = text;
    for (;;) {
      const trimmed = kept.trimEnd();
      const close = tags.callEnds.find((tag) => trimmed.endsWith(tag));
      if (close === undefined) return kept;
      kept = trimmed.slice(0, -close.length);
    }
  }

  return {
    feed(chunk) {
      if (!done) read(lexer.feed(chunk));
      return drain();
    },
    end(end) {
      if (!done) finish(end);
      done = true;
      return drain();
    },
    get done() {
      return done;
    },
    get openCall() {
      return done || !calls || !lexer.holdsCall ? null : lexer.position.held;
    },
    get generation() {
      const mention = lexer.isMention && outcome !== "call";
      return { text: written(), closing, outcome, ...(mention && { mention }) };
    },
  };
}
