import type { Respelling } from "../text/spelling.ts";

/** One thing found. Plain strings only: nothing else of a search API's reply goes further than its adapter. */
export interface SearchResult {
  /** One line, no control characters. */
  readonly title: string;
  /** What a reader would open: http(s), or file: for the user's own documents. Empty when the engine has none. */
  readonly url: string;
  /** Plain text, no markup, no control characters but `\n` and `\t`. */
  readonly text: string;
  /** ISO date (`2025-03-06`) where the engine knows it. */
  readonly date?: string;
}

export const SEARCH_FAILURE_KINDS = [
  "unauthorized",
  "quota-exceeded",
  "misconfigured",
  "rejected",
  "rate-limited",
  "timeout",
  "unreachable",
  "server-error",
  "bad-reply",
] as const;

/** Why a search could not be answered. `unauthorized`, `quota-exceeded` and `misconfigured` do not mend by waiting. */
export type SearchFailureKind = (typeof SEARCH_FAILURE_KINDS)[number];

export interface SearchFailure {
  readonly kind: SearchFailureKind;
  /** What failed, why, and what to do. Never contains a key; text of the server is shortened and cleaned. */
  readonly message: string;
  /** HTTP status of the reply, where there was one. */
  readonly status?: number;
  /** What the server asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** One try to have a search answered. */
export interface SearchAttempt {
  /** Name of the engine that was asked. */
  readonly engine: string;
  /**
   * Where its answer came from. `engine`: it was really asked; `shared`: the same search was under way already; the
   * others gave an answer of before.
   */
  readonly from: "engine" | "shared" | "cache" | "journal" | "recording";
  readonly status: "found" | "nothing" | "failed";
  /** Why, for `failed`. */
  readonly failure?: Pick<SearchFailure, "kind" | "message">;
  /** What was waited before this try (a retry, a rate limit), in milliseconds. */
  readonly waitedMs: number;
  /** What the try itself took, in milliseconds. */
  readonly milliseconds: number;
}

/** One of the results that a reranker was given. */
export interface RerankedCandidate {
  readonly title: string;
  readonly url: string;
  /** Its place in the engine's own order, from 1. */
  readonly before: number;
  /** How well it answers the query, as the reranker says; to be compared within one search only. */
  readonly score: number;
}

/** How a reranker changed the order of what an engine found. */
export interface Reranking {
  /** The model, or where it runs. */
  readonly by: string;
  readonly milliseconds: number;
  /** All candidates in the new order: the results are the first of them. */
  readonly order: readonly RerankedCandidate[];
}

/**
 * "Found something", "found nothing" and "failed" are three different values. `results` is never empty. `attempts`
 * tells how a wrapper came to the outcome, in the order of time; the last one is the one that decided. An engine that
 * asks once leaves it out.
 */
export type SearchOutcome = (
  | { readonly status: "found"; readonly results: readonly SearchResult[] }
  | { readonly status: "nothing" }
  | { readonly status: "failed"; readonly failure: SearchFailure }
) & {
  readonly attempts?: readonly SearchAttempt[];
  /** What the engine has to say about all that it searched, such as that an index lacks files; one line. */
  readonly note?: string;
  /** What the engine looked up in the place of which words, because they are likely to be mistyped. */
  readonly respellings?: readonly Respelling[];
  /** The embedding model by which it was searched besides the words. */
  readonly embedding?: string;
  /** The order before and after, where a reranker was asked and answered. */
  readonly reranking?: Reranking;
};

export interface SearchOptions {
  /** Ends the search; the promise then rejects with an AbortError. */
  readonly signal?: AbortSignal;
  /** At most this many results. Default 5. */
  readonly maxResults?: number;
  /**
   * Names the step of a run that searches, the same when that step is run again after a crash. A journal keeps what
   * was answered under it; without it nothing is kept. At most 500 characters.
   */
  readonly scope?: string;
}

/**
 * Query in, results out.
 *
 * - Never throws and never rejects for anything that the engine, the network or the query did: that is a
 *   `failed` outcome. It rejects only when `options.signal` is aborted, with that signal's AbortError.
 * - Ends within its own deadline; on abort and on deadline the connection is closed.
 * - Results come best first, at most `maxResults`, each within the byte limits of `outcome.ts`.
 * - Calls may run side by side.
 */
export interface SearchEngine {
  /** Short and stable, such as `tavily`: it is recorded with each search. */
  readonly name: string;
  search(query: string, options?: SearchOptions): Promise<SearchOutcome>;
}
