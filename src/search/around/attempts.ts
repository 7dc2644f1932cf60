import type { SearchAttempt, SearchEngine, SearchOptions, SearchOutcome } from "../engine.ts";

/** An outcome with the tries behind it; none where nobody was asked. */
export type Told = SearchOutcome & { readonly attempts: readonly SearchAttempt[] };

/** Asks an engine. One that tells no attempts, because it asks once, has made one. */
export async function ask(
  engine: SearchEngine,
  query: string,
  options: SearchOptions,
  clock?: () => number,
): Promise<Told> {
  const end = beginAttempt(clock);
  const outcome = await engine.search(query, options);
  return outcome.attempts === undefined
    ? end(outcome, engine.name)
    : { ...outcome, attempts: outcome.attempts };
}

/** Begins a try; the function that comes back ends it: the outcome with that one attempt. */
export function beginAttempt(
  clock = () => performance.now(),
): (outcome: SearchOutcome, engine: string, from?: SearchAttempt["from"]) => Told {
  const begun = clock();
  return (outcome, engine, from = "engine") => {
    const attempt: SearchAttempt = {
      engine,
      from,
      status: outcome.status,
      ...(outcome.status === "failed" && {
        failure: { kind: outcome.failure.kind, message: outcome.failure.message },
      }),
      waitedMs: 0,
      milliseconds: Math.round(clock() - begun),
    };
    return { ...outcome, attempts: [attempt] };
  };
}

/** The outcome of an engine that was asked after others, or after a wait (in milliseconds) of its own. */
export function after(before: readonly SearchAttempt[], outcome: Told, waitedMs = 0): Told {
  const [first, ...rest] = outcome.attempts;
  if (first === undefined) return { ...outcome, attempts: before };
  const waited = { ...first, waitedMs: first.waitedMs + Math.round(waitedMs) };
  return { ...outcome, attempts: [...before, waited, ...rest] };
}

/** Name of the engine whose outcome it is: of a chain, the one that answered. */
export function answererOf({ attempts }: Told): string | undefined {
  return attempts.at(-1)?.engine;
}
