import { isAbort } from "../errors.ts";

/** Throws an AbortError if `signal` is aborted, whatever the reason it was aborted with. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortError(signal);
}

/** The AbortError of an aborted `signal`: its own reason where that is one, else one that carries the reason. */
export function abortError(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  if (reason instanceof Error && isAbort(reason)) return reason;
  return new DOMException("This operation was aborted", { name: "AbortError", cause: reason });
}

/** The value, unless the signal is aborted first: the work then goes on, and nobody waits for it. */
export async function untilAborted<Value>(
  work: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  if (signal === undefined) return work;
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => reject(abortError(signal));
    const end = (): void => {
      signal.removeEventListener("abort", stop);
      resolve();
    };
    signal.addEventListener("abort", stop, { once: true });
    work.then(end, end);
  });
  throwIfAborted(signal);
  return work;
}
