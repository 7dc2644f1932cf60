import { throwIfAborted } from "../deadline.ts";
import type { SearchEngine } from "../engine.ts";
import { explainIndexError } from "./index-store.ts";
import { type ResultLimits, toOutcome, WEB_AND_FILES } from "../limits.ts";
import type { LocalIndex } from "./local-index.ts";
import { EMPTY_QUERY, readQuestion } from "../query.ts";

export interface LocalEngineOptions {
  /** Stays the caller's: closing the index ends the engine. */
  readonly index: LocalIndex;
  readonly limits?: ResultLimits;
}

/** Searches an embedded index over the user's own documents. */
export function createLocalEngine(options: LocalEngineOptions): SearchEngine {
  const { index, limits } = options;
  return {
    name: "local",
    async search(query, searchOptions = {}) {
      throwIfAborted(searchOptions.signal);
      const question = readQuestion(query, searchOptions);
      if (question.query === "") return EMPTY_QUERY;
      try {
        const found = index.find(question.query, question.maxResults);
        return toOutcome(found, question.maxResults, limits, WEB_AND_FILES);
      } catch (error) {
        const explained = explainIndexError(index.file, error);
        const message = explained instanceof Error ? explained.message : String(explained);
        return { status: "failed", failure: { kind: "misconfigured", message } };
      }
    },
  };
}
