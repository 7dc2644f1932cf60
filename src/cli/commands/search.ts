import { assembleSearch } from "../../assemble/search.ts";
import { proxyFetchOf } from "../../assemble/assemble.ts";
import type { SearchSettings } from "../../settings/search.ts";
import type { SearchOutcome } from "../../search/engine.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { chooseSettings, requireIndex, withoutModel } from "../arguments/chosen-settings.ts";
import { EXIT_CODES } from "../terminal/exit-code.ts";
import { interruptible } from "../terminal/interruption.ts";
import { createProblemTeller, withoutKeys } from "../terminal/keys.ts";
import { printableJson } from "../terminal/printable.ts";
import { cacheState, showSearch, type Searched } from "../view/search-view.ts";
import type { Surroundings } from "../terminal/surroundings.ts";

/** Sends one query to the engine alone, without a model, shows what it finds, and gives the code to end with. */
export async function search(args: Arguments, surroundings: Surroundings): Promise<number> {
  const settings = chooseSettings(args, withoutModel(surroundings));
  await requireIndex(settings);
  const fetch = proxyFetchOf(settings);
  const { engine, close } = assembleSearch(settings, {
    ...(fetch !== undefined && { fetch }),
    onProblem: createProblemTeller(surroundings),
  });
  try {
    const query = args.words.join(" ");
    const searched = await interruptible(surroundings, async (signal): Promise<Searched> => {
      const begun = performance.now();
      const outcome = await engine.search(query, { maxResults: settings.limits.maxResults, signal });
      const milliseconds = Math.round(performance.now() - begun);
      const told = withoutKeysIn(outcome, surroundings);
      return { query, engine: engine.name, outcome: told, milliseconds, caches: caches(settings.search) };
    });
    if (args.switches.has("json")) surroundings.stdout.write(`${toJson(searched)}\n`);
    else showSearch(surroundings, args.switches.has("no-color"), searched);
    return searched.outcome.status === "found" ? EXIT_CODES.answered : EXIT_CODES.failed;
  } finally {
    close();
  }
}

/** Whether an answer could have come from a cache. */
function caches({ engines, cache, replay }: SearchSettings): boolean {
  return cache !== "off" && replay === undefined && engines.some((engine) => engine !== "local");
}

/** A server may repeat a key in its own words. */
function withoutKeysIn(outcome: SearchOutcome, { environment }: Surroundings): SearchOutcome {
  const hide = <Failure extends { readonly message: string }>(failure: Failure): Failure => ({
    ...failure,
    message: withoutKeys(failure.message, environment),
  });
  const attempts = outcome.attempts?.map(({ failure, ...attempt }) => ({
    ...attempt,
    ...(failure !== undefined && { failure: hide(failure) }),
  }));
  const told = attempts === undefined ? {} : { attempts };
  return outcome.status === "failed"
    ? { ...outcome, failure: hide(outcome.failure), ...told }
    : { ...outcome, ...told };
}

/** The keys are always there, in this order, but for `failure`, `note`, `respellings`, `embedding` and `reranking`. */
function toJson(searched: Searched): string {
  const { query, engine, outcome, milliseconds } = searched;
  return printableJson({
    query,
    engine,
    status: outcome.status,
    results: outcome.status === "found" ? outcome.results : [],
    ...(outcome.status === "failed" && { failure: outcome.failure }),
    attempts: outcome.attempts ?? [],
    ...(outcome.note !== undefined && { note: outcome.note }),
    ...(outcome.respellings !== undefined && { respellings: outcome.respellings }),
    ...(outcome.embedding !== undefined && { embedding: outcome.embedding }),
    ...(outcome.reranking !== undefined && { reranking: outcome.reranking }),
    cache: cacheState(searched),
    milliseconds,
  });
}
