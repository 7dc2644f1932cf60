import { AgenticRagError } from "../errors.ts";
import { abortError, throwIfAborted } from "./abort.ts";
import type { SilenceWatch } from "./event-stream.ts";
import { startTimer } from "./wait.ts";

/** Ends a request when its time is over or its caller no longer wants it. Timers count monotonic time. */
export interface Deadline {
  /** Aborted when the request is to end, for whatever reason. */
  readonly signal: AbortSignal;
  /** Starts to count towards a limit. One that passes before `clear` ends the request. */
  limit(milliseconds: number, message: string): { clear(): void };
  /** Counts silences: from the first `wait` to the next `heard`. */
  silence(milliseconds: number, message: string): SilenceWatch;
  /** Why the request was ended: an AbortError for the caller's signal, else `model-timeout`. */
  failure(): Error | undefined;
  /** Releases the timers and the caller's signal, and aborts what is left: nothing where all `isDone`. */
  close(isDone?: boolean): void;
}

export function startDeadline(caller: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  const stops = new Set<() => void>();
  let failure: Error | undefined;

  const fail = (error: Error): void => {
    if (controller.signal.aborted) return;
    failure = error;
    controller.abort(error);
  };
  const onAbort = (): void => {
    if (caller !== undefined) fail(abortError(caller));
  };
  if (caller?.aborted === true) onAbort();
  caller?.addEventListener("abort", onAbort, { once: true });

  const limit: Deadline["limit"] = (milliseconds, message) => {
    const stop = startTimer(milliseconds, () => fail(new AgenticRagError("model-timeout", message)));
    stops.add(stop);
    return {
      clear() {
        stop();
        stops.delete(stop);
      },
    };
  };

  return {
    signal: controller.signal,
    limit,
    silence(milliseconds, message) {
      let running: { clear(): void } | undefined;
      return {
        wait() {
          running ??= limit(milliseconds, message);
        },
        heard() {
          running?.clear();
          running = undefined;
        },
      };
    },
    failure: () => failure,
    close(isDone = false) {
      for (const stop of stops) stop();
      stops.clear();
      caller?.removeEventListener("abort", onAbort);
      if (!isDone) controller.abort();
    },
  };
}

/** The time of a piece of work, which ends early where its caller no longer wants it. */
export interface WorkTime {
  /** Aborted when the time is over, or when the caller's signal is. */
  readonly signal: AbortSignal;
  /** The time was over before the caller's signal was aborted. */
  readonly isOver: boolean;
  /**
   * Waits for work that may not heed the signal: rejects with an AbortError as soon as the caller's is aborted. Work is not
   * begun where that was before.
   */
  unlessAborted<Value>(work: () => Promise<Value>): Promise<Value>;
  /** Ends the wait. To be called when the work is done. */
  clear(): void;
}

export function deadlineAfter(milliseconds: number, caller?: AbortSignal): WorkTime {
  const controller = new AbortController();
  const { signal } = controller;
  let isOver = false;
  const stop = startTimer(milliseconds, () => {
    isOver = !signal.aborted;
    controller.abort();
  });
  const onAbort = (): void => controller.abort(caller?.reason);
  if (caller?.aborted === true) onAbort();
  else caller?.addEventListener("abort", onAbort, { once: true });
  return {
    signal,
    get isOver() {
      return isOver;
    },
    unlessAborted(work) {
      if (caller?.aborted === true) return Promise.reject(abortError(caller));
      return new Promise((resolve, reject) => {
        const onEnd = (): void => {
          if (!isOver) reject(abortError(signal));
        };
        signal.addEventListener("abort", onEnd, { once: true });
        work().then(resolve, reject);
      });
    },
    clear() {
      stop();
      caller?.removeEventListener("abort", onAbort);
    },
  };
}

/**
 * Runs a task with a signal that is aborted when its time is over (the result is then `"deadline"`) or the caller's
 * signal is (rejects with an AbortError). Does not wait for a task that ignores its signal.
 */
export async function withDeadline<Value>(
  { deadlineMs, signal }: { readonly deadlineMs: number; readonly signal?: AbortSignal | undefined },
  run: (signal: AbortSignal) => Promise<Value>,
): Promise<Value | "deadline"> {
  throwIfAborted(signal);
  const time = deadlineAfter(deadlineMs, signal);
  try {
    return await new Promise<Value | "deadline">((resolve, reject) => {
      const onEnd = (): void => (time.isOver ? resolve("deadline") : reject(abortError(time.signal)));
      time.signal.addEventListener("abort", onEnd, { once: true });
      run(time.signal).then(resolve, reject);
    });
  } finally {
    time.clear();
  }
}
