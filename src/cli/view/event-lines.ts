import type { RunEvent } from "../../graph/events.ts";
import type { BudgetName } from "../../graph/state.ts";
import { counted, duration } from "../terminal/amounts.ts";
import { attemptWords } from "./attempt-words.ts";
import { printableLine } from "../terminal/printable.ts";

type SearchEnd = Extract<RunEvent, { type: "search-end" }>;
type PageEnd = Extract<RunEvent, { type: "page-end" }>;

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
      return { text: `Searching ${event.engine}: ${printableLine(event.query)}`, tone: "plain" };
    case "search-end":
      return withDigest(searchEnd(event), event);
    case "page-start":
      return { text: `Opening ${printableLine(event.url)}`, tone: "plain" };
    case "page-end":
      return pageEnd(event);
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

function searchEnd(event: SearchEnd): EventLine {
  const { text, tone } = searchOutcome(event);
  const words = attemptWords(event.attempts);
  return { text: words === undefined ? text : `${text}\n  ${words}`, tone };
}

function searchOutcome({
  query,
  engine: chain,
  status,
  sources,
  failure,
  attempts,
  milliseconds,
}: SearchEnd): EventLine {
  // of a chain that failed, the last one alone did not
  const engine =
    status === "failed"
      ? printableLine([...new Set(attempts.map((attempt) => attempt.engine))].join(" and ") || chain)
      : printableLine(chain);
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

/** What came of condensing what was found, where that was asked for. */
function withDigest({ text, tone }: EventLine, { digest }: SearchEnd): EventLine {
  if (digest === undefined) return { text, tone };
  return digest.status === "failed"
    ? { text: `${text}\n  Not condensed: ${printableLine(digest.reason ?? "no reason given")}`, tone: "bad" }
    : { text: `${text}\n  Condensed in ${duration(digest.milliseconds)}`, tone };
}

function pageEnd({ url, status, source, failure, milliseconds }: PageEnd): EventLine {
  const page = printableLine(url);
  const took = duration(milliseconds);
  switch (status) {
    case "read":
      return { text: `Read in ${took}: ${printableLine(source?.title ?? "") || page}`, tone: "plain" };
    case "failed":
      return {
        text: `Not read after ${took}: ${page}\n  ${printableLine(failure?.message ?? "It gave no reason.")}`,
        tone: "bad",
      };
    case "repeated":
      return { text: `Opened before: ${page}`, tone: "plain" };
    case "refused":
      return { text: `Not opened, nobody but the model named it: ${page}`, tone: "bad" };
    case "not-run":
      return { text: `Not opened, the page budget is spent: ${page}`, tone: "bad" };
  }
}
