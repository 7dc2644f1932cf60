import { z } from "zod";
import { throwIfAborted } from "../deadline.ts";
import type { SearchEngine } from "../engine.ts";
import { readEndpoint } from "./wire/endpoint.ts";
import { type HttpOptions, requestJson } from "./wire/http.ts";
import { explainJina, isNothingFound, readJinaStatus } from "./jina-refusal.ts";
import { joinTexts } from "./wire/join-texts.ts";
import { type ResultLimits, toOutcome } from "../limits.ts";
import { EMPTY_QUERY, readQuestion, shortenQuery } from "../query.ts";
import { readWrittenDate } from "./wire/written-date.ts";

/** Options of a Jina search, as its API names them (https://jina.ai/reader). */
export interface JinaOptions extends HttpOptions {
  readonly apiKey: string;
  /** Default `https://s.jina.ai`. */
  readonly baseUrl?: string;
  /** Default 30,000 where Jina reads the pages, for which it takes up to 25 seconds; else 15,000. */
  readonly deadlineMs?: number;
  /** `no-content` gives the snippets of the results only: quicker. Default: the text of each page as well. */
  readonly respondWith?: "no-content";
  /** Default: the one that Jina chooses. */
  readonly provider?: "google" | "bing" | "reader";
  /** Country of the searcher in two letters, such as `de`. */
  readonly gl?: string;
  /** Language of the searcher, such as `de`. */
  readonly hl?: string;
  readonly limits?: ResultLimits;
}

const SERVICE = "Jina";
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
  const apiKey = options.apiKey.trim();
  const endpoint = readEndpoint(SERVICE, options.baseUrl ?? "https://s.jina.ai", "");
  const readsPages = options.respondWith === undefined;
  const pageHeaders = readsPages ? { "x-retain-images": "none", "x-md-link-style": "discarded" } : {};
  const deadlineMs = options.deadlineMs ?? (readsPages ? READING_DEADLINE_MS : undefined);
  return {
    name: "jina",
    async search(query, searchOptions = {}) {
      throwIfAborted(searchOptions.signal);
      const question = readQuestion(query, searchOptions);
      if (question.query === "") return EMPTY_QUERY;
      const reply = await requestJson({
        ...options,
        ...(deadlineMs === undefined ? {} : { deadlineMs }),
        service: SERVICE,
        url: searchUrl(endpoint.url, question.query, question.maxResults, options),
        headers: { authorization: `Bearer ${apiKey}`, ...pageHeaders },
        schema: replySchema,
        refusedIn: readJinaStatus,
        isAnswer: isNothingFound,
        explain: explainJina,
        secrets: [apiKey, ...endpoint.secrets],
        signal: searchOptions.signal,
      });
      if (reply.status === "failed") return reply;
      const found = (reply.value.data ?? []).map((result) => ({
        title: result.title ?? "",
        url: result.url ?? "",
        text: joinTexts([result.description, result.content]),
        date: readWrittenDate(result.date),
      }));
      return toOutcome(found, question.maxResults, options.limits);
    },
  };
}

function searchUrl(endpoint: URL, query: string, maxResults: number, options: JinaOptions): URL {
  const url = new URL(endpoint);
  const parameters = {
    q: shortenQuery(query, MAX_QUERY_CHARACTERS),
    num: Math.min(maxResults, MAX_RESULTS).toString(),
    respondWith: options.respondWith,
    provider: options.provider,
    gl: options.gl,
    hl: options.hl,
  };
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url;
}
