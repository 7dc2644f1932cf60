import { throwIfAborted } from "../../net/abort.ts";
import type { Deadline } from "../../net/deadline.ts";
import type { ModelChunk } from "../model.ts";
import { retryDelay, type RetryClock } from "../../net/retry.ts";

/** A request with all its tries. */
export interface Attempts {
  /** Sends it once and reads the reply; the connection is closed when this ends. */
  attempt(): AsyncGenerator<ModelChunk>;
  readonly deadline: Deadline;
  readonly signal: AbortSignal | undefined;
  readonly maxRetries: number;
  readonly clock: RetryClock;
  /** What went wrong, by its name. `seen`: something of the reply had come. */
  named(error: unknown, seen: boolean): unknown;
  /** True where the next attempt sends something else because of this failure: it is made at once. */
  changed?(failure: unknown): boolean;
}

/**
 * The chunks of the first attempt that says something. It is made again only while nothing of a reply was seen, and
 * only after failures that may pass.
 *
 * @throws what ended the deadline, else the named failure of the last attempt.
 */
export async function* runAttempts(attempts: Attempts): AsyncGenerator<ModelChunk> {
  const { deadline, signal, maxRetries, clock } = attempts;
  for (let tries = 1; ; tries += 1) {
    let seen = false;
    let failure: unknown;
    try {
      for await (const chunk of attempts.attempt()) {
        throwIfAborted(signal);
        seen = true;
        yield chunk;
      }
      return;
    } catch (error) {
      failure = deadline.failure() ?? attempts.named(error, seen);
    }
    if (!seen && attempts.changed?.(failure) === true) continue;
    const delay = seen || tries > maxRetries ? undefined : retryDelay(failure, tries, clock.random);
    if (delay === undefined) throw failure;
    await clock.sleep(delay, deadline.signal);
    const ended = deadline.failure();
    if (ended !== undefined) throw ended;
  }
}
