import { z } from "zod";
import { parseJson } from "../../net/json.ts";
import type { Explanation, Refusal } from "./wire/refusal.ts";

const DASHBOARD = "https://api-dashboard.search.brave.com";
const DAY_MS = 86_400_000;

/** How much of a limit is left, and when it is whole again. */
interface RateLimitWindow {
  /** Requests that it allows. 0 where there is no such limit. */
  readonly limit: number | undefined;
  readonly remaining: number | undefined;
  /** Time until it begins anew, in milliseconds. */
  readonly resetMs: number | undefined;
  /** Its length, in milliseconds. */
  readonly lengthMs: number | undefined;
}

const errorSchema = z.object({
  error: z.object({
    code: z.string().nullish(),
    meta: z
      .object({
        quota_limit: z.number().nullish(),
        quota_current: z.number().nullish(),
        errors: z.array(z.object({ loc: z.array(z.unknown()) })).nullish(),
      })
      .nullish()
      .catch(undefined),
  }),
});
type BraveError = z.infer<typeof errorSchema>["error"];

/**
 * Brave says with 422 that a key is wrong or missing, with 400 that a plan lacks an option, and with 429 both that
 * requests come too fast and that the month's quota is used up.
 */
export function explainBrave(refusal: Refusal): Explanation | undefined {
  const error = errorSchema.safeParse(parseJson(refusal.body)).data?.error;
  if (refusal.status === 429 || error?.code === "QUOTA_LIMITED") return explainLimit(refusal, error);
  if (error?.code === "SUBSCRIPTION_TOKEN_INVALID" || missesKey(error)) {
    return { kind: "unauthorized", advice: `Check the API key: it is shown at ${DASHBOARD}.` };
  }
  if (error?.code === "OPTION_NOT_IN_PLAN") {
    return {
      kind: "misconfigured",
      advice: `The plan of the key lacks web search or an option that is set, such as extraSnippets: leave the option out, or change the plan at ${DASHBOARD}.`,
    };
  }
  return undefined;
}

/** A request without a key is invalid input to Brave: the header is what it misses. */
function missesKey(error: BraveError | undefined): boolean {
  return error?.meta?.errors?.some(({ loc }) => loc.includes("x-subscription-token")) ?? false;
}

function explainLimit({ headers }: Refusal, error: BraveError | undefined): Explanation {
  const windows = readRateLimitWindows(headers);
  const quota = windows.find(isQuota);
  const hasQuota = error?.meta?.quota_limit !== 0;
  const isQuotaSpent = hasQuota && quota !== undefined && isSpent(quota);
  if (error?.code === "QUOTA_LIMITED" || isUsedUp(error) || isQuotaSpent) {
    const retryAfterMs = quota?.resetMs;
    const until = retryAfterMs === undefined ? "" : `, for ${inDays(retryAfterMs)} more`;
    return {
      kind: "quota-exceeded",
      advice: `The quota of the plan is used up${until}: raise it at ${DASHBOARD}, or use another key or engine.`,
      retryAfterMs,
    };
  }
  const short = windows.filter((window) => window !== quota);
  return { kind: "rate-limited", retryAfterMs: (short.find(isSpent) ?? short[0])?.resetMs };
}

/** A limit of 0 is none: a plan that is paid by the request has no quota, and so nothing of it remains. */
function isSpent({ limit, remaining }: RateLimitWindow): boolean {
  return remaining === 0 && limit !== 0;
}

/** The window that is too long to wait for: a month. Brave names it last. */
function isQuota({ lengthMs }: RateLimitWindow, index: number): boolean {
  return lengthMs === undefined ? index > 0 : lengthMs >= DAY_MS;
}

function isUsedUp(error: BraveError | undefined): boolean {
  const { quota_limit: limit, quota_current: current } = error?.meta ?? {};
  return limit != null && current != null && limit > 0 && current >= limit;
}

function inDays(milliseconds: number): string {
  const days = Math.ceil(milliseconds / DAY_MS);
  return days === 1 ? "1 day" : `${days} days`;
}

/**
 * The windows that a reply tells in `X-RateLimit-Limit`, `-Remaining`, `-Reset` (seconds) and `-Policy`, each a list in
 * the same order: `X-RateLimit-Remaining: 0, 14523`. What is absent or no number is `undefined`.
 */
function readRateLimitWindows(headers: Refusal["headers"]): readonly RateLimitWindow[] {
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
