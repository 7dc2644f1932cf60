import { AgenticRagError } from "../errors.ts";

/** The longest wait that a server may ask for; beyond it the request fails at once. */
export const MAX_RETRY_AFTER_MS = 30_000;

const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 8_000;

/** Time and chance as retries need them, to be replaced in tests. */
export interface RetryClock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Resolves after the time, or early when the signal is aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export const systemClock: RetryClock = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      signal.addEventListener("abort", end);
    }),
};

/**
 * The milliseconds that a server asks to wait, from `retry-after-ms` or `Retry-After` in seconds or as an HTTP date;
 * undefined where it asks for nothing, or for nothing sensible.
 * Source: https://httpwg.org/specs/rfc9110.html#field.retry-after
 */
export function readRetryAfter(headers: Headers, now: number): number | undefined {
  const milliseconds = decimal(headers.get("retry-after-ms"));
  if (milliseconds !== undefined) return milliseconds;
  const value = headers.get("retry-after");
  const seconds = decimal(value);
  if (seconds !== undefined) return seconds * 1000;
  if (value === null || !/^[A-Za-z]{3,9}, .*GMT$/.test(value)) return undefined;
  const wait = Date.parse(value) - now;
  return wait > 0 ? wait : undefined;
}

function decimal(value: string | null): number | undefined {
  return value !== null && /^\d{1,12}(\.\d+)?$/.test(value.trim()) ? Number(value) : undefined;
}

/**
 * How long to wait before trying again after `tries` failures in which nothing of a reply was seen, or undefined if
 * that would not help.
 */
export function retryDelay(failure: unknown, tries: number, random: () => number): number | undefined {
  if (!AgenticRagError.isInstance(failure) || !isTransient(failure)) return undefined;
  const asked = failure.facts.retryAfterMs ?? 0;
  if (asked > MAX_RETRY_AFTER_MS) return undefined;
  const backoff = Math.min(FIRST_BACKOFF_MS * 2 ** (tries - 1), MAX_BACKOFF_MS);
  return asked > 0 ? asked : Math.round(backoff * (0.5 + random() / 2));
}

function isTransient({ code, facts }: AgenticRagError): boolean {
  return (
    code === "model-unreachable" ||
    code === "model-truncated" ||
    code === "model-rate-limited" ||
    code === "model-server-error" ||
    (code === "model-timeout" && facts.status === 408)
  );
}
