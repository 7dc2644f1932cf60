import { AgenticRagError } from "../../errors.ts";
import { throwIfAborted } from "../../net/abort.ts";
import type { Deadline } from "../../net/deadline.ts";
import { MAX_RETRY_AFTER_MS } from "./http-failure.ts";
import type { ModelChunk } from "../model.ts";
import type { RetryClock } from "../../net/clock.ts";

const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 8_000;

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

/** Milliseconds to wait after `tries` failures in which nothing of a reply was seen; undefined if trying again would not help. */
function retryDelay(failure: unknown, tries: number, random: () => number): number | undefined {
  if (!AgenticRagError.isInstance(failure) || !isTransient(failure)) return undefined;
  const asked = failure.facts.retryAfterMs ?? 0;
  if (asked > MAX_RETRY_AFTER_MS) return undefined;
  const backoff = Math.min(FIRST_BACKOFF_MS * 2 ** (tries - 1), MAX_BACKOFF_MS);
  return asked > 0 ? asked : Math.round(backoff * (0.5 + random() / 2));
}

function isTransient({ code, facts }: AgenticRagError): boolean {
  return (
    code === "model-unreachable" ||
    code === "model-truncated" ||
    code === "model-rate-limited" ||
    code === "model-server-error" ||
    (code === "model-timeout" && facts.status === 408)
  );
}
