import { z } from "zod";
import { explainBrave } from "./brave-refusal.ts";
import { createHttpEngine, type HttpEngineOptions } from "./wire/http-engine.ts";
import type { FoundResult } from "../outcome.ts";
import { shortenQuery } from "../query.ts";
import type { SearchEngine } from "../engine.ts";
import { joinTexts } from "./wire/snippet.ts";
import { readMarkedSnippet } from "./wire/snippet.ts";
import { readWrittenDate } from "./wire/written-date.ts";

/** Options of a Brave search, as its API names them (https://api-dashboard.search.brave.com/app/documentation/web-search/query). */
export interface BraveOptions extends HttpEngineOptions {
  /** Of a plan for web search; the plan for answers has a key of its own. */
  readonly apiKey: string;
  /** Default `https://api.search.brave.com/res/v1`. */
  readonly baseUrl?: string | undefined;
  /** Two letters, such as `DE`. Default: Brave's own, `US`. */
  readonly country?: string | undefined;
  /** Such as `en` or `zh-hans`. Default: Brave's own, `en`. */
  readonly searchLang?: string | undefined;
  /** Pages found in the last day, week, month or year, or between two days: `2025-01-01to2025-06-30`. */
  readonly freshness?: "pd" | "pw" | "pm" | "py" | `${string}to${string}` | undefined;
  /** Default: Brave's own, `moderate`. */
  readonly safesearch?: "off" | "moderate" | "strict" | undefined;
  /** Up to five more excerpts of each page; not in every plan. */
  readonly extraSnippets?: boolean | undefined;
}

const MAX_QUERY_CHARACTERS = 400;
const MAX_QUERY_WORDS = 50;
const MAX_RESULTS = 20;

const resultSchema = z.object({
  title: z.string().nullish(),
  url: z.string().nullish(),
  description: z.string().nullish(),
  page_age: z.string().nullish(),
  age: z.string().nullish(),
  extra_snippets: z.array(z.string().nullish()).nullish(),
});
/** A search that finds nothing may bring no `web` at all. */
const replySchema = z
  .object({
    type: z.string().nullish(),
    web: z.object({ results: z.array(resultSchema).nullish() }).nullish(),
  })
  .refine(({ type, web }) => type === "search" || web != null, "expected a search");

/**
 * Searches the web with Brave, `GET /web/search`. A query over 400 characters or 50 words is shortened at a word.
 *
 * @throws AgenticRagError `settings-invalid` for a base URL that is none.
 */
export function createBraveEngine(options: BraveOptions): SearchEngine {
  return createHttpEngine({
    name: "brave",
    service: "Brave Search",
    baseUrl: options.baseUrl ?? "https://api.search.brave.com/res/v1",
    route: "web/search",
    key: { header: "x-subscription-token", key: options.apiKey },
    options,
    request: ({ query, maxResults }) => ({
      parameters: {
        q: shortenQuery(query.split(" ").slice(0, MAX_QUERY_WORDS).join(" "), MAX_QUERY_CHARACTERS),
        count: Math.min(maxResults, MAX_RESULTS).toString(),
        result_filter: "web",
        text_decorations: "false",
        country: options.country,
        search_lang: options.searchLang,
        freshness: options.freshness,
        safesearch: options.safesearch,
        extra_snippets: options.extraSnippets?.toString(),
      },
    }),
    schema: replySchema,
    explain: explainBrave,
    read: ({ web }) => Promise.all((web?.results ?? []).slice(0, MAX_RESULTS).map(readResult)),
  });
}

async function readResult(result: z.infer<typeof resultSchema>): Promise<FoundResult> {
  const snippets = [result.description, ...(result.extra_snippets ?? [])];
  return {
    title: await readMarkedSnippet(result.title ?? ""),
    url: result.url,
    text: joinTexts(await Promise.all(snippets.map((snippet) => readMarkedSnippet(snippet ?? "")))),
    date: readWrittenDate(result.page_age) ?? readWrittenDate(result.age),
  };
}
