import { abortError, throwIfAborted } from "./abort.ts";

/** The value, unless the signal is aborted first: the work then goes on, and nobody waits for it. */
export async function untilAborted<Value>(
  work: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  if (signal === undefined) return work;
  const done = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    const stop = (): void => reject(abortError(signal));
    signal.addEventListener("abort", stop, { once: true, signal: done.signal });
  });
  try {
    const value = await Promise.race([work, aborted]);
    throwIfAborted(signal);
    return value;
  } finally {
    done.abort();
  }
}
