import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "../../errors.ts";
import type { SearchEngine } from "../engine.ts";
import { type ResultLimits, toOutcome, WEB_AND_FILES } from "../outcome.ts";
import type { DocumentIndex } from "./local-index.ts";
import { createEngine } from "../query.ts";
import { compareWithFolder, lackOf } from "./index-state.ts";
import { explainIndexError } from "./sqlite/index-store.ts";

export interface LocalEngineOptions {
  /** Stays the caller's: closing the index ends the engine. */
  readonly index: DocumentIndex;
  readonly limits?: ResultLimits;
}

/** Searches an index over the user's own documents. */
export function createLocalEngine(options: LocalEngineOptions): SearchEngine {
  const { index, limits } = options;
  const lack = createLackWatch(index);
  return createEngine("local", async ({ query, maxResults }) => {
    try {
      const { text, respellings } = await index.respell(query);
      const found = (await index.rank(text, maxResults)).map(({ result }) => result);
      const note = await lack();
      return {
        ...toOutcome(found, maxResults, limits, WEB_AND_FILES),
        ...(note !== undefined && { note }),
        ...(respellings.length > 0 && { respellings }),
      };
    } catch (error) {
      const message = messageOf(explainIndexError(index.place, error));
      return { status: "failed", failure: { kind: "misconfigured", message } };
    }
  });
}

const FRESH_MS = 10_000;
/** A folder that takes longer to list is compared beside the searches. */
const LISTING_MS = 1_000;

/** Tells what the index lacks against its folder, which is listed again every ten seconds at most. */
function createLackWatch(index: DocumentIndex): () => Promise<string | undefined> {
  if (index.place === ":memory:") return () => Promise.resolve(undefined);
  let known: string | undefined;
  let comparing: Promise<void> | undefined;
  let compared = -Infinity;

  async function compare(): Promise<void> {
    const states = await Promise.all((await index.builds()).map(compareWithFolder));
    const lacks = states.flatMap((state) => (state === undefined ? [] : (lackOf(state) ?? [])));
    known = lacks.length === 0 ? undefined : lacks.join(" ");
    compared = performance.now();
  }
  return async () => {
    if (performance.now() - compared < FRESH_MS) return known;
    comparing ??= compare()
      // a folder that cannot be compared is no reason to find nothing in its index
      .catch(() => undefined)
      .finally(() => {
        comparing = undefined;
      });
    await Promise.race([comparing, delay(LISTING_MS, undefined, { ref: false })]);
    return known;
  };
}
