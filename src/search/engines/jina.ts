import { z } from "zod";
import { createHttpEngine, type HttpEngineOptions } from "./wire/http-engine.ts";
import { shortenQuery } from "../query.ts";
import type { SearchEngine } from "../engine.ts";
import { explainJina, isNothingFound, readJinaStatus } from "./jina-refusal.ts";
import { joinTexts } from "./wire/snippet.ts";
import { readWrittenDate } from "./wire/written-date.ts";

/** Options of a Jina search, as its API names them (https://jina.ai/reader). */
export interface JinaOptions extends HttpEngineOptions {
  readonly apiKey: string;
  /** Default `https://s.jina.ai`. */
  readonly baseUrl?: string | undefined;
  /** Default 30,000 where Jina reads the pages, for which it takes up to 25 seconds; else 15,000. */
  readonly deadlineMs?: number | undefined;
  /** `no-content` gives the snippets of the results only: quicker. Default: the text of each page as well. */
  readonly respondWith?: "no-content" | undefined;
  /** Default: the one that Jina chooses. */
  readonly provider?: "google" | "bing" | "reader" | undefined;
  /** Country of the searcher in two letters, such as `de`. */
  readonly gl?: string | undefined;
  /** Language of the searcher, such as `de`. */
  readonly hl?: string | undefined;
}

const READING_DEADLINE_MS = 30_000;
/** The query is part of the address, which servers cut at about 8,000 characters; one of it may need 9 there. */
const MAX_QUERY_CHARACTERS = 500;
const MAX_RESULTS = 20;

const replySchema = z.object({
  data: z
    .array(
      z.object({
        title: z.string().nullish(),
        url: z.string().nullish(),
        description: z.string().nullish(),
        content: z.string().nullish(),
        date: z.string().nullish(),
      }),
    )
    .nullable(),
});

/**
 * Searches the web with Jina, `GET /?q=`. The text of a result is its snippet and, unless `respondWith` is
 * `no-content`, the page as Markdown without images and link addresses. Each search costs 10,000 tokens or more. A
 * query over 500 characters is shortened at a word.
 *
 * @throws AgenticRagError `settings-invalid` for a base URL that is none.
 */
export function createJinaEngine(options: JinaOptions): SearchEngine {
  const readsPages = options.respondWith === undefined;
  return createHttpEngine({
    name: "jina",
    service: "Jina",
    baseUrl: options.baseUrl ?? "https://s.jina.ai",
    route: "",
    key: { header: "authorization", scheme: "Bearer", key: options.apiKey },
    headers: readsPages ? { "x-retain-images": "none", "x-md-link-style": "discarded" } : {},
    options: { ...options, deadlineMs: options.deadlineMs ?? (readsPages ? READING_DEADLINE_MS : undefined) },
    request: ({ query, maxResults }) => ({
      parameters: {
        q: shortenQuery(query, MAX_QUERY_CHARACTERS),
        num: Math.min(maxResults, MAX_RESULTS).toString(),
        respondWith: options.respondWith,
        provider: options.provider,
        gl: options.gl,
        hl: options.hl,
      },
    }),
    schema: replySchema,
    statusInBody: readJinaStatus,
    isAnswer: isNothingFound,
    explain: explainJina,
    read: ({ data }) =>
      (data ?? []).map(({ title, url, description, content, date }) => ({
        title,
        url,
        text: joinTexts([description, content]),
        date: readWrittenDate(date),
      })),
  });
}
