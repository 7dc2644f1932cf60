import { withDeadline } from "../net/deadline.ts";
import type { RunLimits } from "./context.ts";
import type { BudgetLeft } from "./events.ts";
import type { BudgetName, RunState } from "./state.ts";
import type { Step } from "./step.ts";
import type { Usage } from "./usage.ts";

/** The share of tokens and time that is kept back for the answer. */
const RESERVE = 0.2;

/** How much of a run's tokens and time may still be used. */
export interface Allowance {
  readonly tokens: number;
  readonly milliseconds: number;
}

/** Counts of an edited thread may be below zero; that gives no run more than its limits. */
const notBelowZero = (count: number): number => Math.max(0, count);

/** What is left for reasoning and searching, or, once `answering`, for all. Never negative. */
export function allowance(limits: RunLimits, used: Usage, answering: boolean): Allowance {
  const share = answering ? 1 : 1 - RESERVE;
  return {
    tokens: Math.max(0, Math.floor(limits.maxTokens * share) - notBelowZero(used.completionTokens)),
    milliseconds: Math.max(0, limits.maxSeconds * 1000 * share - notBelowZero(used.milliseconds)),
  };
}

/** The budget that an allowance shows to be spent. */
export function emptyBudget({ tokens, milliseconds }: Allowance): BudgetName | null {
  if (tokens <= 0) return "token";
  // a timer counts whole milliseconds
  return milliseconds < 1 ? "time" : null;
}

type Counted = Pick<RunState, "opening" | "searches" | "pages" | "usage">;

/**
 * Searches that may still run, and pages that may still be opened; no `pages` where none were offered. A search that was
 * sent in vain is gone as well.
 */
export function callsLeft(limits: RunLimits, { opening, searches, pages, usage }: Counted) {
  const sent = notBelowZero(searches) + notBelowZero(usage.droppedSearches ?? 0);
  return {
    searches: Math.max(0, limits.maxSearches - sent),
    ...(opening?.pages === true && { pages: Math.max(0, limits.maxPages - notBelowZero(pages)) }),
  };
}

export function budgetLeft(limits: RunLimits, counted: Counted, used: Usage): BudgetLeft {
  const { tokens, milliseconds } = allowance(limits, used, true);
  return { ...callsLeft(limits, counted), tokens, seconds: Math.round(milliseconds / 100) / 10 };
}

/** What the model is told of a search or a page that did not come in the time that was left for it. */
const TOO_LATE = {
  kind: "timeout",
  message: "It was not answered in the time that was left for searching.",
} as const;

/**
 * A search, or the reading of a page, with its retries and waits, in the time that the run has left for searching: a
 * fifth of its time stays for the answer. What is not there by then is given up, and a failure for the model.
 *
 * @throws an AbortError when the run's `signal` is aborted.
 */
export async function inTimeLeft<Outcome>(
  { limits, state, config }: Pick<Step, "limits" | "state" | "config">,
  run: (signal: AbortSignal) => Promise<Outcome>,
): Promise<Outcome | { readonly status: "failed"; readonly failure: typeof TOO_LATE }> {
  const { milliseconds } = allowance(limits, state.usage, false);
  const outcome = await withDeadline({ deadlineMs: milliseconds, signal: config.signal }, run);
  return outcome === "deadline" ? { status: "failed", failure: TOO_LATE } : outcome;
}
