import { waitFor } from "./wait.ts";

/** Time and chance as retries need them, to be replaced in tests. */
export interface RetryClock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Resolves after the time, or early when the signal is aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export const systemClock: RetryClock = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (milliseconds, signal) => waitFor(milliseconds, signal).catch(() => {}),
};
