import { abortError, throwIfAborted } from "./query.ts";

export interface Deadline {
  /** Time for the whole of `run`. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs a task that ends when the signal it is given is aborted: by the caller (rejects with the AbortError) or by
 * the clock (`"deadline"`). Does not wait for a task that ignores its signal.
 */
export async function withDeadline<T>(
  { deadlineMs, signal }: Deadline,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T | "deadline"> {
  throwIfAborted(signal);
  const controller = new AbortController();
  const ended = Promise.withResolvers<"deadline">();
  const onAbort = (): void => {
    if (signal === undefined) return;
    ended.reject(abortError(signal));
    controller.abort(signal.reason);
  };
  const timer = setTimeout(() => {
    ended.resolve("deadline");
    controller.abort();
  }, deadlineMs);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([run(controller.signal), ended.promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}
