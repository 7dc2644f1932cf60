import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import type { Protocol } from "../protocol/protocol.ts";
import type { SearchEngine, SearchOutcome } from "../search/engine.ts";
import { budgetLeft } from "./budgets.ts";
import { limitsOf, type RunContext, type RunLimits } from "./context.ts";
import type { RunEvent } from "./events.ts";
import { repliesFor, tellUnsearched, type FreshReply } from "./replies.ts";
import { createNumbering } from "./sources.ts";
import { required, addUsage, NO_USAGE, type Attempt, type RunState, type RunUpdate } from "./state.ts";

export interface SearchDeps {
  readonly protocolOf: (state: RunState) => Protocol;
  readonly engineOf: (context: RunContext) => SearchEngine;
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

/** Runs the queries of the call side by side and splices what they found. */
export function createWebSearch({ protocolOf, engineOf, limits: defaults, clock }: SearchDeps) {
  return async (state: RunState, config: LangGraphRunnableConfig<RunContext>): Promise<RunUpdate> => {
    const call = required(state.call?.kind === "search" ? state.call : null, "a search call");
    const limits = limitsOf(config.context, defaults);
    const emit = (event: RunEvent): void => config.writer?.(event);
    const engine = engineOf(config.context ?? {});
    const queries = call.queries.filter(({ plan }) => plan === "run").map(({ query }) => query);
    const started = clock();

    const run = async (query: string): Promise<Answered> => {
      emit({ type: "search-start", query, engine: engine.name });
      const begun = clock();
      const outcome = await engine.search(query, {
        maxResults: limits.maxResults,
        ...(config.signal !== undefined && { signal: config.signal }),
      });
      return { query, outcome, milliseconds: clock() - begun };
    };
    const answered = await Promise.all(queries.map(run));

    const numbering = createNumbering(state.sources);
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
      emit({
        type: "search-end",
        query,
        engine: answeredBy,
        status,
        attempts,
        sources: results.map(({ number, title, url }) => ({ number, title, url })),
        ...(outcome.status === "failed" && {
          failure: { kind: outcome.failure.kind, message: outcome.failure.message },
        }),
        milliseconds,
      });
    }
    const searches = state.searches + queries.length;
    const usage = { ...NO_USAGE, milliseconds: clock() - started };
    const left = budgetLeft(limits, addUsage(state.usage, usage), searches);
    emit({ type: "budget-left", left });
    const replies = repliesFor(call, state, fresh);
    tellUnsearched(replies, emit);
    const text = protocolOf(state).respond({
      kind: "results",
      queries: replies,
      searchesLeft: left.searches,
    });
    return {
      transcript: [{ origin: "search", text }],
      searches: queries.length,
      queries: [...fresh.values()].map(({ record }) => record),
      sources: numbering.added,
      usage,
    };
  };
}
