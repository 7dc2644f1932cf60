import type { StopReason } from "../../graph/state.ts";
import { size } from "../../text/size.ts";
import { counted, duration } from "../../view/amounts.ts";
import type { RunRecord } from "./run-record.ts";

const ENDED: Readonly<Record<StopReason, string | undefined>> = {
  answered: undefined,
  "search-budget": "search budget spent",
  "page-budget": "page budget spent",
  "token-budget": "token budget spent",
  "time-budget": "time budget spent",
  "repair-budget": "repair budget spent",
  "repeat-budget": "repeat budget spent",
  repetition: "ended for repeating itself",
  "not-found": "not found",
  passage: "closest passage",
  "no-answer": "no answer",
  "model-error": "model error",
};

/** How a run ended, and what it took: no tokens where no language model ran. */
export function closingLine({ stopReason, searches, pages, usage, opening }: RunRecord): string {
  const tokens = counted(usage.completionTokens, "token");
  return [
    stopReason === null ? undefined : ENDED[stopReason],
    counted(searches, "search", "searches"),
    usage.droppedSearches === undefined ? undefined : `${usage.droppedSearches} sent in vain`,
    pages > 0 ? counted(pages, "page") : undefined,
    opening?.model.family === "offline" ? undefined : usage.estimated ? `about ${tokens}` : tokens,
    usage.cutBytes === undefined
      ? undefined
      : `${size(usage.cutBytes)} of results left out for want of context`,
    usage.omittedResults === undefined
      ? undefined
      : `${counted(usage.omittedResults, "older result")} not shown any more`,
    duration(usage.milliseconds),
  ]
    .filter((part) => part !== undefined)
    .join(", ");
}
