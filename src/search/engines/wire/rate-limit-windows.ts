/** How much of a limit is left, and when it is whole again. */
export interface RateLimitWindow {
  /** Requests that it allows. 0 where there is no such limit. */
  readonly limit: number | undefined;
  readonly remaining: number | undefined;
  /** Time until it begins anew, in milliseconds. */
  readonly resetMs: number | undefined;
  /** Its length, in milliseconds. */
  readonly lengthMs: number | undefined;
}

/**
 * The windows that a reply tells in `X-RateLimit-Limit`, `-Remaining`, `-Reset` (seconds) and `-Policy`, each a list in
 * the same order: `X-RateLimit-Remaining: 0, 14523`. What is absent or no number is `undefined`.
 */
export function readRateLimitWindows(headers: Headers): readonly RateLimitWindow[] {
  const limits = readList(headers.get("x-ratelimit-limit"));
  const remaining = readList(headers.get("x-ratelimit-remaining"));
  const resets = readList(headers.get("x-ratelimit-reset"));
  const policies = readList(headers.get("x-ratelimit-policy"));
  const count = Math.max(limits.length, remaining.length, resets.length, policies.length);
  return Array.from({ length: count }, (_, index) => ({
    limit: readNumber(limits[index]),
    remaining: readNumber(remaining[index]),
    resetMs: inMilliseconds(readNumber(resets[index])),
    lengthMs: inMilliseconds(readNumber(/;\s*w=(\d+)/u.exec(policies[index] ?? "")?.[1])),
  }));
}

function readList(value: string | null): readonly string[] {
  return value === null ? [] : value.split(",").map((part) => part.trim());
}

function readNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,12}$/u.test(text) ? Number(text) : undefined;
}

function inMilliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}
