import { AgenticRagError } from "../../errors.ts";
import type { SearchFailureKind } from "../../search/engine.ts";
import type { ReportedFailure } from "../error-reply.ts";
import { failedRun } from "../failed-run.ts";

const UNEXPECTED = "unexpected";

/** A failure as it was thrown. Its code is one of `AgenticRagError`, a kind of search failure, or `unexpected`. */
export function failureOf(error: unknown): ReportedFailure {
  if (AgenticRagError.isInstance(error)) return { code: error.code, message: error.message };
  const reason = error instanceof Error ? error.message : String(error);
  return { code: UNEXPECTED, message: `Something went wrong that should not: ${reason}` };
}

const SEARCH_WORDS: Readonly<Record<SearchFailureKind, string>> = {
  unauthorized: "The search engine behind this agent refuses the agent's own key. Ask whoever runs it.",
  "quota-exceeded": "The search engine's quota is used up. Ask whoever runs this agent.",
  misconfigured: "The search engine behind this agent is not set up. Ask whoever runs it.",
  rejected: "The search engine rejected the query. Ask in other words.",
  "rate-limited": "The search engine limits requests. Try again later.",
  timeout: "The search engine did not answer in time. Try again later.",
  unreachable: "The search engine behind this agent cannot be reached. Try again later.",
  "server-error": "The search engine failed. Try again later.",
  "bad-reply": "The search engine sent what cannot be read. Ask whoever runs this agent.",
};

/** The same for someone who does not run the agent: by code alone, without the words of any server. */
export function inClientWords({ code }: ReportedFailure): string {
  if (code === UNEXPECTED) return "The agent failed. Whoever runs it can find out why.";
  return isSearchFailure(code) ? SEARCH_WORDS[code] : failedRun(code).message;
}

function isSearchFailure(code: string): code is SearchFailureKind {
  return Object.hasOwn(SEARCH_WORDS, code);
}
