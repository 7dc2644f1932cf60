import { createEngine } from "../../assemble/engine.ts";
import { shownName, type EngineName } from "../../settings/engine-names.ts";
import { configuredEngines, hasNeed, needOf } from "../../settings/search.ts";
import type { SearchEngine, SearchFailure } from "../../search/engine.ts";
import type { HttpOptions } from "../../search/engines/wire/http.ts";
import type { Settings } from "../../settings/settings.ts";
import { counted, duration } from "../../view/amounts.ts";
import type { Check } from "./check.ts";

const QUERY = "open source";

/** Every engine that runs use, and every other one that is set up, really asked: once, and past any cache. */
export async function* checkEngines(
  settings: Settings,
  hasDocuments: boolean,
  { fetch, signal }: { readonly fetch: HttpOptions["fetch"]; readonly signal: AbortSignal },
): AsyncGenerator<Check> {
  const { search } = settings;
  // in a replay nobody is asked
  const chosen = search.replay === undefined ? search.engines : [];
  const others = configuredEngines(search).filter((name) => !chosen.includes(name));
  for (const name of [...chosen, ...others]) {
    // what is chosen and lacks something was told with the settings
    if (!hasNeed(search, name) || (name === "local" && !hasDocuments)) continue;
    const engine = createEngine(name, settings, fetch);
    const check = await checkEngine(name, engine, signal);
    await engine.close?.();
    yield chosen.includes(name) ? check : asAnother(check, name);
  }
}

/** Runs are well without it. */
function asAnother({ status, message, ...check }: Check, name: EngineName): Check {
  const advice = status === "ok" ? `; choose it with --engine ${name}` : ` It is set up, but not chosen.`;
  return { ...check, status: status === "failed" ? "warning" : status, message: message + advice };
}

/** The same settings with an engine that needs nothing and no file, for what has nothing to do with engines. */
export function withLocalSearch({ search, ...settings }: Settings): Settings {
  const { record: _record, replay: _replay, ...rest } = search;
  return { ...settings, search: { ...rest, engines: ["local"], cache: "off" } };
}

/** One engine, really asked. */
export async function checkEngine(
  asked: EngineName,
  engine: SearchEngine,
  signal: AbortSignal,
): Promise<Check> {
  const started = performance.now();
  const outcome = await engine.search(QUERY, { maxResults: 3, signal });
  const name = `engine ${shownName(asked)}`;
  const about = `for ${JSON.stringify(QUERY)} in ${duration(performance.now() - started)}`;
  switch (outcome.status) {
    case "found":
      return { name, status: "ok", message: `found ${counted(outcome.results.length, "source")} ${about}` };
    case "nothing":
      return asked === "local"
        ? { name, status: "ok", message: `found nothing ${about}, which a few documents may not hold` }
        : {
            name,
            status: "warning",
            message: `found nothing ${about}. Ask it something to see whether it works.`,
          };
    case "failed":
      return { name, status: "failed", message: outcome.failure.message + whatToSet(asked, outcome.failure) };
  }
}

/** The settings that it hangs on. */
function whatToSet(engine: EngineName, { kind, message }: SearchFailure): string {
  if (engine === "local") return "";
  if (/PROXY_/.test(message)) return " Proxies are named by HTTP_PROXY, HTTPS_PROXY and NO_PROXY.";
  const need = needOf(engine);
  const key = need?.endsWith("_API_KEY") === true ? need : undefined;
  const address = key === undefined && need !== undefined ? need : `${engine.toUpperCase()}_BASE_URL`;
  switch (kind) {
    case "unauthorized":
    case "quota-exceeded":
      return key === undefined ? "" : ` The key is ${key}.`;
    case "misconfigured":
      return key === undefined
        ? ` The address is ${address}.`
        : ` The key is ${key}, the address ${address}.`;
    case "unreachable":
    case "bad-reply":
      return ` The address is ${address}.`;
    case "rejected":
    case "rate-limited":
    case "timeout":
    case "server-error":
      return "";
  }
}
