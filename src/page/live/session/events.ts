import { createParser } from "eventsource-parser";

/** An event of a run, as the server streams it. */
export interface ServerEvent {
  /** Of its stream, to go on behind it; absent where the stream cannot be gone on with. */
  readonly id?: string | undefined;
  /** `custom`, `updates`, `metadata`, `error` … */
  readonly name: string;
  /** Which graph inside the graph it comes from, such as `research:<id>`; empty: the graph itself. */
  readonly place: string;
  readonly data: unknown;
}

/** The events of a reply, as they come; data that is no JSON is its text. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const found: ServerEvent[] = [];
  const parser = createParser({
    onEvent: ({ event = "message", id, data }) => {
      const [name = "", ...place] = event.split("|");
      found.push({ id, name, place: place.join("|"), data: parsed(data) });
    },
  });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      yield* found.splice(0);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
