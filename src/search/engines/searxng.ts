import { z } from "zod";
import { cleanLine } from "../clean-text.ts";
import { createHttpEngine, type HttpEngineOptions } from "./wire/http-engine.ts";
import type { SearchEngine, SearchFailure } from "../engine.ts";
import { readIsoDate } from "./wire/written-date.ts";
import { cutText } from "../outcome.ts";
import type { Explanation, Refusal } from "./wire/refusal.ts";

/** Options of a SearXNG search, as its API names them (https://docs.searxng.org/dev/search_api.html). */
export interface SearxngOptions extends HttpEngineOptions {
  /** The instance, such as `http://localhost:8080`. A user name and password in it are sent as basic auth. */
  readonly baseUrl: string;
  /** Such as `general`, `news`, `science`. Default: the instance's own. */
  readonly categories?: readonly string[] | undefined;
  /** Such as `wikipedia`, `duckduckgo`. Default: those of the categories. */
  readonly engines?: readonly string[] | undefined;
  /** Such as `en` or `de-DE`. Default: the instance's own. */
  readonly language?: string | undefined;
  readonly timeRange?: "day" | "month" | "year" | undefined;
  /** 0 off, 1 moderate, 2 strict. Default: the instance's own. */
  readonly safeSearch?: 0 | 1 | 2 | undefined;
}

const MAX_REASONS_BYTES = 300;

const replySchema = z.object({
  results: z.array(
    z.object({
      title: z.string().nullish(),
      url: z.string().nullish(),
      content: z.string().nullish(),
      publishedDate: z.string().nullish(),
    }),
  ),
  unresponsive_engines: z.array(z.array(z.string().nullish())).nullish(),
});

/**
 * Searches with an instance of SearXNG, `GET /search?format=json`. No result while engines of the instance did not
 * respond is a failure, not "nothing found".
 *
 * @throws AgenticRagError `settings-invalid` for a base URL that is none.
 */
export function createSearxngEngine(options: SearxngOptions): SearchEngine {
  return createHttpEngine({
    name: "searxng",
    service: "SearXNG",
    baseUrl: options.baseUrl,
    route: "search",
    options,
    request: ({ query }) => ({
      parameters: {
        q: query,
        format: "json",
        categories: options.categories?.join(","),
        engines: options.engines?.join(","),
        language: options.language,
        time_range: options.timeRange,
        safesearch: options.safeSearch?.toString(),
      },
    }),
    schema: replySchema,
    explain: explainSearxng,
    read: ({ results, unresponsive_engines }) =>
      results.length === 0 && unresponsive_engines?.length
        ? outage(unresponsive_engines)
        : results.map(({ title, url, content, publishedDate }) => ({
            title,
            url,
            text: content,
            date: readIsoDate(publishedDate),
          })),
  });
}

/** An instance answers 403 with a page, not JSON, when its settings do not allow the request. */
function explainSearxng({ status }: Refusal): Explanation | undefined {
  if (status === 403) {
    return {
      kind: "misconfigured",
      advice:
        "JSON is switched off there: set `search: formats: [html, json]` in its settings.yml, and `server: limiter: false` if it serves only you.",
    };
  }
  if (status === 429) {
    return {
      kind: "rate-limited",
      advice: "Wait, or set `server: limiter: false` in its settings.yml if it serves only you.",
    };
  }
  return undefined;
}

function outage(unresponsive: readonly (readonly (string | null | undefined)[])[]): SearchFailure {
  const reasons = unresponsive.map(([name, reason]) => `${name ?? "?"}: ${reason ?? "unknown"}`).join("; ");
  return {
    kind: "server-error",
    message: `SearXNG found nothing because its engines did not respond (${cutText(cleanLine(reasons), MAX_REASONS_BYTES)}). Ask again later, or choose other engines.`,
  };
}
