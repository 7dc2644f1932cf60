import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import type { ContinuationModel } from "../../model/model.ts";
import type { Protocol } from "../../protocol/protocol.ts";
import type { SearchEngine, SearchOutcome } from "../../search/engine.ts";
import type { PageReader } from "../../search/pages/page-reader.ts";
import { approvePages, approveSearches } from "../approval/approved-call.ts";
import { budgetLeft } from "../budgets.ts";
import { limitsOf, requestOf, type RunContext, type RunLimits } from "../context.ts";
import { condenseFound } from "../continuation/digests.ts";
import type { RunEvent } from "../events.ts";
import { journaled } from "../journaled.ts";
import { openPages } from "../pages/reading.ts";
import { repliesFor, tellUnsearched, type FreshReply } from "../replies.ts";
import { boundResponse } from "../response-size.ts";
import { createNumbering, mayRefer } from "../sources.ts";
import {
  required,
  addUsage,
  NO_USAGE,
  type Attempt,
  type RunState,
  type RunUpdate,
  type Usage,
} from "../state.ts";

export interface SearchDeps {
  readonly protocolOf: (state: RunState) => Protocol;
  /** The model of the run: it condenses what was found, where that is asked for. */
  readonly modelOf: (state: RunState) => ContinuationModel;
  readonly engineOf: (context: RunContext) => SearchEngine;
  readonly pageReader: PageReader | undefined;
  readonly limits: RunLimits;
  readonly clock: () => number;
}

interface Answered {
  readonly query: string;
  readonly outcome: SearchOutcome;
  readonly milliseconds: number;
}

/** How an outcome came about, as the state keeps it. */
function attemptsOf(engine: string, outcome: SearchOutcome, milliseconds: number): Attempt[] {
  const made = outcome.attempts ?? [
    {
      engine,
      from: "engine" as const,
      status: outcome.status,
      ...(outcome.status === "failed" && { failure: outcome.failure }),
      waitedMs: 0,
      milliseconds,
    },
  ];
  return made.map(({ failure, ...attempt }) => ({
    engine: attempt.engine,
    from: attempt.from,
    status: attempt.status,
    kind: failure?.kind ?? "",
    reason: failure?.message ?? "",
    waitedMs: attempt.waitedMs,
    milliseconds: attempt.milliseconds,
  }));
}

function searchEnd({ record, results, digestReport }: FreshReply, outcome: SearchOutcome): RunEvent {
  const { query, engine, status, attempts, milliseconds } = record;
  return {
    type: "search-end",
    query,
    engine,
    status,
    attempts,
    sources: results.map(({ number, title, url }) => ({ number, title, url })),
    ...(outcome.status === "failed" && {
      failure: { kind: outcome.failure.kind, message: outcome.failure.message },
    }),
    milliseconds,
    ...(digestReport !== undefined && { digest: digestReport }),
  };
}

/**
 * Runs the queries of the call, or opens its pages, side by side and splices what they found. Where a person is asked
 * first, nothing is sent before they have answered.
 */
export function createWebSearch(deps: SearchDeps) {
  const { protocolOf, modelOf, engineOf, limits: defaults, clock } = deps;
  return async (state: RunState, config: LangGraphRunnableConfig<RunContext>): Promise<RunUpdate> => {
    const limits = limitsOf(config.context, defaults);
    const asking = { protocol: protocolOf(state), limits, config };
    if (state.call?.kind === "open") {
      const approved = approvePages(state.call, state, asking);
      if (approved.kind === "refused") return approved.update;
      const { call } = approved;
      return { ...(call !== state.call && { call }), ...(await openPages(call, state, config, deps)) };
    }
    const asked = required(state.call?.kind === "search" ? state.call : null, "a search call");
    const chosen = engineOf(config.context ?? {});
    const approved = approveSearches(asked, state, chosen.name, asking);
    if (approved.kind === "refused") return approved.update;
    const { call, replaced } = approved;
    const emit = (event: RunEvent): void => config.writer?.(event);
    const { engine, scope } = journaled(chosen, state, config, clock);
    const queries = call.queries.filter(({ plan }) => plan === "run").map(({ query }) => query);
    const started = clock();

    const run = async (query: string): Promise<Answered> => {
      emit({ type: "search-start", query, engine: engine.name });
      const begun = clock();
      const outcome = await engine.search(query, {
        maxResults: limits.maxResults,
        ...(scope !== undefined && { scope }),
        ...(config.signal !== undefined && { signal: config.signal }),
      });
      return { query, outcome, milliseconds: clock() - begun };
    };
    const answered = boundResponse(await Promise.all(queries.map(run)), limits.maxResponseBytes);

    const refer = mayRefer(state, limits);
    const numbering = createNumbering(state.sources, { refer });
    const fresh = new Map<string, FreshReply>();
    for (const { query, outcome, milliseconds } of answered) {
      const results =
        outcome.status === "found" ? outcome.results.map((result) => numbering.number(result)) : [];
      const sources = [...new Set(results.map(({ number }) => number))];
      const reason = outcome.status === "failed" ? outcome.failure.message : "";
      const attempts = attemptsOf(engine.name, outcome, milliseconds);
      const answeredBy = attempts.at(-1)?.engine ?? engine.name;
      const { status } = outcome;
      fresh.set(query, {
        results,
        record: { query, engine: answeredBy, attempts, status, sources, reason, milliseconds },
      });
    }
    const searches = state.searches + queries.length;
    const elapsed = (): Usage => ({ ...NO_USAGE, milliseconds: clock() - started });
    const told = limits.condenseResults
      ? await condenseFound(fresh, {
          protocol: protocolOf(state),
          model: modelOf(state),
          state,
          limits,
          used: addUsage(state.usage, elapsed()),
          request: requestOf(config.context ?? {}),
          clock,
          signal: config.signal,
        })
      : { fresh, usage: NO_USAGE };
    for (const { query, outcome } of answered) {
      const reply = told.fresh.get(query);
      if (reply !== undefined) emit(searchEnd(reply, outcome));
    }
    const usage = addUsage(told.usage, elapsed());
    const pages = state.opening?.pages === true ? state.pages : null;
    const left = budgetLeft(limits, addUsage(state.usage, usage), { searches, pages });
    emit({ type: "budget-left", left });
    const replies = repliesFor(call, state, told.fresh, refer);
    tellUnsearched(replies, emit);
    const text = protocolOf(state).respond({
      kind: "results",
      queries: [...replaced, ...replies],
      searchesLeft: left.searches,
      pagesLeft: left.pages,
      boundary: state.opening?.boundary,
    });
    return {
      ...(call !== asked && { call }),
      transcript: [{ origin: "search", text }],
      searches: queries.length,
      queries: [...fresh.values()].map(({ record }) => record),
      sources: numbering.added,
      usage,
    };
  };
}
