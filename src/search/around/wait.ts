import { setTimeout } from "node:timers/promises";
import { abortError, throwIfAborted } from "../deadline.ts";

/** The longest time that a timer of Node can be set to, in milliseconds; a longer one ends at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Resolves after at least so many milliseconds of a clock that never jumps. Rejects with an AbortError on abort. */
export async function waitFor(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  throwIfAborted(signal);
  const end = performance.now() + milliseconds;
  for (let left = milliseconds; left > 0; left = end - performance.now()) {
    try {
      // a timer may ring a part of a millisecond early
      await setTimeout(Math.min(Math.ceil(left), LONGEST_TIMER_MS), undefined, signal && { signal });
    } catch {
      throw abortError(signal);
    }
  }
}
