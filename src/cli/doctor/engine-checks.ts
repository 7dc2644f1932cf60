import type { SearchEngine } from "../../search/engine.ts";
import type { EngineName, Settings } from "../../settings.ts";
import { counted, duration } from "../amounts.ts";
import type { Check } from "./check.ts";

const QUERY = "open source";

/** The engine that runs use, really asked. */
export async function checkEngine(engine: SearchEngine, signal: AbortSignal): Promise<Check> {
  const started = performance.now();
  const outcome = await engine.search(QUERY, { maxResults: 3, signal });
  const name = `engine ${engine.name}`;
  const asked = `for ${JSON.stringify(QUERY)} in ${duration(performance.now() - started)}`;
  switch (outcome.status) {
    case "found":
      return { name, status: "ok", message: `found ${counted(outcome.results.length, "source")} ${asked}` };
    case "nothing":
      return engine.name === "local"
        ? { name, status: "ok", message: `found nothing ${asked}, which a few documents may not hold` }
        : {
            name,
            status: "warning",
            message: `found nothing ${asked}. Ask it something to see whether it works.`,
          };
    case "failed":
      return { name, status: "failed", message: outcome.failure.message };
  }
}

/** The engines that could be chosen too. They are not asked. */
export function checkOtherEngines({ engine, tavily, searxng, retriever }: Settings): readonly Check[] {
  const ready: readonly (readonly [EngineName, string | undefined])[] = [
    ["tavily", tavily.apiKey === undefined ? undefined : "TAVILY_API_KEY is set"],
    ["searxng", searxng.baseUrl === undefined ? undefined : "SEARXNG_BASE_URL is set"],
    ["retriever", retriever.baseUrl === undefined ? undefined : "RETRIEVER_BASE_URL is set"],
  ];
  return ready.flatMap(([name, reason]) =>
    reason === undefined || name === engine
      ? []
      : [
          {
            name: `engine ${name}`,
            status: "ok",
            message: `${reason}; choose it with --engine ${name} (not asked)`,
          },
        ],
  );
}
