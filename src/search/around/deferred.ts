import { AgenticRagError } from "../../errors.ts";
import { abortError, throwIfAborted } from "../deadline.ts";
import type { SearchEngine } from "../engine.ts";

/**
 * An engine that is opened by its first search, such as one whose index has to be read. All searches wait for the
 * same opening; when it fails, that search fails and the next one tries again.
 */
export function createDeferredEngine(name: string, open: () => Promise<SearchEngine>): SearchEngine {
  let opening: Promise<SearchEngine> | undefined;
  return {
    name,
    async search(query, options) {
      throwIfAborted(options?.signal);
      opening ??= open();
      try {
        const engine = await untilAborted(opening, options?.signal);
        return await engine.search(query, options);
      } catch (error) {
        if (!AgenticRagError.isInstance(error)) throw error;
        opening = undefined;
        return { status: "failed", failure: { kind: "misconfigured", message: error.message } };
      }
    },
  };
}

/** The value, unless the signal is aborted first: the work then goes on for those who still wait for it. */
export async function untilAborted<Value>(
  work: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  if (signal === undefined) return work;
  const done = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    const stop = (): void => reject(abortError(signal));
    signal.addEventListener("abort", stop, { once: true, signal: done.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    done.abort();
  }
}
