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
