import { cleanLine } from "./clean-text.ts";
import type { SearchOptions, SearchOutcome } from "./engine.ts";

const DEFAULT_MAX_RESULTS = 5;
const MOST_RESULTS = 100;

/** What was asked, made safe to send: one line, no invisible characters, a whole number of results from 1 to 100. */
export interface Question {
  readonly query: string;
  readonly maxResults: number;
}

export function readQuestion(query: string, options: SearchOptions): Question {
  const wanted = Math.trunc(options.maxResults ?? DEFAULT_MAX_RESULTS);
  return {
    query: cleanLine(query),
    maxResults: wanted >= 1 ? Math.min(wanted, MOST_RESULTS) : DEFAULT_MAX_RESULTS,
  };
}

/** The answer to a query without a visible character: no engine is asked. */
export const EMPTY_QUERY: SearchOutcome = {
  status: "failed",
  failure: { kind: "rejected", message: "The search query is empty. Ask for something." },
};

/** At most `maxCharacters`, cut after a word where there is one. */
export function shortenQuery(query: string, maxCharacters: number): string {
  if (query.length <= maxCharacters) return query;
  const head = query.slice(0, maxCharacters + 1);
  const space = head.lastIndexOf(" ");
  return cleanLine(space > 0 ? head.slice(0, space) : head.slice(0, maxCharacters));
}
