import { AgenticRagError, messageOf } from "../../errors.ts";
import { throwIfAborted } from "../../net/abort.ts";
import { createSharedWork } from "../../net/shared-work.ts";
import { cleanLine } from "../clean-text.ts";
import type { SearchEngine } from "../engine.ts";

/**
 * An engine that is opened by its first search, such as one whose index has to be read. All searches wait for the
 * same opening; when it fails, those searches fail and the next one tries again.
 */
export function createDeferredEngine(name: string, open: () => Promise<SearchEngine>): SearchEngine {
  const opened = createSharedWork(open, { forsaken: "finish" });
  return {
    name,
    async search(query, options) {
      let engine: SearchEngine;
      try {
        engine = await opened(options?.signal);
      } catch (error) {
        throwIfAborted(options?.signal);
        return { status: "failed", failure: { kind: "misconfigured", message: explain(name, error) } };
      }
      return engine.search(query, options);
    },
  };
}

function explain(name: string, error: unknown): string {
  if (AgenticRagError.isInstance(error)) return error.message;
  return `The search engine ${name} cannot be opened: ${cleanLine(messageOf(error))}. Check what it is opened with.`;
}
