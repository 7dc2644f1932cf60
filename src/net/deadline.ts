import { AgenticRagError } from "../errors.ts";
import { abortError } from "./abort.ts";
import type { SilenceWatch } from "./event-stream.ts";

/** Above this, Node's timers fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Ends a request when its time is over or its caller no longer wants it. Timers count monotonic time. */
export interface Deadline {
  /** Aborted when the request is to end, for whatever reason. */
  readonly signal: AbortSignal;
  /** Starts to count towards a limit. A limit that passes before `clear` ends the request. */
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
  const timers = new Set<NodeJS.Timeout>();
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
    const timer = setTimeout(
      () => fail(new AgenticRagError("model-timeout", message)),
      Math.min(milliseconds, LONGEST_TIMER_MS),
    );
    timers.add(timer);
    return {
      clear() {
        clearTimeout(timer);
        timers.delete(timer);
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
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      caller?.removeEventListener("abort", onAbort);
      controller.abort();
    },
  };
}
