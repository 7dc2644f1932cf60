/** Above this, Node's timers fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

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
  const listening = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<"deadline">((resolve, reject) => {
    timer = setTimeout(
      () => {
        resolve("deadline");
        controller.abort();
      },
      Math.min(deadlineMs, LONGEST_TIMER_MS),
    );
    const onAbort = (): void => {
      reject(abortError(signal));
      controller.abort();
    };
    signal?.addEventListener("abort", onAbort, { signal: listening.signal });
  });
  try {
    return await Promise.race([run(controller.signal), ended]);
  } finally {
    clearTimeout(timer);
    listening.abort();
  }
}

/** Throws an AbortError once the signal is aborted, whatever its reason is. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortError(signal);
}

export function abortError(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  if (reason instanceof Error && reason.name === "AbortError") return reason;
  return Object.assign(new Error("The search was aborted.", { cause: reason }), { name: "AbortError" });
}
