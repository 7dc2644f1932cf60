import type { RunLimits } from "./context.ts";
import type { BudgetLeft } from "./events.ts";
import type { BudgetName, RunState } from "./state.ts";
import type { Usage } from "./usage.ts";

/** The share of tokens and time that is kept back for the answer. */
const RESERVE = 0.2;

/** How much of a run's tokens and time may still be used. */
export interface Allowance {
  readonly tokens: number;
  readonly milliseconds: number;
}

/** What is left for reasoning and searching, or, once `answering`, for all. Never negative. */
export function allowance(limits: RunLimits, used: Usage, answering: boolean): Allowance {
  const share = answering ? 1 : 1 - RESERVE;
  return {
    tokens: Math.max(0, Math.floor(limits.maxTokens * share) - used.completionTokens),
    milliseconds: Math.max(0, limits.maxSeconds * 1000 * share - used.milliseconds),
  };
}

/** The budget that an allowance shows to be spent. */
export function emptyBudget({ tokens, milliseconds }: Allowance): BudgetName | null {
  if (tokens <= 0) return "token";
  return milliseconds <= 0 ? "time" : null;
}

type Counted = Pick<RunState, "opening" | "searches" | "pages">;

/** Searches that may still run, and pages that may still be opened; no `pages` where none were offered. */
export function callsLeft(limits: RunLimits, { opening, searches, pages }: Counted) {
  return {
    searches: Math.max(0, limits.maxSearches - searches),
    ...(opening?.pages === true && { pages: Math.max(0, limits.maxPages - pages) }),
  };
}

export function budgetLeft(limits: RunLimits, counted: Counted, used: Usage): BudgetLeft {
  const { tokens, milliseconds } = allowance(limits, used, true);
  return { ...callsLeft(limits, counted), tokens, seconds: Math.round(milliseconds / 100) / 10 };
}

/** A signal that fires when the time is over; `clear` ends the wait. */
export function deadlineAfter(milliseconds: number): { signal: AbortSignal; clear(): void } {
  const controller = new AbortController();
  // setTimeout counts in 32 bits: longer waits would fire at once
  const timer = setTimeout(() => controller.abort(), Math.min(milliseconds, 2 ** 31 - 1));
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}
