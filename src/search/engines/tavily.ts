import { z } from "zod";
import { createHttpEngine, type HttpEngineOptions } from "./wire/http-engine.ts";
import { shortenQuery } from "../query.ts";
import type { SearchEngine } from "../engine.ts";
import { readIsoDate } from "./wire/written-date.ts";
import type { Explanation, Refusal } from "./wire/refusal.ts";

/** Options of a Tavily search, as its API names them (https://docs.tavily.com/documentation/api-reference/endpoint/search). */
export interface TavilyOptions extends HttpEngineOptions {
  readonly apiKey: string;
  /** Default `https://api.tavily.com`. */
  readonly baseUrl?: string | undefined;
  /** `advanced` costs two credits, the others one. Default: Tavily's own, `basic`. */
  readonly searchDepth?: "basic" | "advanced" | "fast" | "ultra-fast" | undefined;
  readonly topic?: "general" | "news" | "finance" | undefined;
  readonly timeRange?: "day" | "week" | "month" | "year" | undefined;
  /** Results published on or after this ISO date. */
  readonly startDate?: string | undefined;
  /** Results published on or before this ISO date. */
  readonly endDate?: string | undefined;
  readonly includeDomains?: readonly string[] | undefined;
  readonly excludeDomains?: readonly string[] | undefined;
  /** Name of a country whose results are preferred, such as `germany`; only with the topic `general`. */
  readonly country?: string | undefined;
}

const MAX_QUERY_CHARACTERS = 400;
const MAX_RESULTS = 20;

const replySchema = z.object({
  results: z.array(
    z.object({
      title: z.string().nullish(),
      url: z.string().nullish(),
      content: z.string().nullish(),
      published_date: z.string().nullish(),
    }),
  ),
});

/**
 * Searches the web with Tavily, `POST /search`. A query over 400 characters is shortened at a word.
 *
 * @throws AgenticRagError `settings-invalid` for a base URL that is none.
 */
export function createTavilyEngine(options: TavilyOptions): SearchEngine {
  return createHttpEngine({
    name: "tavily",
    service: "Tavily",
    baseUrl: options.baseUrl ?? "https://api.tavily.com",
    route: "search",
    key: { header: "authorization", scheme: "Bearer", key: options.apiKey },
    options,
    request: ({ query, maxResults }) => ({
      body: {
        query: shortenQuery(query, MAX_QUERY_CHARACTERS),
        max_results: Math.min(maxResults, MAX_RESULTS),
        search_depth: options.searchDepth,
        topic: options.topic,
        time_range: options.timeRange,
        start_date: options.startDate,
        end_date: options.endDate,
        include_domains: options.includeDomains,
        exclude_domains: options.excludeDomains,
        country: options.country,
      },
    }),
    schema: replySchema,
    explain: explainTavily,
    read: ({ results }) =>
      results.map(({ title, url, content, published_date }) => ({
        title,
        url,
        text: content,
        date: readIsoDate(published_date),
      })),
  });
}

/** 432 and 433 are Tavily's own: the limit of the plan or key, and that of pay-as-you-go. */
function explainTavily({ status }: Refusal): Explanation | undefined {
  if (status !== 432 && status !== 433) return undefined;
  const limit = status === 432 ? "plan or key" : "pay-as-you-go account";
  return {
    kind: "quota-exceeded",
    advice: `The limit of the ${limit} is reached: raise it at https://app.tavily.com, or use another engine.`,
  };
}
