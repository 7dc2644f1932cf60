import type { ServerEvent } from "./events.ts";
import { ServerError, type Server } from "./server.ts";

export interface Reading {
  readonly server: Pick<Server, "join">;
  readonly thread: string;
  /** The run, where it is known; else its first event tells it. */
  readonly run: string | undefined;
  /** What is read first. */
  readonly events: AsyncIterable<ServerEvent>;
  readonly signal: AbortSignal;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** The connection broke; it is tried again. */
  readonly onBreak: () => void;
}

/** Time between two looks at a server that does not answer, in milliseconds. */
const WAITS = [500, 1000, 2000, 4000, 8000];

/**
 * The events of a run to its end, each once, also over connections that break.
 *
 * @throws ServerError where the server refuses, or breaks off before it has said which run it is
 */
export async function* unbroken(reading: Reading): AsyncGenerator<ServerEvent> {
  const { server, thread, signal, wait, onBreak } = reading;
  let { run, events } = reading;
  let after = "-1";
  for (let tries = 0; ; tries += 1) {
    try {
      for await (const event of events) {
        signal.throwIfAborted();
        after = event.id ?? after;
        run = runIn(event) ?? run;
        tries = 0;
        yield event;
      }
      return;
    } catch (error) {
      if (!(error instanceof ServerError) || error.status !== 0 || run === undefined) throw error;
      onBreak();
      await wait(WAITS[Math.min(tries, WAITS.length - 1)] ?? 0);
      signal.throwIfAborted();
      events = server.join(thread, run, after, signal);
    }
  }
}

/** The run that a first event tells. */
function runIn({ name, data }: ServerEvent): string | undefined {
  if (name !== "metadata" || typeof data !== "object" || data === null || !("run_id" in data))
    return undefined;
  return typeof data.run_id === "string" ? data.run_id : undefined;
}
