import { throwIfAborted } from "../deadline.ts";
import type { SearchAttempt, SearchEngine, SearchFailure, SearchOptions, SearchOutcome } from "../engine.ts";
import { EMPTY_QUERY, readQuestion } from "../query.ts";

/** Notes what came of a try; `engine` names who answered where that was known only afterwards. */
export type EndTry = (outcome: SearchOutcome, engine?: string) => void;

/** The record of one search through all its wrappers, written while it runs. */
export interface Trail {
  /** Time that was waited before the next try, in milliseconds. */
  wait(milliseconds: number): void;
  begin(engine: string, from: SearchAttempt["from"]): EndTry;
  /** The tries of a search that others may share count here too, from now on. */
  include(other: Trail): void;
  /** What is under way now ends as this failure; what comes of it later changes nothing here. */
  giveUp(failure: SearchFailure): void;
  /** The tries that have ended. With a failure, those under way too, as ended by it. */
  attempts(underWay?: SearchFailure): readonly SearchAttempt[];
}

type TrailedSearch = (query: string, options: SearchOptions, trail: Trail) => Promise<SearchOutcome>;

/** How the engines that are wrappers search with the trail of whoever asks them. */
const trailedSearches = new WeakMap<SearchEngine, TrailedSearch>();

/**
 * An engine that asks others with `ask`, and tells in `attempts` what it and they did, in whatever order wrappers lie
 * in one another. A query without a visible character is refused before anybody is asked or waits.
 */
export function createWrapper(name: string, search: TrailedSearch): SearchEngine {
  const engine: SearchEngine = {
    name,
    async search(query, options = {}) {
      throwIfAborted(options.signal);
      if (readQuestion(query, options).query === "") return { ...EMPTY_QUERY, attempts: [] };
      const trail = createTrail();
      const outcome = await search(query, options, trail);
      return { ...outcome, attempts: trail.attempts() };
    },
  };
  trailedSearches.set(engine, search);
  return engine;
}

/** Asks an engine, and notes its tries in the trail. The outcome comes back without them. */
export async function ask(
  engine: SearchEngine,
  query: string,
  options: SearchOptions,
  trail: Trail,
): Promise<SearchOutcome> {
  throwIfAborted(options.signal);
  const trailed = trailedSearches.get(engine);
  if (trailed !== undefined) return trailed(query, options, trail);
  const end = trail.begin(engine.name, "engine");
  const outcome = await engine.search(query, options);
  end(outcome);
  const { attempts: _noted, ...bare } = outcome;
  return bare;
}

type Tries = Pick<Trail, "attempts">;

export function createTrail(): Trail {
  let parts: Tries[] = [];
  let waited = 0;

  function takeWait(): number {
    const taken = waited;
    waited = 0;
    return taken;
  }
  function attempts(underWay?: SearchFailure): readonly SearchAttempt[] {
    return parts.flatMap((part) => part.attempts(underWay));
  }

  return {
    attempts,
    wait(milliseconds) {
      waited += milliseconds;
    },
    begin(asked, from) {
      const waitedMs = Math.round(takeWait());
      const begun = performance.now();
      let ended: readonly SearchAttempt[] | undefined;
      const read = (outcome: SearchOutcome, engine = asked): readonly SearchAttempt[] => {
        const { status } = outcome;
        const milliseconds = Math.round(performance.now() - begun);
        return [{ engine, from, status, ...readFailure(outcome), waitedMs, milliseconds }];
      };
      parts.push({
        attempts: (underWay) =>
          ended ?? (underWay === undefined ? [] : read({ status: "failed", failure: underWay })),
      });
      return (outcome, answeredBy) => {
        ended = withWait(outcome.attempts, waitedMs) ?? read(outcome, answeredBy);
      };
    },
    include(other) {
      other.wait(takeWait());
      parts.push(other);
    },
    giveUp(failure) {
      const ended = attempts(failure);
      parts = [{ attempts: () => ended }];
    },
  };
}

function readFailure(outcome: SearchOutcome): Pick<SearchAttempt, "failure"> {
  if (outcome.status !== "failed") return {};
  const { kind, message } = outcome.failure;
  return { failure: { kind, message } };
}

/** The tries of a wrapper that is not one of ours. What was waited before all of them was waited before the first. */
function withWait(
  attempts: readonly SearchAttempt[] | undefined,
  waitedMs: number,
): readonly SearchAttempt[] | undefined {
  return attempts?.map((attempt, index) =>
    index === 0 ? { ...attempt, waitedMs: attempt.waitedMs + waitedMs } : attempt,
  );
}
