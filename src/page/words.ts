import type { SupportVerdict } from "../citation/support/support.ts";
import type { NodeName, PageRun } from "./run.ts";
import { shownLine } from "./shown.ts";

export const VERDICT_WORDS: Readonly<Record<SupportVerdict, string>> = {
  supported: "Supported",
  partly: "Partly supported",
  unsupported: "Not supported",
  unclear: "Unclear",
};

/** Beside a mark, so that no verdict rests on a colour alone. */
export const VERDICT_SIGNS: Readonly<Record<SupportVerdict, string>> = {
  supported: "✓",
  partly: "~",
  unsupported: "✗",
  unclear: "?",
};

export const NODE_WORDS: Readonly<Record<NodeName, string>> = {
  generate: "thinks and writes",
  "parse-tool-call": "reads the call",
  "web-search": "searches, splices",
  finalize: "checks the answer",
};

const ENDINGS: Readonly<Record<string, string>> = {
  answered: "The model answered.",
  "search-budget": "The search budget was spent: the model had to answer from what it had.",
  "page-budget": "The page budget was spent: the model had to answer from what it had.",
  "token-budget": "The token budget was spent.",
  "time-budget": "The time of the run was spent.",
  "repair-budget": "Too many calls could not be read.",
  "repeat-budget": "The same queries were asked again and again.",
  repetition: "The model began to repeat itself.",
  "not-found": "The sources do not hold an answer.",
  passage: "There is no answer; the closest passage is shown.",
  "no-answer": "The model wrote no answer.",
  "model-error": "The model's server failed.",
};

/** How a run ended, as a sentence; that there is no answer is said first. */
export function endingOf({ status, answered, stopReason, failure }: PageRun): string {
  if (status === "running") return "Running.";
  if (status === "waiting") return "Waiting for a person.";
  const why =
    failure === undefined
      ? (ENDINGS[stopReason ?? ""] ??
        (stopReason === undefined ? "It did not come to its end." : `${stopReason}.`))
      : stopReason === "model-error"
        ? `The model's server failed: ${failure.message}`
        : failure.message;
  const told = shownLine(why);
  return answered === true || stopReason === "passage" ? told : `No answer. ${told}`;
}
