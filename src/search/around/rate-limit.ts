import { AgenticRagError } from "../../errors.ts";
import { after, ask } from "./attempts.ts";
import { abortError, throwIfAborted } from "../../net/abort.ts";
import { startTimer } from "../../net/wait.ts";
import type { SearchEngine } from "../engine.ts";
import { createEngine } from "../query.ts";

export interface RateLimitOptions {
  /** At most this many searches begin within `perMs`. */
  readonly requests: number;
  /** In milliseconds. */
  readonly perMs: number;
  /** The longest wait for a turn, in milliseconds. Default 30,000. */
  readonly maxWaitMs?: number;
  /** Milliseconds of a clock that never jumps. Default: `performance.now`. */
  readonly clock?: () => number;
}

/** What came of asking for a turn: it was given after a wait, or it would take longer than allowed. */
export type Turn =
  | { readonly given: true; readonly waitedMs: number }
  | { readonly given: false; readonly retryAfterMs: number; readonly maxWaitMs: number };

/** Gives turns in the order in which they are asked for. One may be given to several engines that share a quota. */
export interface RateLimit {
  /** Rejects with an AbortError on abort; those who wait behind move up. */
  take(signal?: AbortSignal): Promise<Turn>;
}

const DEFAULT_MAX_WAIT_MS = 30_000;

/**
 * Sliding window: at most `requests` starts in any `perMs`.
 *
 * @throws AgenticRagError `settings-invalid` for a limit that lets nothing through.
 */
export function createRateLimit(options: RateLimitOptions): RateLimit {
  const { requests, perMs, maxWaitMs = DEFAULT_MAX_WAIT_MS, clock = () => performance.now() } = options;
  if (!Number.isInteger(requests) || requests < 1 || !(perMs > 0)) {
    throw new AgenticRagError(
      "settings-invalid",
      "A rate limit needs a whole number of requests from 1, and a time above 0 ms.",
    );
  }
  /** When the last turns were given, oldest first; never more than `requests`. */
  const given: number[] = [];
  const queue: ((now: number) => void)[] = [];
  let stopTimer: (() => void) | undefined;

  /** When the turn behind `ahead` waiting ones comes, in milliseconds from now. */
  function waitBehind(ahead: number): number {
    const before = given[given.length - requests + (ahead % requests)];
    const next = before === undefined ? 0 : Math.max(before + perMs - clock(), 0);
    return next + Math.floor(ahead / requests) * perMs;
  }
  function giveTurns(): void {
    stopTimer?.();
    while (queue.length > 0 && waitBehind(0) === 0) {
      const now = clock();
      given.push(now);
      if (given.length > requests) given.shift();
      queue.shift()?.(now);
    }
    if (queue.length > 0) {
      stopTimer = startTimer(waitBehind(0), giveTurns);
    }
  }

  return {
    async take(signal) {
      throwIfAborted(signal);
      const retryAfterMs = Math.ceil(waitBehind(queue.length));
      if (retryAfterMs > maxWaitMs) return { given: false, retryAfterMs, maxWaitMs };
      const asked = clock();
      const turn = await new Promise<number>((resolve, reject) => {
        const leave = (): void => {
          queue.splice(queue.indexOf(enter), 1);
          giveTurns();
          if (signal !== undefined) reject(abortError(signal));
        };
        const enter = (now: number): void => {
          signal?.removeEventListener("abort", leave);
          resolve(now);
        };
        signal?.addEventListener("abort", leave, { once: true });
        queue.push(enter);
        giveTurns();
      });
      return { given: true, waitedMs: turn - asked };
    },
  };
}

/**
 * Lets searches wait for their turn. All who use the returned engine share the limit; engines that are given the same
 * `RateLimit` share it too. A search whose turn would come later than allowed fails as `rate-limited` at once, without
 * a try. Put it inside of a retry, so that each try counts.
 */
export function withRateLimit(engine: SearchEngine, limit: RateLimit | RateLimitOptions): SearchEngine {
  const turns = "take" in limit ? limit : createRateLimit(limit);
  return createEngine(engine.name, async ({ query }, options) => {
    const turn = await turns.take(options.signal);
    if (turn.given) return after([], await ask(engine, query, options), turn.waitedMs);
    const { retryAfterMs, maxWaitMs } = turn;
    const message = `The rate limit that is set for ${engine.name} has room for this search in ${retryAfterMs / 1000} s only, and a search may wait ${maxWaitMs / 1000} s. Ask again then, or set a higher limit.`;
    return { status: "failed", failure: { kind: "rate-limited", message, retryAfterMs }, attempts: [] };
  });
}
