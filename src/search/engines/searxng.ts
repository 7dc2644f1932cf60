import { z } from "zod";
import { cleanLine } from "../clean-text.ts";
import { throwIfAborted } from "../deadline.ts";
import type { SearchEngine, SearchOutcome } from "../engine.ts";
import { readEndpoint } from "./wire/endpoint.ts";
import { type HttpOptions, requestJson } from "./wire/http.ts";
import { readIsoDate } from "./wire/iso-date.ts";
import { cutText, type ResultLimits, toOutcome } from "../limits.ts";
import { EMPTY_QUERY, readQuestion } from "../query.ts";
import type { Explanation, Refusal } from "./wire/refusal.ts";

/** Options of a SearXNG search, as its API names them (https://docs.searxng.org/dev/search_api.html). */
export interface SearxngOptions extends HttpOptions {
  /** The instance, such as `http://localhost:8080`. A user name and password in it are sent as basic auth. */
  readonly baseUrl: string;
  /** Such as `general`, `news`, `science`. Default: the instance's own. */
  readonly categories?: readonly string[];
  /** Such as `wikipedia`, `duckduckgo`. Default: those of the categories. */
  readonly engines?: readonly string[];
  /** Such as `en` or `de-DE`. Default: the instance's own. */
  readonly language?: string;
  readonly timeRange?: "day" | "month" | "year";
  /** 0 off, 1 moderate, 2 strict. Default: the instance's own. */
  readonly safeSearch?: 0 | 1 | 2;
  readonly limits?: ResultLimits;
}

const SERVICE = "SearXNG";
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
  const endpoint = readEndpoint(SERVICE, options.baseUrl, "search");
  return {
    name: "searxng",
    async search(query, searchOptions = {}) {
      throwIfAborted(searchOptions.signal);
      const question = readQuestion(query, searchOptions);
      if (question.query === "") return EMPTY_QUERY;
      const reply = await requestJson({
        ...options,
        service: SERVICE,
        url: searchUrl(endpoint.url, question.query, options),
        headers: endpoint.headers,
        schema: replySchema,
        explain: explainSearxng,
        secrets: endpoint.secrets,
        signal: searchOptions.signal,
      });
      if (reply.status === "failed") return reply;
      const unresponsive = reply.value.unresponsive_engines ?? [];
      if (reply.value.results.length === 0 && unresponsive.length > 0) return outage(unresponsive);
      const found = reply.value.results.map((result) => ({
        title: result.title ?? "",
        url: result.url ?? "",
        text: result.content ?? "",
        date: readIsoDate(result.publishedDate),
      }));
      return toOutcome(found, question.maxResults, options.limits);
    },
  };
}

function searchUrl(endpoint: URL, query: string, options: SearxngOptions): URL {
  const url = new URL(endpoint);
  const parameters = {
    q: query,
    format: "json",
    categories: options.categories?.join(","),
    engines: options.engines?.join(","),
    language: options.language,
    time_range: options.timeRange,
    safesearch: options.safeSearch?.toString(),
  };
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url;
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

function outage(unresponsive: readonly (readonly (string | null | undefined)[])[]): SearchOutcome {
  const reasons = unresponsive.map(([name, reason]) => `${name ?? "?"}: ${reason ?? "unknown"}`).join("; ");
  return {
    status: "failed",
    failure: {
      kind: "server-error",
      message: `SearXNG found nothing because its engines did not respond (${cutText(cleanLine(reasons), MAX_REASONS_BYTES)}). Ask again later, or choose other engines.`,
    },
  };
}
