import type { SearchFailureKind } from "../engine.ts";

/** A page as plain text. */
export interface Page {
  /** Where it really is, after redirects: this is what an answer cites. */
  readonly url: string;
  /** One line, no control characters. */
  readonly title: string;
  /** The main text without markup, hidden text or control characters but `\n` and `\t`. Never empty. */
  readonly text: string;
  /** ISO date where the page tells it. */
  readonly date?: string;
  /** Absolute http(s) addresses that the page links to, in order, each once, 200 at most. */
  readonly links: readonly string[];
}

/** Besides what can go wrong with any request: an address that must not be asked, and content that is no text. */
export type PageFailureKind = SearchFailureKind | "forbidden-address" | "unsupported-content" | "no-text";

export interface PageFailure {
  readonly kind: PageFailureKind;
  /** What failed, why, and what to do. Text of the server is shortened and cleaned. */
  readonly message: string;
  readonly status?: number;
}

export type PageOutcome =
  | { readonly status: "read"; readonly page: Page }
  | { readonly status: "failed"; readonly failure: PageFailure };

export interface PageOptions {
  /** Ends the reading; the promise then rejects with an AbortError. */
  readonly signal?: AbortSignal;
  /** What the reader of the page wants to know: a long page is cut to the passages that matter to it. */
  readonly query?: string;
  /** Size of the text, in bytes of UTF-8. Default 8,000. */
  readonly maxBytes?: number;
}

/**
 * Address in, text of the page out.
 *
 * - Never throws and never rejects for anything that the address, the network or the page did: that is a `failed`
 *   outcome. It rejects only when `options.signal` is aborted, with that signal's AbortError.
 * - Whether an address may be asked at all (who named it) is for the caller to decide; whether it is one that no page
 *   may lead to (private networks and the like) is for the reader.
 */
export interface PageReader {
  /** Short and stable, such as `web`. */
  readonly name: string;
  read(url: string, options?: PageOptions): Promise<PageOutcome>;
}
