import type { SearchFailureKind } from "../engine.ts";

/**
 * How often each kind of failure is worth another try. A service that did not answer in time may have run the search,
 * and a reply in a form that is not understood rarely changes: both are asked for once more.
 */
const FURTHER_TRIES: Readonly<Record<SearchFailureKind, number>> = {
  unauthorized: 0,
  "quota-exceeded": 0,
  misconfigured: 0,
  rejected: 0,
  timeout: 1,
  "bad-reply": 1,
  "rate-limited": Number.POSITIVE_INFINITY,
  unreachable: Number.POSITIVE_INFINITY,
  "server-error": Number.POSITIVE_INFINITY,
};

export function furtherTries(kind: SearchFailureKind): number {
  return FURTHER_TRIES[kind];
}

/** True for what stays as it is until somebody changes a setting, a key or a plan. */
export function isPermanent(kind: SearchFailureKind): boolean {
  return kind === "unauthorized" || kind === "quota-exceeded" || kind === "misconfigured";
}
