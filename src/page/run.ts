import type { Check } from "../citation/support/checks.ts";
import type { SupportVerdict } from "../citation/support/support.ts";

/** The four nodes of the graph, in the order of a run. */
export const NODES = ["generate", "parse-tool-call", "web-search", "finalize"] as const;
export type NodeName = (typeof NODES)[number];

/** What a request to the model took; what nobody measured is absent. */
export interface StepCost {
  /** Time in milliseconds. */
  readonly milliseconds?: number | undefined;
  readonly promptTokens?: number | undefined;
  readonly completionTokens?: number | undefined;
  /** Those of `promptTokens` that the endpoint took from its cache. */
  readonly cachedTokens?: number | undefined;
  /** Nobody counted the tokens: characters / 4 stand in. */
  readonly estimated?: boolean | undefined;
}

export interface PageQuery {
  readonly query: string;
  readonly engine?: string | undefined;
  readonly status: "asked" | "searching" | "found" | "nothing" | "failed" | "repeated" | "not-run";
  /** Numbers of the sources that it found. */
  readonly sources: readonly number[];
  readonly milliseconds?: number | undefined;
  /** The answer came from a cache, a journal or a recording, and the service was not asked. */
  readonly cached?: boolean | undefined;
  /** How often engines were asked for it. */
  readonly attempts?: number | undefined;
  readonly reason?: string | undefined;
  readonly note?: string | undefined;
}

export interface PageOpened {
  readonly url: string;
  readonly title?: string | undefined;
  readonly status: "asked" | "opening" | "read" | "failed" | "repeated" | "refused" | "not-run";
  /** The number of the source that the page is. */
  readonly source?: number | undefined;
  readonly milliseconds?: number | undefined;
  readonly reason?: string | undefined;
}

/** What happened in a run, in its order. */
export type PageStep =
  /** The model thinks; `text` without tags. */
  | ({ readonly kind: "reasoning"; readonly text: string } & StepCost)
  | { readonly kind: "search"; readonly queries: readonly PageQuery[] }
  | { readonly kind: "pages"; readonly pages: readonly PageOpened[] }
  /** What was found went into the model's turn; `text` as the model was shown it. */
  | { readonly kind: "splice"; readonly text: string; readonly sources: readonly number[] }
  /** A call could not be read, or no budget was left for it, or the model was told to go on. */
  | { readonly kind: "repair"; readonly text: string; readonly detail?: string | undefined }
  /** The model writes its answer. */
  | ({ readonly kind: "answer"; readonly text: string } & StepCost);

export interface PageSource {
  readonly number: number;
  readonly title: string;
  readonly url: string;
  /** Its passages, joined with a newline; absent while only its place is known. */
  readonly text?: string | undefined;
  readonly date?: string | undefined;
}

/** A mark of the answer, checked against its source: see `docs/citations.md`. */
export interface PageCitation {
  /** `null`: an address was cited without a number. */
  readonly number: number | null;
  readonly title: string;
  readonly url: string;
  readonly sentence: string;
  readonly verdict: SupportVerdict;
  readonly checks: readonly Check[];
  readonly citedText: string;
  readonly known: boolean;
  readonly redundant?: boolean | undefined;
}

export interface PageAnswer {
  /** Markdown. */
  readonly text: string;
  readonly citations: readonly PageCitation[];
  /** Sentences that state a fact and have no mark. */
  readonly uncited: readonly string[];
}

/** A piece of the model's turn: the mask is 1 where the model wrote it, and 0 elsewhere. */
export interface PageSegment {
  readonly origin: "model" | "search" | "runtime";
  readonly text: string;
  /** How many tokens it has, where the endpoint told their ids. */
  readonly tokens?: number | undefined;
}

/** A run as a page shows it, while it runs and after. What is not known yet, or was never measured, is absent. */
export interface PageRun {
  readonly id?: string | undefined;
  readonly question: string;
  /** `waiting`: for a person. */
  readonly status: "running" | "waiting" | "ended";
  /** The node at work. */
  readonly active?: NodeName | undefined;
  readonly steps: readonly PageStep[];
  readonly sources: readonly PageSource[];
  readonly answer?: PageAnswer | undefined;
  readonly answered?: boolean | undefined;
  readonly stopReason?: string | undefined;
  readonly failure?: { readonly code: string; readonly message: string } | undefined;
  /** The model's turn, by who wrote it; absent where it is not kept. */
  readonly turn?: readonly PageSegment[] | undefined;
  /** Of the whole run. */
  readonly usage?: (StepCost & { readonly modelRequests?: number | undefined }) | undefined;
  readonly model?: string | undefined;
  readonly protocol?: string | undefined;
  readonly engine?: string | undefined;
  /** What was said on its thread before. */
  readonly earlier?: readonly { readonly role: "user" | "assistant"; readonly text: string }[] | undefined;
  /** ISO date and time. */
  readonly finishedAt?: string | undefined;
  readonly reward?: number | undefined;
}
