import { createAnswerStream } from "../citation/answer-stream.ts";
import type { Evidence } from "../citation/check.ts";
import type { RunEvent } from "./events.ts";

/** The checked answer of a run as it grows. Each function returns what to send next, which may be empty. */
export interface AnswerContent {
  /**
   * Takes any event. Sources of searches and opened pages are linked from then on; text from before a call stays, and
   * what the model writes after it begins a new paragraph.
   */
  take(event: RunEvent): string;
  /** What is left of the checked answer, or the statement that there is none. */
  finish(conclusion: Extract<RunEvent, { type: "answer-end" }>): string;
  /** All that was sent. */
  readonly sent: string;
}

const BREAK = "\n\n";

export function createAnswerContent(): AnswerContent {
  const known: Evidence[] = [];
  const answer = createAnswerStream(() => known);
  let sent = "";
  /** What was sent before the last call, and since. */
  let earlier = "";
  let current = "";

  function send(text: string): string {
    if (text === "") return "";
    const piece = current === "" && earlier !== "" ? BREAK + text : text;
    current += text;
    sent += piece;
    return piece;
  }

  function pause(): string {
    const rest = send(answer.end());
    if (current !== "") earlier = current;
    current = "";
    return rest;
  }

  return {
    take(event) {
      if (event.type === "answer-delta") return send(answer.add(event.text));
      if (event.type === "answer-withdrawn" || event.type === "tool-call") return pause();
      if (event.type === "search-end")
        known.push(...event.sources.map((source) => ({ ...source, text: "" })));
      if (event.type === "page-end" && event.source !== undefined) known.push({ ...event.source, text: "" });
      return "";
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
