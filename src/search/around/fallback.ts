import { AgenticRagError } from "../../errors.ts";
import { after, ask } from "./attempts.ts";
import type { SearchAttempt, SearchEngine, SearchFailure } from "../engine.ts";
import { createEngine } from "../query.ts";
import { furtherTries, isPermanent } from "./retryable.ts";

export interface FallbackOptions {
  /** What follows when an engine found nothing: that is the answer, or the next one is asked. Default `stop`. */
  readonly onNothing?: "stop" | "next";
  /**
   * How long an engine is set aside that failed for a reason that does not mend by waiting, in milliseconds. It is
   * still asked when no other one answers. Default 60,000.
   */
  readonly cooldownMs?: number;
  /** Milliseconds of a clock that never jumps. Default: `performance.now`. */
  readonly clock?: () => number;
}

/** One engine of the chain. */
interface Link {
  readonly engine: SearchEngine;
  /** When it failed for good. */
  failedAt?: number;
}

/** Why an engine was not the last one to be asked. */
interface Miss {
  readonly said: string;
  readonly failure?: SearchFailure;
}

const DEFAULT_COOLDOWN_MS = 60_000;

/**
 * Asks the first engine, and after a failure the next one. Named `first > second > third`. When none answers, the
 * failure says of each one why.
 *
 * @throws AgenticRagError `settings-invalid` without an engine.
 */
export function createFallbackEngine(
  engines: readonly SearchEngine[],
  {
    onNothing = "stop",
    cooldownMs = DEFAULT_COOLDOWN_MS,
    clock = () => performance.now(),
  }: FallbackOptions = {},
): SearchEngine {
  if (engines.length === 0) {
    throw new AgenticRagError("settings-invalid", "A chain of search engines needs at least one engine.");
  }
  const links: readonly Link[] = engines.map((engine) => ({ engine }));
  const name = engines.map((engine) => engine.name).join(" > ");

  /** Who is asked now, in turn: those set aside come last. */
  function inTurn(): readonly Link[] {
    const now = clock();
    const isAside = ({ failedAt }: Link): boolean => failedAt !== undefined && now - failedAt < cooldownMs;
    return [...links.filter((link) => !isAside(link)), ...links.filter(isAside)];
  }
  return createEngine(name, async ({ query }, options) => {
    const misses: Miss[] = [];
    let attempts: readonly SearchAttempt[] = [];
    const turn = inTurn();
    for (const [index, link] of turn.entries()) {
      const aside = link.failedAt === undefined ? "" : ", which had been set aside";
      const outcome = after(attempts, await ask(link.engine, query, options));
      attempts = outcome.attempts;
      if (outcome.status === "failed" && isPermanent(outcome.failure.kind)) link.failedAt = clock();
      else delete link.failedAt;
      if (outcome.status === "found" || turn.length === 1) return outcome;
      if (outcome.status === "nothing") {
        if (onNothing === "stop" || index === turn.length - 1) return outcome;
        misses.push({ said: `${link.engine.name}${aside}: found nothing.` });
      } else {
        const { failure } = outcome;
        misses.push({ said: `${link.engine.name}${aside}: ${failure.message}`, failure });
      }
    }
    return { status: "failed", failure: summarise(name, misses), attempts };
  });
}

/**
 * Of the kinds, the last one that mends by waiting, so that asking the whole chain again is worth it when it is for
 * one of its engines; it is then to be waited as long as the first of them asks for.
 */
function summarise(name: string, misses: readonly Miss[]): SearchFailure {
  const failures = misses.flatMap(({ failure }) => failure ?? []);
  const mending = failures.filter(({ kind }) => furtherTries(kind) > 0);
  const waits = mending.map(({ retryAfterMs }) => retryAfterMs ?? 0);
  const retryAfterMs = waits.length === 0 ? 0 : Math.min(...waits);
  return {
    kind: (mending.at(-1) ?? failures.at(-1))?.kind ?? "server-error",
    message: `No engine of ${name} answered. ${misses.map(({ said }) => said).join(" ")}`,
    ...(retryAfterMs > 0 && { retryAfterMs }),
  };
}
