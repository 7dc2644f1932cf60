import { withoutMarks } from "../../citation/marks.ts";
import type { SearchFailureKind } from "../../search/engine.ts";
import type { RunEvent } from "../../graph/events.ts";
import type { StopReason } from "../../graph/state.ts";
import { estimateTokens } from "../../graph/token-estimate.ts";
import type { RunEnd } from "./agent-run.ts";

/** Budgets that cut a run short count as its length; every other end is an end. */
export function finishReason(stopReason: StopReason): "stop" | "length" {
  return stopReason === "token-budget" || stopReason === "time-budget" || stopReason === "repetition"
    ? "length"
    : "stop";
}

/** Tokens of all requests to the model. How many of them were reasoning is estimated from the answer's length. */
export function usageOf({ usage, conclusion }: RunEnd) {
  const { promptTokens, completionTokens, cachedTokens } = usage;
  const answer = conclusion.answered ? estimateTokens(withoutMarks(conclusion.answer)) : 0;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens },
    completion_tokens_details: { reasoning_tokens: Math.max(0, completionTokens - answer) },
  };
}

/** What OpenAI's form has no place for: how the answer came about. */
export function detailsOf({ conclusion, queries, sources, usage }: RunEnd, ignored: readonly string[]) {
  const places = new Map<number, { number: number; title: string; url: string; date?: string }>();
  for (const { number, title, url, date } of sources) {
    if (!places.has(number)) places.set(number, { number, title, url, ...(date !== undefined && { date }) });
  }
  return {
    answered: conclusion.answered,
    stopReason: conclusion.stopReason,
    searches: queries.map(({ query, engine, status, sources: found, milliseconds }) => ({
      query,
      engine,
      status,
      sources: found,
      milliseconds,
    })),
    sources: [...places.values()],
    citations: conclusion.citations,
    modelRequests: usage.modelRequests,
    usageEstimated: usage.estimated,
    milliseconds: usage.milliseconds,
    /** Fields of the request to which nothing was done. */
    ignored,
  };
}

/** A search as it happens. Why it failed is told by kind only: the engine's words may name the operator's addresses. */
export type SearchNote =
  | { readonly type: "search-start"; readonly query: string; readonly engine: string }
  | {
      readonly type: "search-end";
      readonly query: string;
      readonly engine: string;
      readonly status: Extract<RunEvent, { type: "search-end" }>["status"];
      readonly sources: readonly { readonly number: number; readonly title: string; readonly url: string }[];
      readonly failure?: SearchFailureKind;
      readonly milliseconds: number;
    };

export function searchNote(event: Extract<RunEvent, { type: "search-start" | "search-end" }>): SearchNote {
  const { query, engine } = event;
  if (event.type === "search-start") return { type: event.type, query, engine };
  const { type, status, sources, failure, milliseconds } = event;
  return {
    type,
    query,
    engine,
    status,
    sources,
    ...(failure !== undefined && { failure: failure.kind }),
    milliseconds,
  };
}

/** The same for people: a line that Open WebUI shows above the answer, and that other clients pass over. */
export function statusEvent(note: SearchNote) {
  return {
    type: "status",
    data: { description: statusLine(note), done: note.type === "search-end" },
  };
}

function statusLine(note: SearchNote): string {
  const query = JSON.stringify(note.query);
  if (note.type === "search-start") return `Searching ${query}`;
  switch (note.status) {
    case "found":
    case "repeated":
      return `${note.sources.length} ${note.sources.length === 1 ? "source" : "sources"} for ${query}`;
    case "nothing":
      return `Nothing found for ${query}`;
    case "failed":
      return `The search for ${query} failed`;
    case "not-run":
      return `Not searched: ${query}`;
  }
}
