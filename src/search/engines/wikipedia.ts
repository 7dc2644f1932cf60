import { z } from "zod";
import { AgenticRagError } from "../../errors.ts";
import { createHttpEngine, type HttpEngineOptions } from "./wire/http-engine.ts";
import type { FoundResult } from "../outcome.ts";
import { shortenQuery } from "../query.ts";
import type { SearchEngine } from "../engine.ts";
import { readIsoDate } from "./wire/written-date.ts";
import { readMarkedSnippet } from "./wire/snippet.ts";
import { explainMediaWiki, readMediaWikiError } from "./wikipedia-failure.ts";

/** Options of a search in Wikipedia, or in any other wiki that MediaWiki runs. */
export interface WikipediaOptions extends HttpEngineOptions {
  /** Language of the Wikipedia, as its address has it: `de`, `zh-yue`. Default `en`. */
  readonly language?: string | undefined;
  /** Another wiki: where its api.php is, such as `https://wiki.example.org/w`, with or without `/api.php`. */
  readonly baseUrl?: string | undefined;
  /**
   * Who asks, such as `my-agent/1.0 (https://example.org; me@example.org)`. Wikimedia asks for an address and slows or
   * blocks programs that do not say it. Default `langgraph-agentic-rag`.
   */
  readonly userAgent?: string | undefined;
}

const DEFAULT_USER_AGENT = "langgraph-agentic-rag";
const MAX_QUERY_CHARACTERS = 300;

const errorSchema = z.object({ error: z.object({ code: z.string(), info: z.string().nullish() }) });
const pageSchema = z.object({
  index: z.number().nullish(),
  title: z.string().nullish(),
  fullurl: z.string().nullish(),
  extract: z.string().nullish(),
  snippet: z.string().nullish(),
  timestamp: z.string().nullish(),
  missing: z.union([z.boolean(), z.string()]).nullish(),
});
type Page = z.infer<typeof pageSchema>;
/** A search that finds nothing brings no `query` at all. */
const answerSchema = z
  .object({
    batchcomplete: z.union([z.boolean(), z.string()]).optional(),
    query: z
      .object({
        pages: z.union([
          z.array(pageSchema),
          z.record(z.string(), pageSchema).transform(Object.values<Page>),
        ]),
      })
      .nullish(),
  })
  .refine(({ batchcomplete, query }) => batchcomplete !== undefined || query != null, "expected query");
const replySchema = z.union([errorSchema, answerSchema]);

/**
 * Searches a wiki with one request, `GET /api.php?action=query&generator=search`. The text of a result is the page's
 * introduction; where the wiki has no extracts, or beyond the 20 that it gives at once, the passage that matched. The
 * date is that of the page's last edit. A query over 300 characters is shortened at a word.
 *
 * @throws AgenticRagError `settings-invalid` for a base URL or language that is none.
 */
export function createWikipediaEngine(options: WikipediaOptions = {}): SearchEngine {
  return createHttpEngine({
    name: "wikipedia",
    service: "Wikipedia",
    baseUrl: options.baseUrl ?? wikipedia(options.language ?? "en"),
    route: "api.php",
    headers: { "user-agent": options.userAgent ?? DEFAULT_USER_AGENT },
    options,
    request: ({ query, maxResults }) => ({
      parameters: {
        action: "query",
        format: "json",
        formatversion: "2",
        generator: "search",
        gsrsearch: shortenQuery(query, MAX_QUERY_CHARACTERS),
        gsrlimit: maxResults.toString(),
        gsrprop: "snippet|timestamp",
        prop: "extracts|info",
        exintro: "1",
        explaintext: "1",
        exlimit: "max",
        inprop: "url",
        redirects: "1",
      },
    }),
    schema: replySchema,
    explain: explainMediaWiki,
    read: (reply, { described, retryAfterMs }) => {
      if ("error" in reply) return readMediaWikiError(described, reply.error, retryAfterMs);
      const pages = (reply.query?.pages ?? [])
        .filter(({ missing }) => missing == null || missing === false)
        .toSorted((one, other) => (one.index ?? Infinity) - (other.index ?? Infinity));
      return Promise.all(pages.map(readPage));
    },
  });
}

function wikipedia(language: string): string {
  if (!/^[a-z]{2,}(?:-[a-z]+)*$/u.test(language)) {
    throw new AgenticRagError(
      "settings-invalid",
      `There is no Wikipedia in the language ${JSON.stringify(language)}. Write it as its address does: en, de, zh-yue.`,
    );
  }
  return `https://${language}.wikipedia.org/w`;
}

async function readPage({ title, fullurl, extract, snippet, timestamp }: Page): Promise<FoundResult> {
  const introduction = extract?.trim() ?? "";
  return {
    title,
    url: fullurl,
    text: introduction === "" ? await readMarkedSnippet(snippet ?? "") : introduction,
    date: readIsoDate(timestamp),
  };
}
