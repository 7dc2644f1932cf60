import { throwIfAborted } from "../../net/abort.ts";
import { withDeadline } from "../../net/deadline.ts";
import { messageOf } from "../../errors.ts";
import { withoutWrittenKeys } from "../../net/written-keys.ts";
import { cleanLine } from "../clean-text.ts";
import type { RerankedCandidate, SearchEngine, SearchResult } from "../engine.ts";
import { splitPassages } from "../local/passages.ts";
import { cutText, type ResultLimits, toOutcome, WEB_AND_FILES } from "../outcome.ts";
import { createEngine } from "../query.ts";
import { ask, type Told } from "./attempts.ts";
import type { Reranker, Scored } from "./reranker.ts";

export interface RerankingOptions {
  readonly reranker: Reranker;
  /** Results that the engine is asked for, and that are scored, where fewer are wanted. Default 20, at most 100. */
  readonly candidates?: number;
  /** Time for the search and the scoring together, in milliseconds. Default 30,000. */
  readonly deadlineMs?: number;
  /** Of what is left of the candidates; the engine's own limits bound the candidates. */
  readonly limits?: ResultLimits;
  /** Milliseconds of a clock that never jumps. Default: `performance.now`. */
  readonly clock?: () => number;
}

const DEFAULT_CANDIDATES = 20;
const DEFAULT_DEADLINE_MS = 30_000;
const MAX_QUERY_BYTES = 1_000;
/** The smaller rerankers read 512 tokens of query and text together, and some refuse more. */
const MAX_TEXT_BYTES = 1_500;
/** Of one result; the rest of a longer one is not scored. */
const MAX_PASSAGES = 8;

/**
 * Orders what an engine finds by how well it answers the query. The engine is asked for more than is wanted; a result
 * counts as its best passage does. A reranker that fails, or is not done in the time that the search has left, changes
 * nothing: the results are the engine's own first ones, and `note` says why.
 */
export function withReranking(engine: SearchEngine, options: RerankingOptions): SearchEngine {
  const { reranker, candidates = DEFAULT_CANDIDATES, limits, clock = () => performance.now() } = options;
  const deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS;
  return createEngine(engine.name, async ({ query, maxResults }, searchOptions) => {
    const begun = clock();
    const wanted = Math.max(maxResults, candidates);
    const outcome = await ask(engine, query, { ...searchOptions, maxResults: wanted });
    if (outcome.status !== "found") return outcome;
    const { results } = outcome;
    const cut = (chosen: readonly SearchResult[]): Told => ({
      ...outcome,
      ...toOutcome(chosen, maxResults, limits, WEB_AND_FILES),
    });
    if (results.length === 1) return cut(results);
    const scoring = clock();
    const left = deadlineMs - (scoring - begun);
    const scored = await scoreAll(reranker, query, results, left, searchOptions.signal);
    if (scored.status === "failed") {
      const why = withoutWrittenKeys(cleanLine(scored.failure.message));
      const note = `Not reranked, so the results are in the engine's own order: ${why}`;
      return { ...cut(results), note: outcome.note === undefined ? note : `${outcome.note} ${note}` };
    }
    const ordered = results
      .map((result, at) => ({ result, before: at + 1, score: scored.scores[at] ?? 0 }))
      .sort((a, b) => b.score - a.score || a.before - b.before);
    const order = ordered.map(({ result: { title, url }, before, score }): RerankedCandidate => {
      return { title, url, before, score };
    });
    return {
      ...cut(ordered.map(({ result }) => result)),
      reranking: { by: reranker.name, milliseconds: Math.round(clock() - scoring), order },
    };
  });
}

/** One score for each result. */
async function scoreAll(
  reranker: Reranker,
  query: string,
  results: readonly SearchResult[],
  deadlineMs: number,
  signal: AbortSignal | undefined,
): Promise<Scored> {
  if (deadlineMs <= 0) return failed("timeout", "the search took all the time that it had.");
  const passages = results.map(passagesOf);
  const texts = passages.flat();
  const asked = cutText(query, MAX_QUERY_BYTES);
  let scored: Scored | "deadline";
  try {
    scored = await withDeadline({ deadlineMs, signal }, (ending) =>
      reranker.score(asked, texts, { signal: ending, deadlineMs }),
    );
  } catch (error) {
    throwIfAborted(signal);
    return failed("bad-reply", `${reranker.name} failed: ${cleanLine(messageOf(error))}.`);
  }
  if (scored === "deadline") {
    return failed("timeout", `${reranker.name} did not answer in the time that the search had left.`);
  }
  if (scored.status === "failed") return scored;
  const { scores } = scored;
  if (scores.length !== texts.length || !scores.every(Number.isFinite)) {
    return failed("bad-reply", `${reranker.name} did not give one number for each text.`);
  }
  let at = 0;
  return {
    status: "scored",
    scores: passages.map(({ length }) => Math.max(...scores.slice(at, (at += length)))),
  };
}

function passagesOf({ title, text }: SearchResult): readonly string[] {
  const passages = splitPassages(text).slice(0, MAX_PASSAGES);
  const heads = title === "" ? "" : `${title}\n`;
  return (passages.length === 0 ? [""] : passages).map((passage) => cutText(heads + passage, MAX_TEXT_BYTES));
}

function failed(kind: "timeout" | "bad-reply", message: string): Scored {
  return { status: "failed", failure: { kind, message } };
}
