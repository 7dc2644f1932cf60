import { checkAnswer, type Evidence } from "../../citation/check.ts";
import { settledLength } from "./settled.ts";

/**
 * Checks an answer while it is written. What `add` and `end` return, joined, is what `checkAnswer` makes of the whole
 * text: known marks are links, unknown ones are gone, and nothing else is a link or an image. Text is held back only
 * as long as it may still become part of a mark.
 */
export interface AnswerStream {
  add(text: string): string;
  /** What was held back. The next text begins another answer. */
  end(): string;
}

const FENCE = "```";
/** Stands at both ends of a piece, so that nothing is trimmed there. It neither begins nor continues any mark. */
const EDGE = '"';

/** `evidence` gives the sources that are known at the time. */
export function createAnswerStream(evidence: () => readonly Evidence[]): AnswerStream {
  let pending = "";
  let fenced = false;
  let started = false;
  /** White space that ends what was given: it counts only when something follows. */
  let space = "";

  /** Text with its outer white space as it is in the whole. */
  function give(text: string): string {
    const whole = started ? text : text.trimStart();
    const shown = whole.trimEnd();
    space = whole.slice(shown.length);
    started ||= shown !== "";
    return shown;
  }

  function cut(length: number): string {
    const taken = pending.slice(0, length);
    pending = pending.slice(length);
    return taken;
  }

  /** A piece that holds whole marks only. */
  function check(length: number): string {
    if (length === 0) return "";
    const { answer } = checkAnswer(`${EDGE}${space}${cut(length)}${EDGE}`, evidence());
    return give(answer.slice(EDGE.length, -EDGE.length));
  }

  function takeCode(final: boolean): string {
    const close = pending.indexOf(FENCE);
    fenced = close < 0;
    const begun = final ? 0 : (/`{1,2}$/.exec(pending)?.[0].length ?? 0);
    return give(space + cut(fenced ? pending.length - begun : close + FENCE.length));
  }

  function take(final: boolean): string {
    let out = "";
    for (;;) {
      if (fenced) {
        out += takeCode(final);
        if (fenced) return out;
      }
      const { length, fence } = settledLength(pending, final);
      out += check(length);
      if (!fence) return out;
      out += give(space + cut(FENCE.length));
      fenced = true;
    }
  }

  return {
    add(text) {
      pending += text;
      return take(false);
    },
    end() {
      const rest = take(true);
      fenced = false;
      started = false;
      space = "";
      return rest;
    },
  };
}
