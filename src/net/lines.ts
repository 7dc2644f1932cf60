import { AgenticRagError } from "../errors.ts";
import type { SilenceWatch } from "./event-stream.ts";
import { parseJson } from "./json.ts";

/** A line of a completion is a few hundred characters. */
const MAX_LINE_CHARACTERS = 1_000_000;

/**
 * The lines of a body, without the empty ones, those that came together in one list. A line that the body ends within is one
 * if it is JSON: its newline is not needed. The body is cancelled when the reading ends early.
 *
 * @throws `model-bad-reply` for a line of more than a million characters; whatever reading the body throws.
 */
export async function* readLines(
  body: AsyncIterable<Uint8Array>,
  silence: SilenceWatch,
): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder();
  const chunks = body[Symbol.asyncIterator]();
  let rest: string[] = [];
  let length = 0;
  try {
    for (;;) {
      silence.wait();
      const { done, value } = await chunks.next();
      silence.heard();
      const text = done ? decoder.decode() : decoder.decode(value, { stream: true });
      const [first = "", ...more] = text.split("\n");
      rest.push(first);
      length += first.length;
      const whole: string[] = [];
      for (const next of more) {
        if (length > MAX_LINE_CHARACTERS) break;
        whole.push(rest.join(""));
        rest = [next];
        length = next.length;
      }
      const isTooLong = length > MAX_LINE_CHARACTERS;
      const last = done && !isTooLong ? rest.join("") : "";
      if (parseJson(last) !== undefined) whole.push(last);
      const lines = whole.filter((line) => line.trim() !== "");
      if (lines.length > 0) yield lines;
      if (isTooLong) throw tooLong();
      if (done) return;
    }
  } finally {
    silence.heard();
    await chunks.return?.().catch(() => {});
  }
}

function tooLong(): AgenticRagError {
  return new AgenticRagError(
    "model-bad-reply",
    `The model server sent a line of more than ${MAX_LINE_CHARACTERS} characters. ` +
      "Check that the base URL is a completions endpoint.",
  );
}
