import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import { withoutWrittenKeys } from "../../net/written-keys.ts";
import type { SearchOutcome } from "../../search/engine.ts";
import type { PageReader } from "../../search/pages/page-reader.ts";
import { approvePages, approveSearches } from "../approval/approved-call.ts";
import { budgetLeft } from "../budgets.ts";
import type { RunContext } from "../context.ts";
import { condenseFound } from "../continuation/digests.ts";
import type { RunEvent } from "../events.ts";
import { openPages } from "../pages/reading.ts";
import { repliesFor, respondToSearches, type FreshReply } from "../replies.ts";
import { bytesFree, roomFor } from "../continuation/room.ts";
import { omitOldest } from "../continuation/omitted-results.ts";
import { shortenOldest } from "../continuation/shortening.ts";
import { boundResponse, responseBytes } from "../response-size.ts";
import { createNumbering, mayRefer, placeOf } from "../sources.ts";
import { pageMessages, searchMessages } from "../step-messages/step-messages.ts";
import { required, type Attempt, type RunState, type RunUpdate, type SearchCall } from "../state.ts";
import type { Step, StepReader } from "../step.ts";
import type { Searcher } from "./searcher.ts";
import { tracedSearch } from "./traced.ts";
import { addUsage, NO_USAGE, type Usage } from "../usage.ts";

export interface SearchDeps {
  readonly readStep: StepReader;
  readonly pageReader: PageReader | undefined;
  readonly clock: () => number;
  readonly searcher: Searcher;
}

/**
 * Runs the queries of the call, or opens its pages, side by side and splices what they found. Where a person is asked
 * first, nothing is sent before they have answered.
 */
export function createWebSearch({ readStep, pageReader, clock, searcher }: SearchDeps) {
  return async (state: RunState, config: LangGraphRunnableConfig<RunContext>): Promise<RunUpdate> => {
    const read = readStep(state, config);
    const step = { ...read, limits: fitted(read) };
    if (state.call?.kind === "open") {
      const approved = approvePages(state.call, step);
      if (approved.kind === "refused") {
        return { ...refusedWith(approved.text), ...pageMessages(state.messages, approved.replies) };
      }
      const { call, replaced } = approved;
      const opened = await openPages(call, replaced, step, { pageReader, clock });
      return { ...(call !== state.call && { call }), ...opened };
    }
    const asked = required(state.call?.kind === "search" ? state.call : null, "a search call");
    const approved = approveSearches(asked, step);
    if (approved.kind === "refused") {
      return { ...refusedWith(approved.text), ...searchMessages(state.messages, approved.replies) };
    }
    const { call, replaced } = approved;

    const started = clock();
    const { answered, cutBytes } = await runQueries(call, step, searcher, read.limits.maxResponseBytes);
    const numbering = createNumbering(state.sources, { refer: mayRefer(state, step.limits) });
    const found = new Map(answered.map((answer) => [answer.query, recordOf(answer, numbering)]));
    const elapsed = (): Usage => ({ ...NO_USAGE, milliseconds: clock() - started });
    const { fresh, usage: asking } = step.limits.condenseResults
      ? await condenseFound(found, step, addUsage(state.usage, elapsed()), clock)
      : { fresh: found, usage: NO_USAGE };
    for (const { query, outcome } of answered) {
      step.emit(searchEnd(required(fresh.get(query) ?? null, "a record of each query"), outcome));
    }

    const usage = addUsage(asking, { ...elapsed(), ...(cutBytes > 0 && { cutBytes }) });
    const { contextTokens } = step.opening.model;
    if (cutBytes > 0) step.emit({ type: "context-full", which: "new", cutBytes, contextTokens });
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
      ...searchMessages(state.messages, replies),
      usage,
    };
  };
}

/** A refused call costs no search, and its reply is no search response. */
function refusedWith(text: string): RunUpdate {
  return { transcript: [{ origin: "runtime", text }] };
}

/** A query and what the engine answered, bounded together with the others of its call. */
interface Answered {
  readonly query: string;
  readonly engine: string;
  readonly outcome: SearchOutcome;
  readonly milliseconds: number;
}

/** The limits with a response that fits into what is free of the model's context. */
function fitted({ limits, opening, protocol, state }: Step): Step["limits"] {
  const turn = shortenOldest(
    protocol,
    omitOldest(protocol, state.transcript, limits.keepResults),
    state.condensed,
  );
  const { contextTokens: window } = opening.model;
  const free = bytesFree(roomFor(opening.messages, turn, { window, counted: state.inContext }));
  const frame = FRAME_BYTES + limits.maxResults * FRAME_BYTES_EACH;
  return {
    ...limits,
    maxResponseBytes: Math.min(limits.maxResponseBytes, Math.max(LEAST_BYTES, free - frame)),
  };
}

/** What a response has besides titles, addresses and texts of its results. */
const FRAME_BYTES = 300;
const FRAME_BYTES_EACH = 60;
/** Less would be no evidence. */
const LEAST_BYTES = 400;

/** The queries of a call, answered and bounded to what fits. `allowed`: the bytes that the run's own limits allow. */
async function runQueries(
  call: SearchCall,
  step: Step,
  searcher: Searcher,
  allowed: number,
): Promise<{ readonly answered: readonly Answered[]; readonly cutBytes: number }> {
  const engine = step.engine.name;
  const run = async (query: string): Promise<Answered> => {
    step.emit({ type: "search-start", query, engine });
    let milliseconds = 0;
    const outcome = await tracedSearch(step.config, { engine, query }, async () => {
      const found = await searcher.run(step, query);
      ({ milliseconds } = found);
      return found.outcome;
    });
    return { query, engine, outcome, milliseconds };
  };
  const queries = call.queries.filter(({ plan }) => plan === "run").map(({ query }) => query);
  const whole = boundResponse(await Promise.all(queries.map(run)), allowed);
  const { maxResponseBytes } = step.limits;
  if (maxResponseBytes >= allowed) return { answered: whole, cutBytes: 0 };
  const answered = boundResponse(whole, maxResponseBytes);
  return { answered, cutBytes: responseBytes(whole) - responseBytes(answered) };
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
      ...(outcome.note !== undefined && { note: outcome.note }),
      ...(outcome.reranking !== undefined && {
        reranking: { ...outcome.reranking, order: [...outcome.reranking.order] },
      }),
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
    reason: failure === undefined ? "" : withoutWrittenKeys(failure.message),
    waitedMs: attempt.waitedMs,
    milliseconds: attempt.milliseconds,
  }));
}

function searchEnd({ record, results, digestReport }: FreshReply, outcome: SearchOutcome): RunEvent {
  const { query, engine, status, attempts, note, reranking, milliseconds } = record;
  return {
    type: "search-end",
    query,
    engine,
    status,
    attempts,
    sources: results.map(placeOf),
    ...(outcome.status === "failed" && {
      failure: { kind: outcome.failure.kind, message: withoutWrittenKeys(outcome.failure.message) },
    }),
    ...(note !== undefined && { note }),
    ...(reranking !== undefined && { reranking }),
    milliseconds,
    ...(digestReport !== undefined && { digest: digestReport }),
  };
}
