import { createAnswerStream } from "../citation/answer-stream.ts";
import type { Evidence } from "../citation/check.ts";
import type { RunEvent } from "./events.ts";
import { createHeldAnswer } from "./held-answer.ts";

/** What to send next; either may be empty. Reasoning comes first. */
export interface Shown {
  readonly reasoning: string;
  readonly content: string;
}

/**
 * Reasoning and checked answer of a run as they grow, for clients that cannot take back what they were sent. The content,
 * joined, is the answer that the run ends with: its beginning is held back until it is known for an answer, and what turns
 * out to be none is reasoning. Where that turns out only behind 600 characters or a citation, the answer begins a new
 * paragraph below it.
 */
export interface AnswerContent {
  /** Takes any event. Sources of searches and opened pages are linked from then on. */
  take(event: RunEvent): Shown;
  /** What is left of the checked answer, or the statement that there is none. */
  finish(conclusion: Extract<RunEvent, { type: "answer-end" }>): Shown;
  /** All content that was sent. */
  readonly sent: string;
}

/** Whether its answer was written by the model or the reader, also where they say themselves that it is none. */
export function isWritten({
  answered,
  stopReason,
}: Pick<Extract<RunEvent, { type: "answer-end" }>, "answered" | "stopReason">): boolean {
  return answered || stopReason === "not-found" || stopReason === "passage";
}

const BREAK = "\n\n";
const NOTHING: Shown = { reasoning: "", content: "" };

export function createAnswerContent(): AnswerContent {
  const known: Evidence[] = [];
  const answer = createAnswerStream(() => known);
  const held = createHeldAnswer();
  let sent = "";
  /** What was sent before the last call, and since. */
  let earlier = "";
  let current = "";
  /** A call came behind what is held: it is the answer only if no other one follows. */
  let aside = false;

  function send(text: string): string {
    if (text === "") return "";
    const piece = current === "" && earlier !== "" ? BREAK + text : text;
    current += text;
    sent += piece;
    return piece;
  }

  function pause(): string {
    if (current === "") return "";
    const rest = send(answer.end());
    earlier = current;
    current = "";
    return rest;
  }

  function withdraw(): Shown {
    aside = false;
    const content = pause();
    return { reasoning: held.withdraw(), content };
  }

  return {
    take(event) {
      switch (event.type) {
        case "reasoning-delta":
          return { reasoning: event.text, content: "" };
        case "answer-delta": {
          const { reasoning, content } = aside ? withdraw() : NOTHING;
          return { reasoning, content: content + send(answer.add(held.add(event.text))) };
        }
        case "answer-withdrawn":
          return withdraw();
        case "tool-call":
        case "tool-call-invalid":
        case "tool-call-refused":
          aside = true;
          return { reasoning: "", content: pause() };
        case "search-end":
          known.push(...event.sources.map((source) => ({ ...source, text: "" })));
          return NOTHING;
        case "page-end":
          if (event.source !== undefined) known.push({ ...event.source, text: "" });
          return NOTHING;
        case "run-start":
        case "search-start":
        case "page-start":
        case "reply-continued":
        case "replies-rewritten":
        case "context-full":
        case "results-omitted":
        case "answer-mended":
        case "budget-left":
        case "answer-end":
          return NOTHING;
      }
    },
    finish(conclusion) {
      const whole = conclusion.answer;
      if (!isWritten(conclusion)) {
        const { reasoning, content } = withdraw();
        return { reasoning, content: content + send(whole) };
      }
      if (current === "") {
        held.release();
        // nothing was written after the last call: the answer is what had been sent before
        return { reasoning: "", content: whole === earlier ? "" : send(whole) };
      }
      if (whole.startsWith(current)) return { reasoning: "", content: send(whole.slice(current.length)) };
      return { reasoning: "", content: send(answer.end()) };
    },
    get sent() {
      return sent;
    },
  };
}
