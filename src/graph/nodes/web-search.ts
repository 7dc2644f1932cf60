import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import { withoutWrittenKeys } from "../../net/written-keys.ts";
import type { SearchOutcome } from "../../search/engine.ts";
import type { PageReader } from "../../search/pages/page-reader.ts";
import { approvePages, approveSearches } from "../approval/approved-call.ts";
import { budgetLeft, inTimeLeft } from "../budgets.ts";
import type { RunContext } from "../context.ts";
import { condenseFound } from "../continuation/digests.ts";
import type { RunEvent } from "../events.ts";
import { journaled } from "../journaled.ts";
import { openPages } from "../pages/reading.ts";
import { repliesFor, respondToSearches, type FreshReply } from "../replies.ts";
import { boundResponse } from "../response-size.ts";
import { createNumbering, mayRefer } from "../sources.ts";
import { required, type Attempt, type RunState, type RunUpdate, type SearchCall } from "../state.ts";
import type { Step, StepReader } from "../step.ts";
import { addUsage, NO_USAGE, type Usage } from "../usage.ts";

export interface SearchDeps {
  readonly readStep: StepReader;
  readonly pageReader: PageReader | undefined;
  readonly clock: () => number;
}

/**
 * Runs the queries of the call, or opens its pages, side by side and splices what they found. Where a person is asked
 * first, nothing is sent before they have answered.
 */
export function createWebSearch({ readStep, pageReader, clock }: SearchDeps) {
  return async (state: RunState, config: LangGraphRunnableConfig<RunContext>): Promise<RunUpdate> => {
    const step = readStep(state, config);
    if (state.call?.kind === "open") {
      const approved = approvePages(state.call, step);
      if (approved.kind === "refused") return approved.update;
      const { call, replaced } = approved;
      const opened = await openPages(call, replaced, step, { pageReader, clock });
      return { ...(call !== state.call && { call }), ...opened };
    }
    const asked = required(state.call?.kind === "search" ? state.call : null, "a search call");
    const approved = approveSearches(asked, step);
    if (approved.kind === "refused") return approved.update;
    const { call, replaced } = approved;

    const started = clock();
    const answered = await runQueries(call, step, clock);
    const numbering = createNumbering(state.sources, { refer: mayRefer(state, step.limits) });
    const found = new Map(answered.map((answer) => [answer.query, recordOf(answer, numbering)]));
    const elapsed = (): Usage => ({ ...NO_USAGE, milliseconds: clock() - started });
    const { fresh, usage: asking } = step.limits.condenseResults
      ? await condenseFound(found, step, addUsage(state.usage, elapsed()), clock)
      : { fresh: found, usage: NO_USAGE };
    for (const { query, outcome } of answered) {
      step.emit(searchEnd(required(fresh.get(query) ?? null, "a record of each query"), outcome));
    }

    const usage = addUsage(asking, elapsed());
    const counted = { ...state, searches: state.searches + answered.length };
    step.emit({
      type: "budget-left",
      left: budgetLeft(step.limits, counted, addUsage(state.usage, usage)),
    });
    const replies = [...replaced, ...repliesFor(call, step, fresh)];
    return {
      ...(call !== asked && { call }),
      transcript: [{ origin: "search", text: respondToSearches(step, replies, answered.length) }],
      searches: answered.length,
      queries: [...fresh.values()].map(({ record }) => record),
      sources: numbering.added,
      usage,
    };
  };
}

/** A query and what the engine answered, bounded together with the others of its call. */
interface Answered {
  readonly query: string;
  readonly engine: string;
  readonly outcome: SearchOutcome;
  readonly milliseconds: number;
}

async function runQueries(call: SearchCall, step: Step, clock: () => number): Promise<readonly Answered[]> {
  const { state, limits, config, emit } = step;
  const { engine, scope } = journaled(step.engine, state, config, clock);
  const run = async (query: string): Promise<Answered> => {
    emit({ type: "search-start", query, engine: engine.name });
    const begun = clock();
    const outcome: SearchOutcome = await inTimeLeft(step, (signal) =>
      engine.search(query, {
        maxResults: limits.maxResults,
        ...(scope !== undefined && { scope }),
        signal,
      }),
    );
    return { query, engine: engine.name, outcome, milliseconds: clock() - begun };
  };
  const queries = call.queries.filter(({ plan }) => plan === "run").map(({ query }) => query);
  return boundResponse(await Promise.all(queries.map(run)), limits.maxResponseBytes);
}

function recordOf(
  { query, engine, outcome, milliseconds }: Answered,
  numbering: ReturnType<typeof createNumbering>,
): FreshReply {
  const results = outcome.status === "found" ? outcome.results.map((result) => numbering.number(result)) : [];
  const attempts = attemptsOf(engine, outcome, milliseconds);
  return {
    results,
    record: {
      query,
      engine: attempts.at(-1)?.engine ?? engine,
      attempts,
      status: outcome.status,
      sources: [...new Set(results.map(({ number }) => number))],
      reason: outcome.status === "failed" ? withoutWrittenKeys(outcome.failure.message) : "",
      milliseconds,
    },
  };
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
    reason: withoutWrittenKeys(failure?.message ?? ""),
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
      failure: { kind: outcome.failure.kind, message: withoutWrittenKeys(outcome.failure.message) },
    }),
    milliseconds,
    ...(digestReport !== undefined && { digest: digestReport }),
  };
}
