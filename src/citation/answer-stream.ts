import { createSourceFinder, type Evidence } from "./check.ts";
import { scan, SCAN_START } from "./scan.ts";
import { seenText } from "./seen.ts";
import { createWrittenAnswer } from "./written-answer.ts";

/**
 * Checks an answer while it is written. What `add` and `end` return, joined, is what `checkAnswer` makes of the whole
 * text: known marks are links, unknown ones are gone, and nothing else is a link, an image or HTML. Text is held back
 * only as long as it may still become part of a mark.
 */
export interface AnswerStream {
  add(text: string): string;
  /** What was held back. The next text begins another answer. */
  end(): string;
}

/** `evidence` gives the sources that are known at the time. */
export function createAnswerStream(evidence: () => readonly Evidence[]): AnswerStream {
  const begin = () => createWrittenAnswer((number, url) => createSourceFinder(evidence())(number, url));
  let pending = "";
  let state = SCAN_START;
  let written = begin();

  function take(final: boolean): string {
    const scanned = scan(pending, state, final);
    written.write(pending, scanned.pieces);
    pending = pending.slice(scanned.length);
    ({ state } = scanned);
    return written.take();
  }

  return {
    add(text) {
      pending = seenText(pending + text);
      return take(false);
    },
    end() {
      const rest = take(true);
      pending = "";
      state = SCAN_START;
      written = begin();
      return rest;
    },
  };
}
