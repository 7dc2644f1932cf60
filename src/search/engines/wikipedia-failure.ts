import { cleanLine } from "../clean-text.ts";
import type { SearchFailure, SearchFailureKind } from "../engine.ts";
import { cutText } from "../outcome.ts";
import type { Explanation, Refusal } from "./wire/refusal.ts";

/** What MediaWiki says instead of an answer, with HTTP status 200 (https://www.mediawiki.org/wiki/API:Errors_and_warnings). */
export interface MediaWikiError {
  readonly code: string;
  readonly info?: string | null | undefined;
}

const MAX_INFO_BYTES = 300;

/** The first pattern that matches the code decides. */
const KINDS: readonly (readonly [RegExp, SearchFailureKind, string])[] = [
  [/ratelimited|maxlag|too-busy|throttled/u, "rate-limited", "Wait before asking again."],
  [
    /denied|mustbeloggedin|notloggedin|assert.*failed|blocked|banned/u,
    "unauthorized",
    "This wiki may not be read like this: log in by a user name and password in the base URL, or choose another wiki.",
  ],
  [
    /disabled|unknown_|badvalue|unrecognized/u,
    "misconfigured",
    "Searching through the API is not possible on this wiki: choose another one.",
  ],
  [/^internal_api_error|readonly|backend|timeout|-error$/u, "server-error", "Ask again later."],
];
const OTHER = ["rejected", "Change the query."] as const;

/** An error of the API as a failure. A code of the search itself is `rejected`: the query is what can be changed. */
export function readMediaWikiError(
  service: string,
  { code, info }: MediaWikiError,
  retryAfterMs: number | undefined,
): SearchFailure {
  const [, kind, advice] = KINDS.find(([pattern]) => pattern.test(code)) ?? [undefined, ...OTHER];
  const said = cutText(cleanLine(`${code}: ${info ?? ""}`), MAX_INFO_BYTES);
  return {
    kind,
    message: `${service} did not run the search (${said}). ${advice}`,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** There is no key to check: a wiki that refuses wants a log-in or to know who asks. */
export function explainMediaWiki({ status }: Refusal): Explanation | undefined {
  if (status === 401 || status === 403) {
    return {
      kind: "unauthorized",
      advice:
        "It wants to know who asks, or serves only those who are logged in: set a user agent that names you, or a user name and password in the base URL.",
    };
  }
  if (status === 404 || status === 405 || status === 410) {
    return {
      kind: "misconfigured",
      advice: "Set the base URL to the folder of api.php, which the wiki's page Special:Version names.",
    };
  }
  return undefined;
}
