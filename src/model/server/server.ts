import { createSharedWork } from "../../net/shared-work.ts";
import { createJsonClient } from "../exchange/json-client.ts";
import { keepAnswers } from "../exchange/kept-answers.ts";
import type { ServedModelOptions } from "../exchange/stream-request.ts";
import { createContextFinder, type ContextFinder } from "./context-size.ts";
import type { ServerDialect } from "./dialects.ts";
import { findDialect, type FoundDialect } from "./find.ts";

/** A server, and what it tells of itself. */
export interface AskedServer {
  /** Never throws but for an abort. */
  readonly dialect: (signal?: AbortSignal) => Promise<FoundDialect>;
  readonly context: ContextFinder;
}

/**
 * Asks a server what it is and how much its models take, each once, and only when that is wanted.
 *
 * @param dialect what the settings say that it is; `auto`: it is asked
 */
export function askServer(
  options: Omit<ServedModelOptions, "maxTokens">,
  dialect: ServerDialect | "auto",
): AskedServer {
  const { baseUrl, contextTokens } = options;
  const client = createJsonClient(options);
  const kept = keepAnswers(client);
  const found = createSharedWork((signal) => findDialect(kept, baseUrl, signal), {
    keeps: ({ certain }) => certain,
  });
  const known: AskedServer["dialect"] =
    dialect === "auto" ? found : () => Promise.resolve({ dialect, certain: true });
  const context = createContextFinder({
    client,
    kept,
    baseUrl,
    async dialect(signal) {
      const server = await known(signal);
      return server.certain ? server.dialect : undefined;
    },
    set: contextTokens,
  });
  return { dialect: known, context };
}
