import type { RunEvent } from "../../graph/events.ts";
import type { BudgetName } from "../../graph/state.ts";
import { duration } from "../../view/amounts.ts";
import { eventText } from "../../view/event-text.ts";
import { attemptWords } from "./attempt-words.ts";
import { printableLine } from "../terminal/printable.ts";

type StepEnd = Extract<RunEvent, { type: "search-end" | "page-end" }>;

/** A line that a run has to say besides its reasoning and its answer. */
export interface EventLine {
  readonly text: string;
  readonly tone: "plain" | "bad";
}

const SPENT: Readonly<Record<BudgetName, string>> = {
  search: "the search budget is spent",
  page: "the page budget is spent",
  token: "the token budget is spent",
  time: "the time is over",
  repair: "too many calls could not be read",
  repeat: "too many queries were repeated",
  repetition: "the model repeats itself",
};

/** The line of an event, if it has one. */
export function eventLine(event: RunEvent): EventLine | undefined {
  switch (event.type) {
    case "search-start":
    case "page-start":
      return { text: eventText(event, printableLine), tone: "plain" };
    case "search-end":
    case "page-end": {
      const text = [eventText(event, printableLine, true), ...detailsOf(event)].join("\n  ");
      return { text, tone: isBad(event) ? "bad" : "plain" };
    }
    case "tool-call-invalid":
      return { text: `A call could not be read: ${printableLine(event.detail)}`, tone: "bad" };
    case "tool-call-refused":
      return { text: `No more searches: ${SPENT[event.budget]}. The model is told to answer.`, tone: "bad" };
    case "run-start":
    case "reasoning-delta":
    case "answer-delta":
    case "answer-withdrawn":
    case "tool-call":
    case "budget-left":
    case "answer-end":
      return undefined;
  }
}

function isBad(event: StepEnd): boolean {
  if (event.type === "search-end" && event.digest?.status === "failed") return true;
  return ["failed", "refused", "not-run"].includes(event.status);
}

/** Why it failed, which tries there were, and what came of condensing what was found. */
function detailsOf(event: StepEnd): readonly string[] {
  const why =
    event.status === "failed" ? [printableLine(event.failure?.message ?? "It gave no reason.")] : [];
  if (event.type === "page-end") return why;
  const tries = attemptWords(event.attempts);
  return [...why, ...(tries === undefined ? [] : [tries]), ...digestWords(event)];
}

function digestWords({ digest }: Extract<StepEnd, { type: "search-end" }>): readonly string[] {
  if (digest === undefined) return [];
  if (digest.status !== "failed") return [`Condensed in ${duration(digest.milliseconds)}`];
  return [`Not condensed: ${printableLine(digest.reason ?? "no reason given")}`];
}
