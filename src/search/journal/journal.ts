import type { BaseStore } from "@langchain/langgraph";
import { ask } from "../around/attempts.ts";
import type { SearchAttempt, SearchEngine, SearchOutcome } from "../engine.ts";
import { keyOf, namespaceOf, type JournalEntry } from "./journal-entry.ts";
import { eraseSent, readPage, writePage, type Page } from "./journal-store.ts";
import { readQuery } from "../query.ts";

export interface JournalOptions {
  /** What is kept together, and forgotten together by `forgetSearches`: a thread. Default: the scope of each search. */
  readonly group?: string;
  /** How long the store may take to read or write one entry, in milliseconds. Default 5,000. */
  readonly deadlineMs?: number;
  /** Milliseconds of a clock that never jumps. Default: `performance.now`. */
  readonly clock?: () => number;
}

/** Stands for a try of which nothing is known but that it was begun. */
const LOST = {
  kind: "timeout",
  message: "The process ended, or was stopped, while this search was under way. Its answer, if any, is lost.",
} as const;

/**
 * An engine whose answers are written down before anybody sees them: a search that was answered once is never sent
 * again under the same `scope`. Without a scope it only passes on.
 *
 * - Found and nothing are kept, failures are not. What is kept holds for the same query, engine and `maxResults`.
 * - That a search is about to be sent is written down too. Where its answer never was, because the process ended, the
 *   next try begins its `attempts` with the lost one.
 * - An answer from the journal has the attempts of then, and a last one `from: "journal"`.
 * - A store that fails or is slow costs no search: the answer is used, and a failed attempt `from: "journal"` says
 *   what was not read or written. It stands before the attempt that decided.
 */
export function createJournaledEngine(
  engine: SearchEngine,
  store: BaseStore,
  { group, deadlineMs = 5_000, clock = () => performance.now() }: JournalOptions = {},
): SearchEngine {
  return {
    name: engine.name,
    async search(query, options = {}) {
      const { scope, signal } = options;
      const question = readQuery(query, options);
      if (scope === undefined || question.query === "") return engine.search(query, options);

      const attempts: SearchAttempt[] = [];
      const tried = (status: SearchAttempt["status"], begun: number) => ({
        engine: engine.name,
        status,
        waitedMs: 0,
        milliseconds: Math.round(clock() - begun),
      });
      const page: Page = {
        store,
        namespace: namespaceOf(group ?? scope),
        key: keyOf(scope, engine.name, question),
        engine: engine.name,
        deadlineMs,
        signal,
        clock,
        tell: (problem) => attempts.push(problem),
      };
      const begun = clock();
      const entry = await readPage(page);
      if (entry?.status === "found" || entry?.status === "nothing") {
        const name = entry.attempts.at(-1)?.engine ?? engine.name;
        return {
          ...entry,
          attempts: [...entry.attempts, { ...tried(entry.status, begun), engine: name, from: "journal" }],
        };
      }
      if (entry?.status === "sent") {
        attempts.push(...entry.attempts);
        attempts.push({ ...tried("failed", clock()), from: "engine", failure: LOST });
      }
      // a store that could not be read is not waited for a second time before the search
      if (entry !== undefined) await writePage(page, { status: "sent", attempts });

      const outcome = await ask(engine, query, options, clock);
      const decided = outcome.attempts.slice(-1);
      attempts.push(...outcome.attempts.slice(0, -1));
      const answer = answerOf(outcome, [...attempts, ...decided]);
      if (answer !== null) await writePage(page, answer);
      else if (entry !== undefined) await eraseSent(page);
      return { ...outcome, attempts: [...attempts, ...decided] };
    },
  };
}

/** Removes every answer that was kept for a group, such as a thread that is deleted. */
export async function forgetSearches(store: BaseStore, group: string): Promise<void> {
  const namespace = namespaceOf(group);
  for (;;) {
    const items = await store.search(namespace, { limit: 100 });
    if (items.length === 0) return;
    await Promise.all(items.map(({ key }) => store.delete(namespace, key)));
  }
}

/** What is worth keeping of an outcome, field by field; `null` for a failure. */
function answerOf(outcome: SearchOutcome, attempts: readonly SearchAttempt[]): JournalEntry | null {
  if (outcome.status === "failed") return null;
  if (outcome.status === "nothing") return { status: "nothing", attempts };
  const results = outcome.results.map(({ title, url, text, date }) => ({
    title,
    url,
    text,
    ...(date !== undefined && { date }),
  }));
  return { status: "found", results, attempts };
}
