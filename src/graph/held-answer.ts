import { findMarks } from "../citation/marks.ts";
import { plainText, withWholeName } from "../citation/plain-stream.ts";

/** What leads up to a call is shorter, as a rule; in UTF-16 units. */
const MAX_HELD = 600;

/**
 * Holds back the beginning of an answer, for a stream that cannot take back what it has sent: a model that writes a
 * sentence or two may be leading up to a call, or still be thinking. A text that cites, or that is longer than that, is
 * taken for the answer.
 */
export interface HeldAnswer {
  /** What of the answer may be sent now. */
  add(text: string): string;
  /** It is the answer: what was held of it. */
  release(): string;
  /** It is none: what was held of it, as reasoning. */
  withdraw(): string;
}

/** @param whole until it is released, also where it cites or is long. Default: false */
export function createHeldAnswer({ whole = false } = {}): HeldAnswer {
  let held = "";
  let sent = false;

  function release(): string {
    const text = held;
    held = "";
    sent ||= text !== "";
    return text;
  }

  return {
    add(text) {
      held = sent ? held + text : withWholeName(held + text);
      if (whole) return "";
      const isAnswer =
        sent || held.length > MAX_HELD || findMarks(held).some(({ kind }) => kind === "numbers");
      return isAnswer ? release() : "";
    },
    release,
    withdraw() {
      const text = plainText(held);
      held = "";
      sent = false;
      return text;
    },
  };
}
