import type { StopReason } from "../../graph/state.ts";
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
  "no-answer": "no answer",
  "model-error": "model error",
};

/** How a run ended, and what it took. */
export function closingLine({ stopReason, searches, pages, usage }: RunRecord): string {
  const tokens = counted(usage.completionTokens, "token");
  return [
    stopReason === null ? undefined : ENDED[stopReason],
    counted(searches, "search", "searches"),
    pages > 0 ? counted(pages, "page") : undefined,
    usage.estimated ? `about ${tokens}` : tokens,
    duration(usage.milliseconds),
  ]
    .filter((part) => part !== undefined)
    .join(", ");
}
