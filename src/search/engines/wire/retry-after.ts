import { readHttpDate } from "./iso-date.ts";

/**
 * Milliseconds that a reply asks us to wait: `retry-after-ms`, or `retry-after` in seconds or as an HTTP date
 * (RFC 9110 section 10.2.3). A negative, past or unreadable value counts as none. `now` is in milliseconds.
 */
export function readRetryAfter(headers: Headers, now: number): number | undefined {
  const milliseconds = readAmount(headers.get("retry-after-ms"));
  if (milliseconds !== undefined) return Math.ceil(milliseconds);
  const value = headers.get("retry-after");
  const seconds = readAmount(value);
  if (seconds !== undefined) return Math.ceil(seconds * 1000);
  const time = readHttpDate(value?.trim() ?? "");
  return time === undefined || time < now ? undefined : time - now;
}

function readAmount(value: string | null): number | undefined {
  return value !== null && /^\d+(?:\.\d+)?$/u.test(value.trim()) ? Number(value) : undefined;
}
