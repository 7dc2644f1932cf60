import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "../../errors.ts";
import { throwIfAborted } from "../../net/abort.ts";
import type { SearchEngine } from "../engine.ts";
import { type ResultLimits, toOutcome, WEB_AND_FILES } from "../outcome.ts";
import type { DocumentIndex } from "./local-index.ts";
import { createEngine } from "../query.ts";
import { compareWithFolder, lackOf } from "./index-state.ts";
import { explainIndexError } from "./sqlite/index-store.ts";
import { fuse } from "./vectors/fusion.ts";
import type { Meaning } from "./vectors/meaning.ts";

export interface LocalEngineOptions {
  /** Stays the caller's: closing the index ends the engine. */
  readonly index: DocumentIndex;
  readonly limits?: ResultLimits;
  /** Finds passages by what they mean, too: both orders are fused. Stays the caller's. Default: words alone. */
  readonly meaning?: Meaning | undefined;
}

/** Documents of each order that are fused. */
const FUSED = 50;

/** Searches an index over the user's own documents. */
export function createLocalEngine(options: LocalEngineOptions): SearchEngine {
  const { index, limits, meaning } = options;
  const lack = createLackWatch(index);
  return createEngine("local", async ({ query, maxResults }, { signal }) => {
    try {
      const { text, respellings } = await index.respell(query);
      const near = await meaning?.nearest(query, Math.max(maxResults, FUSED), signal);
      const wanted = near?.results === undefined ? maxResults : Math.max(maxResults, FUSED);
      const byWords = (await index.rank(text, wanted)).map(({ result }) => result);
      const found = near?.results === undefined ? byWords : fuse(byWords, near.results);
      const notes = [await lack(), near?.note].filter((one) => one !== undefined);
      return {
        ...toOutcome(found, maxResults, limits, WEB_AND_FILES),
        ...(notes.length > 0 && { note: notes.join(" ") }),
        ...(near?.model !== undefined && { embedding: near.model }),
        ...(respellings.length > 0 && { respellings }),
      };
    } catch (error) {
      throwIfAborted(signal);
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
