import type { NumberedResult, QueryReply } from "../protocol/protocol.ts";
import type { DigestReport, RunEvent } from "./events.ts";
import { queryKey } from "./query-key.ts";
import type { Call, QueryRecord, RunState } from "./state.ts";

/** A search that has just run: its record, and the passages it brought, with those the model has seen before. */
export interface FreshReply {
  readonly record: QueryRecord;
  readonly results: readonly NumberedResult[];
  /** What a model condensed them to, and how that went, where it was asked for. */
  readonly digest?: string;
  readonly digestReport?: DigestReport;
}

/**
 * What to tell the model about each query of a call: the fresh ones from `fresh`, the others from the run's record.
 *
 * @param refer whether a text that was shown before may be pointed at.
 */
export function repliesFor(
  call: Call & { kind: "search" },
  state: Pick<RunState, "queries" | "sources">,
  fresh: ReadonlyMap<string, FreshReply>,
  refer: boolean,
): readonly QueryReply[] {
  return call.queries.map(({ query, plan }) => {
    const made = fresh.get(query);
    if (plan === "run" && made !== undefined) {
      const { status, reason } = made.record;
      const { results, digest } = made;
      return { query, status, results, reason, ...(digest !== undefined && { digest }) };
    }
    if (plan === "not-run") return { query, status: "not-run", results: [] };
    return { query, status: "repeated", results: knownResults(query, state, fresh, refer) };
  });
}

function knownResults(
  query: string,
  { queries, sources }: Pick<RunState, "queries" | "sources">,
  fresh: ReadonlyMap<string, FreshReply>,
  refer: boolean,
): readonly NumberedResult[] {
  const key = queryKey(query);
  const same = [...queries, ...[...fresh.values()].map(({ record }) => record)].findLast(
    (record) => record.status !== "failed" && queryKey(record.query) === key,
  );
  const inCall = [...fresh.values()].flatMap(({ results }) => results);
  return (same?.sources ?? []).flatMap((number) => {
    const source = sources.find((candidate) => candidate.number === number);
    const shown = source === undefined ? inCall.find((result) => result.number === number) : source;
    return shown === undefined ? [] : [{ ...shown, shownBefore: refer, echo: undefined }];
  });
}

/** Tells of the queries that no engine was asked: repeated ones, and those that the budget did not allow. */
export function tellUnsearched(replies: readonly QueryReply[], emit: (event: RunEvent) => void): void {
  for (const { query, status, results } of replies) {
    if (status !== "repeated" && status !== "not-run") continue;
    const sources = results.map(({ number, title, url }) => ({ number, title, url }));
    emit({ type: "search-end", query, engine: "", status, sources, attempts: [], milliseconds: 0 });
  }
}
