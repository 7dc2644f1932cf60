import type { DialectName } from "./dialects/asked-dialect.ts";

/** Why text between call tags is not a call that can be run. */
export type CallFault =
  | "malformed"
  | "cut-off"
  | "too-long"
  | "missing-field"
  | "wrong-type"
  | "unknown-tool"
  | "mixed-tools"
  | "empty-query";

/** A source as the model sees it. `number` is what it cites; a number never changes within a run. */
export interface NumberedResult {
  readonly number: number;
  readonly title: string;
  readonly url: string;
  readonly text: string;
  readonly date?: string | undefined;
  /** The same text stands earlier in this transcript. */
  readonly shownBefore: boolean;
  /** Another passage of this transcript says nearly all of `text`, word for word. */
  readonly echo?: Echo | undefined;
}

/** What an earlier source leaves of a later one's text. */
export interface Echo {
  /** Number of the source that says the same. */
  readonly of: number;
  /** The sentences that it does not say; empty when it says all of them. */
  readonly rest: string;
}

export interface QueryReply {
  readonly query: string;
  /** `repeated`: asked before, `results` are what was found then; `not-run`: the budget did not allow it. */
  readonly status: "found" | "nothing" | "failed" | "repeated" | "not-run";
  readonly results: readonly NumberedResult[];
  /** What the results say on the query, condensed by a model; it is shown in place of their texts. */
  readonly digest?: string | undefined;
  /** Why it failed, for `failed`. */
  readonly reason?: string | undefined;
}

/**
 * A budget that can be spent, as it is named to the model and in stop reasons. `repetition` is none, but ends the
 * searching in the same way: the model wrote one piece over and over.
 */
export type BudgetName = "search" | "page" | "token" | "time" | "repair" | "repeat" | "repetition";

/** What a call is answered with. */
export type ToolReply =
  | {
      readonly kind: "results";
      readonly queries: readonly QueryReply[];
      readonly searchesLeft: number;
      /** Where pages may be opened: sources then show their whole addresses. */
      readonly pagesLeft?: number | undefined;
      /** As in `OpenOptions`. */
      readonly boundary?: string | undefined;
    }
  | {
      readonly kind: "fault";
      readonly fault: CallFault;
      readonly detail: string;
      /** The model calls the search as a tool of its endpoint. */
      readonly nativeTools?: boolean;
      /** It was offered `open_url` as well. */
      readonly pages?: boolean;
      /** As in `OpenOptions`. */
      readonly dialect?: DialectName | undefined;
    }
  | { readonly kind: "spent"; readonly budget: BudgetName };

/** What became of one address that a call wanted opened. */
export interface PageReply {
  readonly url: string;
  /** `repeated`: opened before; `refused`: nobody but the model named it; `not-run`: the budget did not allow it. */
  readonly status: "read" | "failed" | "repeated" | "refused" | "not-run";
  /** The page, for `read` and `repeated`. */
  readonly result?: NumberedResult | undefined;
  /** Addresses that it links to, for `read`. */
  readonly links?: readonly string[] | undefined;
  /** Why it failed, for `failed`. */
  readonly reason?: string | undefined;
}

/** What a call that opens pages is answered with. */
export interface PagesReply {
  readonly pages: readonly PageReply[];
  readonly searchesLeft: number;
  readonly pagesLeft: number;
  /** As in `OpenOptions`. */
  readonly boundary?: string | undefined;
}

/** How the pages are told that the model opened with its second tool. */
export interface PageSide {
  /** The text to splice, as that of `Protocol.respond`. */
  respond(reply: PagesReply, controlTokens?: readonly string[]): string;
}
