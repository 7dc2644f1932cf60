import { throwIfAborted } from "../net/abort.ts";
import { withoutWrittenKeys } from "../net/written-keys.ts";
import { cleanLine } from "./clean-text.ts";
import type { SearchEngine, SearchOptions, SearchOutcome } from "./engine.ts";

const DEFAULT_MAX_RESULTS = 5;
const MOST_RESULTS = 100;

/** What was asked, made safe to send: one line, no invisible characters, a whole number of results from 1 to 100. */
export interface Query {
  readonly query: string;
  readonly maxResults: number;
}

export function readQuery(query: string, options: SearchOptions): Query {
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

/** An engine that is asked only what can be asked: `search` never sees an aborted signal or an empty query. */
export function createEngine(
  name: string,
  search: (query: Query, options: SearchOptions) => SearchOutcome | Promise<SearchOutcome>,
): SearchEngine {
  return {
    name,
    async search(query, options = {}) {
      throwIfAborted(options.signal);
      const asked = readQuery(query, options);
      return asked.query === "" ? EMPTY_QUERY : withoutKeys(await search(asked, options));
    },
  };
}

/** What a service or a library says may quote a key. */
function withoutKeys(outcome: SearchOutcome): SearchOutcome {
  const { attempts } = outcome;
  return {
    ...(outcome.status === "failed" ? { ...outcome, failure: hidden(outcome.failure) } : outcome),
    ...(attempts !== undefined && {
      attempts: attempts.map((attempt) =>
        attempt.failure === undefined ? attempt : { ...attempt, failure: hidden(attempt.failure) },
      ),
    }),
  };
}

function hidden<Failure extends { readonly message: string }>(failure: Failure): Failure {
  const message = withoutWrittenKeys(failure.message);
  return message === failure.message ? failure : { ...failure, message };
}

/** At most `maxCharacters`, cut after a word where there is one. */
export function shortenQuery(query: string, maxCharacters: number): string {
  if (query.length <= maxCharacters) return query;
  const head = query.slice(0, maxCharacters + 1);
  const space = head.lastIndexOf(" ");
  return cleanLine(space > 0 ? head.slice(0, space) : head.slice(0, maxCharacters));
}
