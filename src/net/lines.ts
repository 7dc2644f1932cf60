import { AgenticRagError } from "../errors.ts";
import type { SilenceWatch } from "./event-stream.ts";
import { parseJson } from "./json.ts";

/** A line of a completion is a few hundred characters. */
const MAX_LINE_CHARACTERS = 1_000_000;

/**
 * The lines of a body, without the empty ones. A line that the body ends within is one if it is JSON: its newline is
 * not needed. The body is cancelled when the reading ends early.
 *
 * @throws `model-bad-reply` for a line of more than a million characters; whatever reading the body throws.
 */
export async function* readLines(
  body: AsyncIterable<Uint8Array>,
  silence: SilenceWatch,
): AsyncGenerator<string> {
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
      for (const next of more) {
        const line = rest.join("");
        rest = [next];
        length = next.length;
        if (line.length > MAX_LINE_CHARACTERS) throw tooLong();
        if (line.trim() !== "") yield line;
      }
      if (length > MAX_LINE_CHARACTERS) throw tooLong();
      if (!done) continue;
      const last = rest.join("");
      if (parseJson(last) !== undefined) yield last;
      return;
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
