import { AgenticRagError } from "../../errors.ts";
import { after, ask, beginAttempt, type Told } from "./attempts.ts";
import { withDeadline } from "../../net/deadline.ts";
import type {
  SearchAttempt,
  SearchEngine,
  SearchFailure,
  SearchFailureKind,
  SearchOptions,
} from "../engine.ts";
import { createEngine } from "../query.ts";
import { furtherTries } from "./retryable.ts";
import { waitFor } from "../../net/wait.ts";

export interface RetryOptions {
  /** How often a search is tried in all. Default 3. */
  readonly attempts?: number;
  /** Time for the whole search, tries and waits together, in milliseconds. Default 30,000. */
  readonly deadlineMs?: number;
  /** The longest wait before the second try, in milliseconds; it doubles with each try, up to 8,000. Default 500. */
  readonly backoffMs?: number;
  /** Milliseconds of a clock that never jumps. Default: `performance.now`. */
  readonly clock?: () => number;
  /** In [0, 1). Default: `Math.random`. */
  readonly random?: () => number;
  /** Resolves after so many milliseconds; rejects with an AbortError when the signal is aborted. */
  readonly wait?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
}

const DEFAULT_ATTEMPTS = 3;
const DEFAULT_DEADLINE_MS = 30_000;
const DEFAULT_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 8_000;

/**
 * Asks an engine again after a failure that mends by waiting. Waits at least what the service asks for, and else a
 * random part of a time that doubles with each try (full jitter). Where the wait does not fit into the deadline, the
 * search fails at once and says so. A timeout, or a reply in an unknown form, is tried once more only; a refused key,
 * a spent quota, a wrong setting or a rejected query never.
 *
 * @throws AgenticRagError `settings-invalid` for attempts below 1, or times that are none.
 */
export function withRetry(engine: SearchEngine, options: RetryOptions = {}): SearchEngine {
  const settings = readOptions(options);
  return createEngine(engine.name, ({ query }, searchOptions) =>
    searchAgain(engine, settings, query, searchOptions),
  );
}

function readOptions(options: RetryOptions): Required<RetryOptions> {
  const settings = {
    attempts: DEFAULT_ATTEMPTS,
    deadlineMs: DEFAULT_DEADLINE_MS,
    backoffMs: DEFAULT_BACKOFF_MS,
    clock: () => performance.now(),
    random: Math.random,
    wait: waitFor,
    ...options,
  };
  if (settings.attempts >= 1 && settings.deadlineMs > 0 && settings.backoffMs >= 0) return settings;
  throw new AgenticRagError(
    "settings-invalid",
    "Retries need at least 1 attempt, a deadline above 0 ms and a backoff of 0 ms or more.",
  );
}

async function searchAgain(
  engine: SearchEngine,
  { attempts: attemptsAllowed, deadlineMs, backoffMs, clock, random, wait }: Required<RetryOptions>,
  query: string,
  options: SearchOptions,
): Promise<Told> {
  const begun = clock();
  const timeLeft = (): number => Math.max(deadlineMs - (clock() - begun), 0);
  const failures: SearchFailure[] = [];
  let attempts: readonly SearchAttempt[] = [];
  for (let waitedMs = 0; ;) {
    const end = beginAttempt();
    const replied = await withDeadline({ deadlineMs: timeLeft(), signal: options.signal }, (signal) =>
      ask(engine, query, { ...options, signal }),
    );
    const isOver = replied === "deadline";
    const round = isOver
      ? end({ status: "failed", failure: overdue(engine.name, deadlineMs, failures.at(-1)) }, engine.name)
      : replied;
    const outcome = after(attempts, round, waitedMs);
    if (isOver || outcome.status !== "failed") return outcome;
    const { failure } = outcome;
    attempts = outcome.attempts;
    failures.push(failure);
    if (failures.length >= attemptsAllowed || count(failures, failure.kind) > furtherTries(failure.kind)) {
      return outcome;
    }
    const backoff = random() * Math.min(backoffMs * 2 ** (failures.length - 1), MAX_BACKOFF_MS);
    const pause = Math.max(failure.retryAfterMs ?? 0, backoff);
    const left = timeLeft();
    if (pause >= left) return { ...outcome, failure: tooLong(failure, left) };
    const waiting = clock();
    await wait(pause, options.signal);
    waitedMs = clock() - waiting;
  }
}

function count(failures: readonly SearchFailure[], kind: SearchFailureKind): number {
  return failures.filter((failure) => failure.kind === kind).length;
}

function overdue(name: string, deadlineMs: number, before: SearchFailure | undefined): SearchFailure {
  const story = before === undefined ? "" : ` Before that: ${before.message}`;
  return {
    kind: "timeout",
    message: `${name} did not answer within the ${seconds(deadlineMs)} s that a search may take with its retries. Ask again, or allow more time.${story}`,
  };
}

function tooLong(failure: SearchFailure, left: number): SearchFailure {
  const wait =
    failure.retryAfterMs === undefined ? "" : `it asks to wait ${seconds(failure.retryAfterMs)} s, and `;
  const rest = `${seconds(left)} s are left for this search`;
  return { ...failure, message: `${failure.message} It was not asked again: ${wait}${rest}.` };
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 100) / 10;
}
