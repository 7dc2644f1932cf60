import { z } from "zod";
import { throwIfAborted } from "../deadline.ts";
import type { SearchEngine } from "../engine.ts";
import { readEndpoint } from "./wire/endpoint.ts";
import { type HttpOptions, requestJson } from "./wire/http.ts";
import { readIsoDate } from "./wire/iso-date.ts";
import { type ResultLimits, toOutcome } from "../limits.ts";
import { EMPTY_QUERY, readQuestion, shortenQuery } from "../query.ts";
import type { Explanation, Refusal } from "./wire/refusal.ts";

/** Options of a Tavily search, as its API names them (https://docs.tavily.com/documentation/api-reference/endpoint/search). */
export interface TavilyOptions extends HttpOptions {
  readonly apiKey: string;
  /** Default `https://api.tavily.com`. */
  readonly baseUrl?: string;
  /** `advanced` costs two credits, the others one. Default: Tavily's own, `basic`. */
  readonly searchDepth?: "basic" | "advanced" | "fast" | "ultra-fast";
  readonly topic?: "general" | "news" | "finance";
  readonly timeRange?: "day" | "week" | "month" | "year";
  /** Results published on or after this ISO date. */
  readonly startDate?: string;
  /** Results published on or before this ISO date. */
  readonly endDate?: string;
  readonly includeDomains?: readonly string[];
  readonly excludeDomains?: readonly string[];
  /** Name of a country whose results are preferred, such as `germany`; only with the topic `general`. */
  readonly country?: string;
  readonly limits?: ResultLimits;
}

const SERVICE = "Tavily";
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
  const apiKey = options.apiKey.trim();
  const endpoint = readEndpoint(SERVICE, options.baseUrl ?? "https://api.tavily.com", "search");
  return {
    name: "tavily",
    async search(query, searchOptions = {}) {
      throwIfAborted(searchOptions.signal);
      const question = readQuestion(query, searchOptions);
      if (question.query === "") return EMPTY_QUERY;
      const reply = await requestJson({
        ...options,
        service: SERVICE,
        url: endpoint.url,
        headers: { authorization: `Bearer ${apiKey}` },
        body: {
          query: shortenQuery(question.query, MAX_QUERY_CHARACTERS),
          max_results: Math.min(question.maxResults, MAX_RESULTS),
          search_depth: options.searchDepth,
          topic: options.topic,
          time_range: options.timeRange,
          start_date: options.startDate,
          end_date: options.endDate,
          include_domains: options.includeDomains,
          exclude_domains: options.excludeDomains,
          country: options.country,
        },
        schema: replySchema,
        explain: explainTavily,
        secrets: [apiKey, ...endpoint.secrets],
        signal: searchOptions.signal,
      });
      if (reply.status === "failed") return reply;
      const found = reply.value.results.map((result) => ({
        title: result.title ?? "",
        url: result.url ?? "",
        text: result.content ?? "",
        date: readIsoDate(result.published_date),
      }));
      return toOutcome(found, question.maxResults, options.limits);
    },
  };
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
