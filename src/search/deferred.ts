import { AgenticRagError } from "../errors.ts";
import { throwIfAborted } from "./deadline.ts";
import type { SearchEngine } from "./engine.ts";

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
        const engine = await opening;
        throwIfAborted(options?.signal);
        return await engine.search(query, options);
      } catch (error) {
        if (!AgenticRagError.isInstance(error)) throw error;
        opening = undefined;
        return { status: "failed", failure: { kind: "misconfigured", message: error.message } };
      }
    },
  };
}
