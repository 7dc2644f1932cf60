import { createParser } from "eventsource-parser";
import { AgenticRagError } from "../errors.ts";

/** An event of a completion is a few hundred characters; log probabilities make it some thousands. */
const MAX_EVENT_CHARACTERS = 1_000_000;

/** Told about the wait for bytes, so that a silence can be ended. */
export interface SilenceWatch {
  /** The next bytes are awaited; goes on with the earlier wait if that was not ended. */
  wait(): void;
  /** Something came. */
  heard(): void;
}

/**
 * The `data` of each server-sent event of a body, in order, those that came together in one list. Comments are left out: as a sign of life they count until
 * the first event only. An event that the body ends within is no event. The body is cancelled when the reading ends early.
 *
 * @throws `model-bad-reply` for an event of more than a million characters; whatever reading the body throws.
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function* readEvents(
  body: AsyncIterable<Uint8Array>,
  silence: SilenceWatch,
): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder();
  const events: string[] = [];
  let comments = 0;
  let tooLong = false;
  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARACTERS,
    onEvent: ({ data }) => events.push(data),
    onComment: () => (comments += 1),
    onError: ({ type }) => (tooLong ||= type === "max-buffer-size-exceeded"),
  });
  const chunks = body[Symbol.asyncIterator]();
  let begun = false;
  let endsInCarriageReturn = false;
  try {
    for (;;) {
      silence.wait();
      const { done, value } = await chunks.next();
      const text = done ? decoder.decode() : decoder.decode(value, { stream: true });
      comments = 0;
      if (!tooLong) parser.feed(text);
      // a line may end in a bare CR; the parser waits for an LF that the end of the body will not bring
      if (done && endsInCarriageReturn) parser.feed("\n");
      if (text !== "") endsInCarriageReturn = text.endsWith("\r");

      if (!begun || events.length > 0 || comments === 0) silence.heard();
      begun ||= events.length > 0;
      if (events.length > 0) yield events.splice(0);
      if (tooLong) throw new AgenticRagError("model-bad-reply", TOO_LONG);
      if (done) return;
    }
  } finally {
    silence.heard();
    await chunks.return?.().catch(() => {});
  }
}

const TOO_LONG =
  `The model server sent an event of more than ${MAX_EVENT_CHARACTERS} characters. ` +
  "Check that the base URL is a completions endpoint.";
