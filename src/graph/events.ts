import type { SearchFailureKind } from "../search/engine.ts";
import type { PageFailureKind } from "../search/pages/page-reader.ts";
import type { Citation } from "./citation.ts";
import type { Attempt, BudgetName, QueryRecord, StopReason } from "./state.ts";

/** What is left of each budget. Seconds and tokens include the fifth that is kept back for the answer. */
export interface BudgetLeft {
  readonly searches: number;
  /** Absent where none may be opened. */
  readonly pages?: number;
  readonly tokens: number;
  readonly seconds: number;
}

/** Whether a model condensed what a search had found. Where that failed, it was shown the results themselves. */
export interface DigestReport {
  readonly status: "condensed" | "failed";
  /** Why, for `failed`. */
  readonly reason?: string;
  readonly milliseconds: number;
}

/**
 * The events of a run, in the `custom` stream mode. Deltas, joined, are what a person reads: they hold
 * no tag. `answer-end` is the last event and holds the checked answer.
 */
export type RunEvent =
  | {
      readonly type: "run-start";
      readonly question: string;
      readonly protocol: string;
      readonly model: string;
      /** How the model's turn is continued, as in `ModelDescription`. */
      readonly family: string;
      readonly dialect?: string | undefined;
      readonly continues?: "by-construction" | "proven" | "replayed" | "none" | undefined;
      readonly reason?: string | undefined;
      readonly assumedTemplate?: true | undefined;
      readonly contextTokens?: number | undefined;
      readonly assumedContext?: true | undefined;
      /** The line of models whose form the turn is shown in, where results have a turn of their own there. */
      readonly line?: { readonly name: string; readonly rethinks: boolean } | undefined;
      readonly engine: string;
    }
  | { readonly type: "reasoning-delta"; readonly text: string }
  | { readonly type: "answer-delta"; readonly text: string }
  /** The answer deltas so far are no answer: a call follows them, or more reasoning did. */
  | { readonly type: "answer-withdrawn" }
  /** `urls`: it asks for pages, as it wrote their addresses, and `queries` is empty. */
  | { readonly type: "tool-call"; readonly queries: readonly string[]; readonly urls?: readonly string[] }
  | { readonly type: "tool-call-invalid"; readonly reason: string; readonly detail: string }
  | { readonly type: "tool-call-refused"; readonly budget: BudgetName }
  | { readonly type: "search-start"; readonly query: string; readonly engine: string }
  | {
      readonly type: "search-end";
      readonly query: string;
      readonly engine: string;
      readonly status: "found" | "nothing" | "failed" | "repeated" | "not-run";
      readonly sources: readonly { readonly number: number; readonly title: string; readonly url: string }[];
      readonly failure?: { readonly kind: SearchFailureKind; readonly message: string };
      /** Every try, in the order of time; none for a query that was not run. */
      readonly attempts: readonly Attempt[];
      /** What the engine says about all that it searched, such as that an index lacks files. */
      readonly note?: string;
      /** The order before and after, where a reranker changed it. */
      readonly reranking?: QueryRecord["reranking"];
      readonly milliseconds: number;
      /** What came of condensing the results, where that was asked for. */
      readonly digest?: DigestReport;
    }
  | { readonly type: "page-start"; readonly url: string; readonly reader: string }
  | {
      readonly type: "page-end";
      readonly url: string;
      /** Empty for a page that no reader was asked for. */
      readonly reader: string;
      readonly status: "read" | "failed" | "repeated" | "refused" | "not-run";
      /** The page, for `read` and `repeated`; its address is where it really is. */
      readonly source?: { readonly number: number; readonly title: string; readonly url: string };
      readonly failure?: { readonly kind: PageFailureKind; readonly message: string };
      readonly milliseconds: number;
    }
  /** The model's connection broke so often in mid-reply, and the reply was continued from its text. */
  | { readonly type: "reply-continued"; readonly times: number }
  /**
   * So many replies of this turn were kept for another endpoint or model, and were written anew from the transcript, without
   * signatures, encrypted reasoning, ids and what else only that one may have.
   */
  | { readonly type: "replies-rewritten"; readonly count: number }
  /**
   * The model's context is full: so many UTF-8 bytes of what searches found were left out, `new` of what was just found,
   * `old` of what the model had been shown before.
   */
  | {
      readonly type: "context-full";
      readonly contextTokens?: number | undefined;
      readonly which: "new" | "old";
      readonly cutBytes: number;
    }
  /** So many results are not shown to the model any more, which sees the last `kept` of this question alone. */
  | { readonly type: "results-omitted"; readonly count: number; readonly kept: number }
  | {
      /** The model was told which sentences no source supports; `left`: how many there are in what it wrote then. */
      readonly type: "answer-mended";
      readonly unsupported: number;
      readonly left: number | null;
      /** What it wrote then is the answer; else the first one stands. */
      readonly kept: boolean;
    }
  | { readonly type: "budget-left"; readonly left: BudgetLeft }
  | {
      readonly type: "answer-end";
      readonly answer: string;
      /** False when `answer` is only the plain word that there is none. */
      readonly answered: boolean;
      readonly citations: readonly Citation[];
      /** Sentences that state a fact and have no mark. */
      readonly uncited: readonly string[];
      readonly stopReason: StopReason;
      readonly failure?: { readonly code: string; readonly message: string };
    };

const EVENT_TYPES: Readonly<Record<RunEvent["type"], true>> = {
  "run-start": true,
  "results-omitted": true,
  "reasoning-delta": true,
  "answer-delta": true,
  "answer-withdrawn": true,
  "tool-call": true,
  "tool-call-invalid": true,
  "tool-call-refused": true,
  "search-start": true,
  "search-end": true,
  "page-start": true,
  "page-end": true,
  "reply-continued": true,
  "replies-rewritten": true,
  "context-full": true,
  "answer-mended": true,
  "budget-left": true,
  "answer-end": true,
};

/** True for an event of this package, among those of other graphs in a custom stream. */
export function isRunEvent(value: unknown): value is RunEvent {
  if (typeof value !== "object" || value === null || !("type" in value)) return false;
  return typeof value.type === "string" && Object.hasOwn(EVENT_TYPES, value.type);
}
