import type { RunEvent } from "../graph/events.ts";
import { counted, duration } from "./amounts.ts";

/** A search or the opening of a page, as it begins and ends. */
export type StepEvent = Extract<
  RunEvent,
  { type: "search-start" | "search-end" | "page-start" | "page-end" }
>;

export function isStep(event: RunEvent): event is StepEvent {
  return ["search-start", "search-end", "page-start", "page-end"].includes(event.type);
}

/**
 * A step of a run in one line. `show` makes a text of the model or the web fit for where it goes. `timed`: with how long
 * it took. Why a step failed is left out: the words of an engine or a reader may name the operator's addresses.
 */
export function eventText(event: StepEvent, show: (text: string) => string, timed = false): string {
  switch (event.type) {
    case "search-start":
      return `Searching ${show(event.engine)}: ${show(event.query)}`;
    case "search-end":
      return `${searchOutcome(event, show, timed)}: ${show(event.query)}`;
    case "page-start":
      return `Opening ${show(event.url)}`;
    case "page-end":
      return `${pageOutcome(event, timed)}: ${show(pageName(event))}`;
  }
}

function searchOutcome(
  { engine: chain, status, sources, attempts, milliseconds }: Extract<StepEvent, { type: "search-end" }>,
  show: (text: string) => string,
  timed: boolean,
): string {
  const found = counted(new Set(sources.map(({ number }) => number)).size, "source");
  const took = timed ? ` in ${duration(milliseconds)}` : "";
  switch (status) {
    case "found":
      return `${show(chain)} found ${found}${took}`;
    case "nothing":
      return `${show(chain)} found nothing${took}`;
    case "failed": {
      // of a chain that failed, the last one alone did not
      const engines = [...new Set(attempts.map(({ engine }) => engine))].join(" and ") || chain;
      return `${show(engines)} failed${timed ? ` after ${duration(milliseconds)}` : ""}`;
    }
    case "repeated":
      return `Searched before, ${found}`;
    case "not-run":
      return "Not searched, the search budget is spent";
  }
}

function pageOutcome(
  { status, milliseconds }: Extract<StepEvent, { type: "page-end" }>,
  timed: boolean,
): string {
  switch (status) {
    case "read":
      return timed ? `Read in ${duration(milliseconds)}` : "Read";
    case "failed":
      return timed ? `Not read after ${duration(milliseconds)}` : "Not read";
    case "repeated":
      return "Opened before";
    case "refused":
      return "Not opened, nobody but the model named it";
    case "not-run":
      return "Not opened, the page budget is spent";
  }
}

function pageName({ url, status, source }: Extract<StepEvent, { type: "page-end" }>): string {
  const title = status === "read" ? (source?.title ?? "") : "";
  // control characters alone are no title
  return /[^\s\p{Cc}]/u.test(title) ? title : url;
}
