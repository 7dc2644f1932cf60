import { readHttpDate } from "./http-date.ts";

/**
 * The milliseconds that a server asks to wait, from `retry-after-ms`, or `Retry-After` in seconds or as an HTTP date;
 * `undefined` where it asks for nothing, for a time that is over, or for nothing that can be read.
 * Source: https://httpwg.org/specs/rfc9110.html#field.retry-after
 *
 * @param now milliseconds since 1970
 */
export function readRetryAfter(headers: Pick<Headers, "get">, now: number): number | undefined {
  const milliseconds = readDecimal(headers.get("retry-after-ms"));
  if (milliseconds !== undefined) return Math.ceil(milliseconds);
  const value = headers.get("retry-after")?.trim() ?? "";
  const seconds = readDecimal(value);
  if (seconds !== undefined) return Math.ceil(seconds * 1000);
  const time = readHttpDate(value);
  return time === undefined || time < now ? undefined : time - now;
}

/** At most twelve digits: more are no time. */
function readDecimal(value: string | null): number | undefined {
  return value !== null && /^\d{1,12}(?:\.\d+)?$/u.test(value.trim()) ? Number(value) : undefined;
}
