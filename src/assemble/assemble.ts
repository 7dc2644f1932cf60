import { pageReaderFor } from "./pages.ts";
import { assembleSearch, type SearchSurroundings } from "./search.ts";
import type { AgenticRagParts } from "../graph/parts.ts";
import { protocols } from "../protocol/index.ts";
import { createProxyFetch } from "../net/proxy.ts";
import type { Settings } from "../settings/settings.ts";
import { modelFor } from "./model.ts";

export { CORPUS_FOLDER } from "./articles.ts";

export type AssembleOptions = Pick<SearchSurroundings, "onProblem">;

/** The parts of an agent, and what ends with it. */
export interface AssembledParts extends AgenticRagParts {
  readonly limits: Settings["limits"];
  readonly searchAhead: boolean;
  /** Closes what searches keep in a file. Runs may go on, without it. */
  readonly close: () => void;
}

/** A `fetch` through the proxies of the settings; undefined where they name none. */
export function proxyFetchOf({ proxies = {} }: Pick<Settings, "proxies">): typeof fetch | undefined {
  const revealed = Object.entries(proxies).map(([name, value]) => [name, value.reveal()] as const);
  return createProxyFetch(Object.fromEntries(revealed));
}

/**
 * The parts of an agent as the settings name them. Nothing is contacted or read yet but a chat template's file;
 * further engines and protocols are at hand for runs that choose them.
 *
 * @throws AgenticRagError `settings-invalid` when the chosen engine or template lacks something.
 */
export function assemble(settings: Settings, { onProblem }: AssembleOptions = {}): AssembledParts {
  const fetch = proxyFetchOf(settings);
  const { engine, engines, close } = assembleSearch(settings, {
    ...(fetch !== undefined && { fetch }),
    ...(onProblem !== undefined && { onProblem }),
  });
  const pageReader = pageReaderFor(settings);
  return {
    protocol: protocols[settings.protocol],
    model: modelFor(settings, fetch),
    engine,
    ...(pageReader !== undefined && { pageReader }),
    limits: settings.limits,
    searchAhead: settings.searchAhead ?? true,
    protocols,
    engines,
    close,
  };
}
