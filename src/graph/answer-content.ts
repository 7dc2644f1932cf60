import { createAnswerStream } from "../citation/answer-stream.ts";
import type { Evidence } from "../citation/check.ts";
import type { RunEvent } from "./events.ts";

/** The content of a reply as it grows. Every function returns what is to be sent next, which may be nothing. */
export interface Content {
  /** Sources that were found; their marks are linked from now on. */
  found(sources: readonly Omit<Evidence, "text">[]): void;
  add(text: string): string;
  /** The model searches again: what it wrote stays, and what follows stands below it. */
  pause(): string;
  /** What is left of the checked answer, or the word that there is none. */
  finish(conclusion: Extract<RunEvent, { type: "answer-end" }>): string;
  /** All that was sent. */
  readonly sent: string;
}

const BREAK = "\n\n";

export function createContent(): Content {
  const known: Evidence[] = [];
  const answer = createAnswerStream(() => known);
  let sent = "";
  /** What was sent before the model searched again, and since. */
  let earlier = "";
  let current = "";

  function send(text: string): string {
    if (text === "") return "";
    const piece = current === "" && earlier !== "" ? BREAK + text : text;
    current += text;
    sent += piece;
    return piece;
  }

  return {
    found(sources) {
      known.push(...sources.map((source) => ({ ...source, text: "" })));
    },
    add: (text) => send(answer.add(text)),
    pause() {
      const rest = send(answer.end());
      if (current !== "") earlier = current;
      current = "";
      return rest;
    },
    finish(conclusion) {
      const whole = conclusion.answer;
      const held = answer.end();
      // nothing was written after the last search: the answer is what had been written before
      if (current + held === "" && whole === earlier) return "";
      if (whole.startsWith(current)) return send(whole.slice(current.length));
      const rest = send(held);
      if (conclusion.answered) return rest;
      return rest + send(BREAK + whole);
    },
    get sent() {
      return sent;
    },
  };
}
