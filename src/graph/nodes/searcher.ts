import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import type { SearchEngine, SearchOutcome } from "../../search/engine.ts";
import { allowance, callsLeft, inTimeLeft } from "../budgets.ts";
import type { QueryListener } from "../continuation/query-watch.ts";
import { journaled, placeOf } from "../journaled.ts";
import { planSearches } from "../replies.ts";
import type { SearchCall } from "../state.ts";
import type { Step } from "../step.ts";

/** What a search came to, and how long it took in milliseconds. */
export interface TimedSearch {
  readonly outcome: SearchOutcome;
  readonly milliseconds: number;
}

type Place = Pick<Step, "state" | "config" | "opening">;

/**
 * Sends searches: those of a call that is run, and ahead of it those of a call that the model still writes. What was sent
 * ahead is kept outside of the state, for the step that runs the call. What is not there, as after a restart, in a fork or
 * where a query was edited, is sent by that step.
 */
export interface Searcher {
  /**
   * What sends the queries that a call would run, when it is told of them: within the budgets, and those that were not
   * answered before. `undefined` where none is sent: a person is asked first, or one was sent in vain for this question.
   */
  ahead(step: Step): QueryListener | undefined;
  /** Settles when all of it was really sent: no step leaves a search behind that is yet to be. */
  allSent(place: Place): Promise<void>;
  /** Ends what was sent ahead and is not run by the call. Returns how many. */
  settle(place: Place, call: SearchCall | null): number;
  run(step: Step, query: string): Promise<TimedSearch>;
}

export interface SearcherOptions {
  readonly clock: () => number;
  /** False: nothing is sent before its call is run. */
  readonly ahead: boolean;
}

interface Sent {
  readonly begun: number;
  readonly found: Promise<TimedSearch>;
  /** Settles when the engine was asked, or never will be. */
  readonly asked: Promise<void>;
  readonly controller: AbortController;
}

/** The rest of a call takes so many tokens at most, as a rule: with fewer left it may not come to its end. */
const REST_TOKENS = 64;

export function createSearcher({ clock, ahead }: SearcherOptions): Searcher {
  // one for each run, gone with it: LangGraph hands the nodes of a run the same writer
  const runs = new WeakMap<object, Map<string, Map<string, Sent>>>();

  const sentFor = (place: Place): Map<string, Sent> | undefined => {
    const { writer } = place.config;
    return writer === undefined ? undefined : runs.get(writer)?.get(keyOf(place));
  };

  async function search(
    { limits, state, config, engine: chosen }: Step,
    query: string,
    signal: AbortSignal,
  ): Promise<TimedSearch> {
    const { engine, scope } = journaled(chosen, state, config, clock);
    const begun = clock();
    const outcome = await engine.search(query, {
      maxResults: limits.maxResults,
      ...(scope !== undefined && { scope }),
      signal,
    });
    return { outcome, milliseconds: clock() - begun };
  }

  function sendAhead(step: Step, query: string): Sent {
    const { engine, asked, tellAsked } = tellingWhenAsked(step.engine);
    const controller = new AbortController();
    const { signal } = step.config;
    const begun = clock();
    const ended = signal === undefined ? controller.signal : AbortSignal.any([signal, controller.signal]);
    const found = search({ ...step, engine }, query, ended);
    // handles a failure, too: it may never be taken over
    void found.then(tellAsked, tellAsked);
    return { begun, found, asked, controller };
  }

  return {
    ahead(step) {
      const { limits, state, config } = step;
      const { writer } = config;
      if (!ahead || limits.approveSearches || state.spent !== null || writer === undefined) return undefined;
      if ((state.usage.droppedSearches ?? 0) > 0) return undefined;
      return (queries, writtenTokens) => {
        if (allowance(limits, state.usage, false).tokens < writtenTokens + REST_TOKENS) return;
        const places = runs.get(writer) ?? new Map<string, Map<string, Sent>>();
        runs.set(writer, places);
        const sent = places.get(keyOf(step)) ?? new Map<string, Sent>();
        places.set(keyOf(step), sent);
        if ([...sent.keys()].some((query) => !queries.includes(query))) return;
        const { queries: planned } = planSearches(queries, state, callsLeft(limits, state).searches);
        for (const { query, plan } of planned) {
          if (plan === "run" && !sent.has(query)) sent.set(query, sendAhead(step, query));
        }
      };
    },
    async allSent(place) {
      await Promise.all([...(sentFor(place)?.values() ?? [])].map(({ asked }) => asked));
    },
    settle(place, call) {
      const sent = sentFor(place);
      if (sent === undefined) return 0;
      const run = new Set(call?.queries.flatMap(({ query, plan }) => (plan === "run" ? [query] : [])));
      const dropped = [...sent].filter(([query]) => !run.has(query));
      for (const [query, { controller }] of dropped) {
        controller.abort();
        sent.delete(query);
      }
      return dropped.length;
    },
    async run(step, query) {
      const sent = sentFor(step);
      const before = sent?.get(query);
      sent?.delete(query);
      const begun = before?.begun ?? clock();
      const timed = await inTimeLeft(step, (signal) => {
        if (before === undefined) return search(step, query, signal);
        signal.addEventListener("abort", () => before.controller.abort(), { once: true });
        return before.found;
      });
      return "outcome" in timed ? timed : { outcome: timed, milliseconds: clock() - begun };
    },
  };
}

/** The same engine, with what settles when it is asked, or when it is told that it never will be. */
function tellingWhenAsked(chosen: SearchEngine) {
  let resolve: (() => void) | undefined;
  const asked = new Promise<void>((settle) => {
    resolve = settle;
  });
  const tellAsked = (): void => resolve?.();
  const engine: SearchEngine = {
    name: chosen.name,
    search(...given) {
      tellAsked();
      return chosen.search(...given);
    },
  };
  return { engine, asked, tellAsked };
}

/** The step that runs the call: its thread, the graph's place in it, the question, and how many queries it has had. */
function keyOf({ state, config, opening }: Place): string {
  const { configurable }: Pick<LangGraphRunnableConfig, "configurable"> = config;
  const thread: unknown = configurable?.["thread_id"];
  return JSON.stringify([
    thread,
    placeOf(configurable?.["checkpoint_ns"]),
    opening.questionId,
    state.queries.length,
  ]);
}
