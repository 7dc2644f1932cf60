import type { ContinuationModel } from "../model/model.ts";
import type { Protocol } from "../protocol/protocol.ts";
import { checkedEngine } from "./nodes/checked-search.ts";
import type { SearchEngine } from "../search/engine.ts";
import type { PageReader } from "../search/pages/page-reader.ts";
import { pick, type Ceilings, type Choices, type RunLimits } from "./context.ts";

/** What an agent is made of. */
export interface AgenticRagParts {
  readonly protocol: Protocol;
  /** A model, or what makes one for a protocol (the offline reader has to know which it speaks). */
  readonly model: ContinuationModel | ((protocol: Protocol) => ContinuationModel);
  readonly engine: SearchEngine;
  /** Opens pages, for runs that allow it (`maxPages`). Default: none can be opened. */
  readonly pageReader?: PageReader;
  /**
   * True: a search is sent the moment its query is written, while the model still writes the rest of its call. Leave it where
   * runs are stopped before `web-search` (`interruptBefore`), which no node can see; where a person is asked first
   * (`approveSearches`) nothing is sent ahead anyhow. Default: false.
   */
  readonly searchAhead?: boolean;
  /** Defaults of the limits; a run's context wins. With `approveSearches`, every run asks, whatever its context says. */
  readonly limits?: Partial<RunLimits>;
  /** What no run's context can exceed. Default: no ceiling. */
  readonly ceilings?: Ceilings;
  /** Names of models that a run may choose at the same endpoint. Default: any. */
  readonly models?: readonly string[];
  /** Further protocols that a run may choose by name. */
  readonly protocols?: Readonly<Record<string, Protocol>>;
  /** Further engines that a run may choose by name; each is made when it is first chosen. */
  readonly engines?: Readonly<Record<string, () => SearchEngine>>;
  /** The present moment, for the date in the prompt. Default: the system's clock. */
  readonly now?: () => Date;
  /** Milliseconds of a clock that never jumps, for budgets. Default: `performance.now`. */
  readonly clock?: () => number;
  /**
   * What the heads of a question's sources carry, so that no page can write one: four to six of a-z and 0-9, anew for
   * each question. Default: four that nobody can foresee. Give your own only where runs have to repeat exactly.
   */
  readonly boundary?: () => string;
}

/** The parts that one run uses. */
export interface ChosenParts {
  readonly protocol: Protocol;
  readonly model: ContinuationModel;
  readonly engine: SearchEngine;
}

/** The names that a run may choose, the default first. */
export function choicesOf({ protocol, protocols, engine, engines, models }: AgenticRagParts): Choices {
  return {
    ...(models !== undefined && { models }),
    protocols: [...new Set([protocol.name, ...Object.keys(protocols ?? {})])],
    engines: [...new Set([engine.name, ...Object.keys(engines ?? {})])],
  };
}

/** The names that a run chose; the default of what it left out. */
export interface Names {
  readonly protocol?: string | undefined;
  readonly engine?: string | undefined;
  readonly model?: string | undefined;
}

/** Chooses by name, and keeps what it made. */
export function createChooser(parts: AgenticRagParts): (names: Names) => ChosenParts {
  const protocols = { [parts.protocol.name]: parts.protocol, ...parts.protocols };
  const engines = { ...parts.engines, [parts.engine.name]: () => parts.engine };
  const madeEngines = new Map<string, SearchEngine>();
  const madeModels = new Map<string, ContinuationModel>();

  function modelFor(protocol: Protocol): ContinuationModel {
    if (typeof parts.model !== "function") return parts.model;
    const model = madeModels.get(protocol.name) ?? parts.model(protocol);
    madeModels.set(protocol.name, model);
    return model;
  }

  const models =
    parts.models === undefined ? undefined : Object.fromEntries(parts.models.map((name) => [name, name]));
  return (names) => {
    if (models !== undefined && names.model !== undefined) pick(models, names.model, "model");
    const protocol = pick(protocols, names.protocol ?? parts.protocol.name, "protocol");
    const name = names.engine ?? parts.engine.name;
    const engine = madeEngines.get(name) ?? checkedEngine(pick(engines, name, "search engine")());
    madeEngines.set(name, engine);
    return { protocol, model: modelFor(protocol), engine };
  };
}
