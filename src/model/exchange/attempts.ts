import { AgenticRagError } from "../../errors.ts";
import { throwIfAborted } from "../../net/abort.ts";
import type { Deadline } from "../../net/deadline.ts";
import { MAX_RETRY_AFTER_MS } from "./http-failure.ts";
import type { ModelChunk } from "../model.ts";
import type { RetryClock } from "../../net/clock.ts";

const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 8_000;

/** So often a reply that breaks off is continued. */
const MAX_CONTINUATIONS = 2;

/** A request with all its tries. */
export interface Attempts {
  /**
   * Sends it once and gives the reply, whose connection is closed when its reading ends. `said`: what came of it before the
   * connection broke, from which the reply is to go on.
   */
  attempt(said: string, deadline: Deadline): AsyncIterable<ModelChunk> | Promise<AsyncIterable<ModelChunk>>;
  /** That of all tries together. It is closed when they are over. */
  begin(): Deadline;
  readonly signal: AbortSignal | undefined;
  readonly maxRetries: number;
  /** False: a reply that breaks off in its text is not continued. @default true */
  readonly goesOn?: boolean;
  readonly clock: RetryClock;
  /** What went wrong, by its name. `seen`: something of the reply had come. */
  named(error: unknown, seen: boolean): unknown;
  /** True where the next attempt sends something else because of this failure: it is made at once. */
  changed?(failure: unknown): boolean;
}

/**
 * The chunks of the first attempt that says something. It is made again only while nothing of a reply was seen, and
 * only after failures that may pass. A reply that breaks off in its text is continued from there.
 *
 * @throws what ended the deadline, else the named failure of the last attempt.
 */
export async function* runAttempts(attempts: Attempts): AsyncGenerator<ModelChunk> {
  const { signal, maxRetries, clock } = attempts;
  throwIfAborted(signal);
  const deadline = attempts.begin();
  let said = "";
  let continued = 0;
  let isDone = false;
  try {
    for (let tries = 1; ; tries += 1) {
      let seen = false;
      let came = "";
      let failure: unknown;
      try {
        for await (const chunk of await attempts.attempt(said, deadline)) {
          throwIfAborted(signal);
          // what is only begun is no loss
          seen ||= chunk.type === "end" || chunk.text !== "";
          isDone = chunk.type === "end";
          yield continued === 0 ? chunk : behindBreak(chunk, { said, continued, isFirst: came === "" });
          if (chunk.type === "text") came += chunk.text;
        }
        return;
      } catch (error) {
        failure = deadline.failure() ?? attempts.named(error, seen);
      }
      if (!seen && attempts.changed?.(failure) === true) continue;
      said += came;
      const goesOn =
        attempts.goesOn !== false &&
        came !== "" &&
        continued < Math.min(MAX_CONTINUATIONS, maxRetries) &&
        isBreak(failure);
      if (goesOn) {
        continued += 1;
        tries = 0;
      }
      const again = goesOn || (!seen && tries <= maxRetries);
      const delay = again ? retryDelay(failure, Math.max(tries, continued, 1), clock.random) : undefined;
      if (delay === undefined) throw failure;
      await clock.sleep(delay, deadline.signal);
      const ended = deadline.failure();
      if (ended !== undefined) throw ended;
    }
  } finally {
    deadline.close(isDone);
  }
}

/** The connection broke: nothing was said to be wrong. */
function isBreak(failure: unknown): boolean {
  return AgenticRagError.isInstance(failure) && failure.code === "model-truncated";
}

/** A chunk behind a break. The text before it was tokenised anew, so its ids are not those of one drawing with it. */
function behindBreak(
  chunk: ModelChunk,
  { said, continued, isFirst }: { said: string; continued: number; isFirst: boolean },
): ModelChunk {
  if (chunk.type === "text") {
    const { tokenIds: _, ...text } = chunk;
    return { ...text, ...(isFirst && { continued }) };
  }
  const { tokenIds: _, ...end } = chunk;
  const { completionTokens: told } = end.usage;
  const usage = { ...end.usage, ...(told !== undefined && { completionTokens: told + tokensOf(said) }) };
  return { ...end, usage, continued };
}

/** The limit of a request that goes on behind `said`. */
export function tokensLeft(limit: number, said: string): number {
  return Math.max(1, limit - tokensOf(said));
}

/** What a broken reply took is not told: English text has about four characters to a token. */
function tokensOf(text: string): number {
  return Math.ceil(text.length / 4);
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
