import { placesOf } from "../../citation/check.ts";
import { plainLine } from "../../citation/plain-stream.ts";
import { withoutMarks } from "../../citation/marks.ts";
import { supportHeadline } from "../../citation/support/note.ts";
import type { StopReason } from "../../graph/state.ts";
import { estimateTokens, type Usage } from "../../graph/usage.ts";
import type { RunEnd } from "./agent-run.ts";
import type { FormedEnd } from "./form.ts";

/** Budgets that cut a run short count as its length; every other end is an end. */
export function finishReason(stopReason: StopReason): "stop" | "length" {
  return stopReason === "token-budget" || stopReason === "time-budget" || stopReason === "repetition"
    ? "length"
    : "stop";
}

/** Tokens of all requests to the model. How many of them were reasoning is estimated from the answer's length where the endpoint does not tell. */
export function usageOf({ usage, conclusion }: RunEnd) {
  return tokensOf(usage, conclusion.answered ? withoutMarks(conclusion.answer) : "");
}

/** @param said what was not reasoning */
export function tokensOf(
  { promptTokens, completionTokens, cachedTokens, reasoningTokens }: Usage,
  said: string,
) {
  const estimated = Math.max(0, completionTokens - estimateTokens(said));
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens },
    completion_tokens_details: { reasoning_tokens: reasoningTokens ?? estimated },
  };
}

/** How many sentences of an answer are not supported, or have no source, in a line; empty where there are none. */
export function unsupportedOf({ answered, citations, uncited }: RunEnd["conclusion"]): string {
  return answered ? supportHeadline(citations, uncited) : "";
}

/** What OpenAI's form has no place for: how the answer came about. */
export function detailsOf(
  { conclusion, queries, readings, sources, usage, formed }: FormedEnd,
  ignored: readonly string[],
) {
  const note = unsupportedOf(conclusion);
  return {
    answered: conclusion.answered,
    stopReason: conclusion.stopReason,
    /** The answer itself, where the content is in another form, or refuses to be. */
    ...(formed !== undefined && { answer: conclusion.answer }),
    /** Absent where all of its sentences have a source that stands behind them. */
    ...(note !== "" && { note }),
    searches: queries.map(({ query, engine, status, sources: found, milliseconds }) => ({
      query: plainLine(query),
      engine,
      status,
      sources: found,
      milliseconds,
    })),
    /** Absent where no page was opened, as by default none is. */
    ...(readings.length > 0 && {
      pages: readings.map(({ url, status, source, milliseconds }) => ({ url, status, source, milliseconds })),
    }),
    sources: placesOf(sources),
    citations: conclusion.citations.map((citation) => ({
      ...citation,
      title: plainLine(citation.title),
      sentence: plainLine(citation.sentence),
      citedText: plainLine(citation.citedText),
      checks: citation.checks.map((check) => ({ ...check, words: check.words.map(plainLine) })),
    })),
    /** Sentences of the answer that state a fact and have no mark. */
    uncited: conclusion.uncited.map(plainLine),
    modelRequests: usage.modelRequests,
    usageEstimated: usage.estimated,
    milliseconds: usage.milliseconds,
    /** Fields of the request to which nothing was done. */
    ignored,
  };
}
