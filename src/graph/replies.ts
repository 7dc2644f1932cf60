import type { NumberedResult, QueryReply } from "../protocol/protocol.ts";
import { callsLeft } from "./budgets.ts";
import type { DigestReport } from "./events.ts";
import { mayRefer, placeOf } from "./sources.ts";
import type { QueryRecord, RunState, SearchCall } from "./state.ts";
import type { Step } from "./step.ts";

/** A search that has just run: its record, and the passages it brought, with those the model has seen before. */
export interface FreshReply {
  readonly record: QueryRecord;
  readonly results: readonly NumberedResult[];
  /** What a model condensed them to, and how that went, where it was asked for. */
  readonly digest?: string;
  readonly digestReport?: DigestReport;
}

/** Characters whose compatibility form says something else: `x²` is not `x2`. */
const RAISED_OR_LOWERED = /([²³¹¼-¾⁰-₟⅐-↉])/u;

/** Characters that are not seen. */
const INVISIBLE = /[\u00ad\u200b\u2060\ufeff]/gu;

/**
 * What two queries have in common that ask the same: they differ in nothing but letter case, white space, the way
 * Unicode writes a character, and the signs that end a sentence, or open a Spanish one. Order, operators, quotes and all
 * other signs count.
 */
export function queryKey(query: string): string {
  const pieces = query.split(RAISED_OR_LOWERED);
  const written = pieces.map((piece, at) => piece.normalize(at % 2 === 0 ? "NFKC" : "NFC")).join("");
  const line = written.toLowerCase().replaceAll(INVISIBLE, "").replaceAll(/\s+/gu, " ").trim();
  const key = line.replace(/^[\s¿¡]+|[\s\p{Sentence_Terminal},;:、]+$/gu, "");
  return key === "" ? line : key;
}

/** The keys of the queries that were answered; a failed one may be asked again. */
export function answeredKeys({ queries }: Pick<RunState, "queries">): Set<string> {
  return new Set(queries.filter(({ status }) => status !== "failed").map(({ query }) => queryKey(query)));
}

/** Which queries run: those that were not answered before, as far as the budget goes. */
export function planSearches(queries: readonly string[], state: RunState, left: number): SearchCall {
  const known = answeredKeys(state);
  let room = left;
  return {
    kind: "search",
    queries: queries.map((query) => {
      const key = queryKey(query);
      if (known.has(key)) return { query, plan: "repeated" };
      if (room <= 0) return { query, plan: "not-run" };
      room -= 1;
      known.add(key);
      return { query, plan: "run" };
    }),
  };
}

/** What each query of a call came to: the ones that ran from `fresh`, by their query, the others from the run's record. */
export function repliesFor(
  { queries }: SearchCall,
  { state, limits }: Pick<Step, "state" | "limits">,
  fresh: ReadonlyMap<string, FreshReply>,
): readonly QueryReply[] {
  const refer = mayRefer(state, limits);
  return queries.map(({ query, plan }) => {
    if (plan === "not-run") return { query, status: plan, results: [] };
    const made = plan === "run" ? fresh.get(query) : undefined;
    if (made !== undefined) return { query, ...shownAs(made) };
    const same = (record: QueryRecord): boolean => queryKey(record.query) === queryKey(query);
    // asked twice in one call: what the first came to is what this one comes to
    const here = [...fresh.values()].find(({ record }) => same(record));
    if (here?.record.status === "failed") return { query, ...shownAs(here) };
    const numbers = state.queries.findLast((record) => record.status !== "failed" && same(record))?.sources;
    const results = here?.results ?? (numbers ?? []).flatMap((number) => sourceOf(number, state) ?? []);
    return {
      query,
      status: "repeated",
      results: results.map((result) => ({ ...result, shownBefore: refer, echo: undefined })),
    };
  });
}

function shownAs({ record: { status, reason }, results, digest }: FreshReply) {
  return { status, results, reason, ...(digest !== undefined && { digest }) };
}

function sourceOf(number: number, { sources }: Pick<RunState, "sources">) {
  return sources.find((source) => source.number === number);
}

/** The text to splice for a call's replies, when `searched` queries have run. Reports those that no engine was asked. */
export function respondToSearches(step: Step, queries: readonly QueryReply[], searched: number): string {
  const { protocol, limits, opening, state, emit } = step;
  for (const { query, status, results } of queries) {
    if (status !== "repeated" && status !== "not-run") continue;
    const sources = results.map(placeOf);
    emit({ type: "search-end", query, engine: "", status, sources, attempts: [], milliseconds: 0 });
  }
  const left = callsLeft(limits, { ...state, searches: state.searches + searched });
  const { boundary, controlTokens } = opening;
  const { searches: searchesLeft, pages: pagesLeft } = left;
  return protocol.respond({ kind: "results", queries, searchesLeft, pagesLeft, boundary }, controlTokens);
}
