import { AgenticRagError } from "../../errors.ts";
import { abortError, throwIfAborted } from "../deadline.ts";
import { cleanLine } from "../clean-text.ts";
import type { SearchEngine } from "../engine.ts";

/**
 * An engine that is opened by its first search, such as one whose index has to be read. All searches wait for the
 * same opening; when it fails, those searches fail and the next one tries again.
 */
export function createDeferredEngine(name: string, open: () => Promise<SearchEngine>): SearchEngine {
  let opening: Promise<SearchEngine> | undefined;
  const start = async (): Promise<SearchEngine> => open();
  return {
    name,
    async search(query, options) {
      throwIfAborted(options?.signal);
      const mine = (opening ??= start());
      let engine: SearchEngine;
      try {
        engine = await untilAborted(mine, options?.signal);
      } catch (error) {
        throwIfAborted(options?.signal);
        if (opening === mine) opening = undefined;
        return { status: "failed", failure: { kind: "misconfigured", message: explain(name, error) } };
      }
      return engine.search(query, options);
    },
  };
}

function explain(name: string, error: unknown): string {
  if (AgenticRagError.isInstance(error)) return error.message;
  const reason = cleanLine(error instanceof Error ? error.message : String(error));
  return `The search engine ${name} cannot be opened: ${reason}. Check what it is opened with.`;
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
