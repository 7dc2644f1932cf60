import { abortError, throwIfAborted } from "./abort.ts";

/** The longest time that a timer of Node can be set to, in milliseconds; a longer one fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Calls `ring` once, after at least so many milliseconds of a clock that never jumps; never for `Infinity`. However long
 * the time is, it does not ring early.
 *
 * @returns stops the timer
 */
export function startTimer(milliseconds: number, ring: () => void): () => void {
  const end = performance.now() + milliseconds;
  let timer: NodeJS.Timeout | undefined;
  function set(left: number): void {
    // a timer may fire a part of a millisecond early
    timer = setTimeout(fire, Math.min(Math.ceil(left), LONGEST_TIMER_MS));
  }
  function fire(): void {
    const left = end - performance.now();
    if (left > 0) set(left);
    else ring();
  }
  set(milliseconds);
  return () => clearTimeout(timer);
}

/** Resolves after at least so many milliseconds. Rejects with an AbortError as soon as the signal is aborted. */
export async function waitFor(milliseconds: number, signal?: AbortSignal): Promise<void> {
  throwIfAborted(signal);
  if (milliseconds <= 0) return;
  await new Promise<void>((resolve, reject) => {
    const stop = startTimer(milliseconds, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    function onAbort(): void {
      stop();
      if (signal !== undefined) reject(abortError(signal));
    }
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
