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
  /** Aborts what is left and releases the timers and the caller's signal. */
  close(): void;
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
    close() {
      for (const stop of stops) stop();
      stops.clear();
      caller?.removeEventListener("abort", onAbort);
      controller.abort();
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
  const controller = new AbortController();
  const listening = new AbortController();
  let stop: (() => void) | undefined;
  const ended = new Promise<"deadline">((resolve, reject) => {
    stop = startTimer(deadlineMs, () => {
      resolve("deadline");
      controller.abort();
    });
    const onAbort = (): void => {
      if (signal !== undefined) reject(abortError(signal));
      controller.abort();
    };
    signal?.addEventListener("abort", onAbort, { signal: listening.signal });
  });
  try {
    return await Promise.race([run(controller.signal), ended]);
  } finally {
    stop?.();
    listening.abort();
  }
}
