import type { RunEvent } from "../../graph/events.ts";
import type { BudgetName } from "../../graph/state.ts";
import { size } from "../../text/size.ts";
import { counted, duration } from "../../view/amounts.ts";
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
    case "answer-mended": {
      const { unsupported, left, kept } = event;
      const was = `${counted(unsupported, "sentence")} of the answer ${unsupported === 1 ? "was" : "were"} not supported`;
      const now = kept
        ? `it was written again, and ${left ?? 0} are left`
        : "what was written again is no better";
      return { text: `${was}: ${now}`, tone: "plain" };
    }
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
    case "reply-continued": {
      const times = event.times === 1 ? "once" : counted(event.times, "time");
      return {
        text: `The model's connection broke ${times}; its reply was continued from where it broke.`,
        tone: "bad",
      };
    }
    case "replies-rewritten":
      return {
        text: `This turn was begun with another model: ${counted(event.count, "reply", "replies")} of it ${event.count === 1 ? "is" : "are"} given as text, thoughts included, without signatures, encrypted reasoning and ids.`,
        tone: "plain",
      };
    case "results-omitted":
      return {
        text: `The model is shown its last ${event.kept === 1 ? "result" : counted(event.kept, "result")} alone: ${counted(event.count, "older one")} ${event.count === 1 ? "is" : "are"} not any more.`,
        tone: "plain",
      };
    case "context-full":
      return { text: contextFull(event), tone: "bad" };
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

function contextFull({
  contextTokens,
  which,
  cutBytes,
}: Extract<RunEvent, { type: "context-full" }>): string {
  const tokens = contextTokens === undefined ? "" : ` of ${counted(contextTokens, "token")}`;
  const what = which === "new" ? "what was found does not fit" : "the oldest results had to make room";
  return `The model's context${tokens} is full: ${size(cutBytes)} of ${what}. For a longer one see: agentic-rag doctor`;
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
