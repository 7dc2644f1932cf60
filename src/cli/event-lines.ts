import type { RunEvent } from "../graph/events.ts";
import type { BudgetName } from "../graph/state.ts";
import { counted, duration } from "./amounts.ts";
import { printableLine } from "./printable.ts";

type SearchEnd = Extract<RunEvent, { type: "search-end" }>;

/** A line that a run has to say besides its reasoning and its answer. */
export interface EventLine {
  readonly text: string;
  readonly tone: "plain" | "bad";
}

const SPENT: Readonly<Record<BudgetName, string>> = {
  search: "the search budget is spent",
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
      return { text: `Searching ${event.engine}: ${printableLine(event.query)}`, tone: "plain" };
    case "search-end":
      return searchEnd(event);
    case "tool-call-invalid":
      return { text: `A call could not be read: ${printableLine(event.detail)}`, tone: "bad" };
    case "tool-call-refused":
      return { text: `No more searches: ${SPENT[event.budget]}. The model is told to answer.`, tone: "bad" };
    case "run-start":
    case "reasoning-delta":
    case "answer-delta":
    case "tool-call":
    case "budget-left":
    case "answer-end":
      return undefined;
  }
}

function searchEnd({ query, engine, status, sources, failure, milliseconds }: SearchEnd): EventLine {
  const about = printableLine(query);
  const found = counted(new Set(sources.map(({ number }) => number)).size, "source");
  const took = duration(milliseconds);
  switch (status) {
    case "found":
      return { text: `${engine} found ${found} in ${took}: ${about}`, tone: "plain" };
    case "nothing":
      return { text: `${engine} found nothing in ${took}: ${about}`, tone: "plain" };
    case "failed":
      return {
        text: `${engine} failed after ${took}: ${about}\n  ${printableLine(failure?.message ?? "It gave no reason.")}`,
        tone: "bad",
      };
    case "repeated":
      return { text: `Searched before, ${found}: ${about}`, tone: "plain" };
    case "not-run":
      return { text: `Not searched, the search budget is spent: ${about}`, tone: "bad" };
  }
}
