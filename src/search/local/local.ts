import { messageOf } from "../../errors.ts";
import type { SearchEngine } from "../engine.ts";
import { explainIndexError } from "./index-store.ts";
import { type ResultLimits, toOutcome, WEB_AND_FILES } from "../outcome.ts";
import type { LocalIndex } from "./local-index.ts";
import { createEngine } from "../query.ts";

export interface LocalEngineOptions {
  /** Stays the caller's: closing the index ends the engine. */
  readonly index: LocalIndex;
  readonly limits?: ResultLimits;
}

/** Searches an embedded index over the user's own documents. */
export function createLocalEngine(options: LocalEngineOptions): SearchEngine {
  const { index, limits } = options;
  return createEngine("local", ({ query, maxResults }) => {
    try {
      return toOutcome(index.find(query, maxResults), maxResults, limits, WEB_AND_FILES);
    } catch (error) {
      const message = messageOf(explainIndexError(index.file, error));
      return { status: "failed", failure: { kind: "misconfigured", message } };
    }
  });
}
