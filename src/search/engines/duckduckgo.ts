import { throwIfAborted } from "../../net/abort.ts";
import { type DuckDuckGoPage, readDuckDuckGoPage } from "./duckduckgo-page.ts";
import type { SearchEngine, SearchFailure } from "../engine.ts";
import { readEndpoint } from "./wire/endpoint.ts";
import type { HttpEngineOptions } from "./wire/http-engine.ts";
import { isNestedTooDeep } from "../html/nesting.ts";
import { describeService, requestText, type TextReply } from "./wire/http.ts";
import { toOutcome } from "../outcome.ts";
import { createEngine, EMPTY_QUERY, shortenQuery } from "../query.ts";
import type { Explanation, Refusal } from "./wire/refusal.ts";

/** Options of a search with DuckDuckGo, which has no API: what is read is its page for browsers without scripts. */
export interface DuckDuckGoOptions extends HttpEngineOptions {
  /** Default `https://html.duckduckgo.com`. */
  readonly baseUrl?: string | undefined;
  /** Country and language, such as `us-en`, `de-de`. Default `wt-wt`: all. */
  readonly region?: string | undefined;
  readonly timeRange?: "day" | "week" | "month" | "year" | undefined;
  /** Default `Mozilla/5.0 (compatible; langgraph-agentic-rag)`. */
  readonly userAgent?: string | undefined;
}

const SERVICE = "DuckDuckGo";
const MAX_QUERY_CHARACTERS = 499;
const TIME_RANGES = { day: "d", week: "w", month: "m", year: "y" } as const;
const BLOCKED =
  "It takes us for a robot and blocks this address for a while, often an hour: wait and ask more seldom, or use an engine with a key or an instance of SearXNG.";

/**
 * Searches the web with DuckDuckGo, `POST /html/`, without a key: about ten results. It blocks addresses that ask
 * often, so this is for trying out and for fallback. `!bangs` are not followed. A query over 499 characters is
 * shortened at a word.
 *
 * @throws AgenticRagError `settings-invalid` for a base URL that is none.
 */
export function createDuckDuckGoEngine(options: DuckDuckGoOptions = {}): SearchEngine {
  const endpoint = readEndpoint(SERVICE, options.baseUrl ?? "https://html.duckduckgo.com", "html");
  const url = new URL(`${endpoint.url.href}/`);
  const headers = { ...browserHeaders(url, options), ...endpoint.headers };
  return createEngine("duckduckgo", async ({ query, maxResults }, { signal }) => {
    const words = withoutBangs(query);
    // nothing but a bang is nothing to search for
    if (words === "") return EMPTY_QUERY;
    const reply = await requestText({
      ...options,
      service: SERVICE,
      url,
      headers,
      form: searchForm(words, options),
      explain: explainDuckDuckGo,
      secrets: endpoint.secrets,
      signal,
    });
    if (reply.status === "failed") return reply;
    const page = await readPage(reply.value);
    throwIfAborted(signal);
    if (page.kind === "nothing") return { status: "nothing" };
    if (page.kind === "results") return toOutcome(page.results, maxResults, options.limits);
    const { httpStatus } = reply.value;
    return { status: "failed", failure: explainPage(page.kind, url, httpStatus, reply.retryAfterMs) };
  });
}

/** As a browser sends its form; without these the robot check strikes sooner. (`sec-fetch-mode` is `fetch`'s to write.) */
function browserHeaders(url: URL, options: DuckDuckGoOptions): Readonly<Record<string, string>> {
  return {
    accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "accept-language": "en-US,en;q=0.5",
    origin: url.origin,
    referer: `${url.origin}/`,
    "sec-fetch-dest": "document",
    "sec-fetch-site": "same-origin",
    "sec-fetch-user": "?1",
    "upgrade-insecure-requests": "1",
    "user-agent": options.userAgent ?? "Mozilla/5.0 (compatible; langgraph-agentic-rag)",
  };
}

function searchForm(words: string, { region, timeRange }: DuckDuckGoOptions): URLSearchParams {
  return new URLSearchParams({
    q: shortenQuery(words, MAX_QUERY_CHARACTERS),
    b: "",
    kl: region ?? "wt-wt",
    ...(timeRange === undefined ? {} : { df: TIME_RANGES[timeRange] }),
  });
}

/** `!w hafnium` and `\hafnium` are answered with a redirect to another site. */
function withoutBangs(query: string): string {
  return query
    .replace(/(^|\s)[!\\]+(?=\S)/gu, "$1")
    .replace(/^[!\\\s]+$/u, "")
    .trim();
}

async function readPage({ text, httpStatus }: TextReply): Promise<DuckDuckGoPage> {
  if (httpStatus === 202) return { kind: "challenge" };
  if (isNestedTooDeep(text)) return { kind: "unknown" };
  const { parsePage } = await import("../html/dom.ts");
  return readDuckDuckGoPage(parsePage(text));
}

function explainPage(
  kind: "challenge" | "unknown",
  url: URL,
  status: number,
  retryAfterMs: number | undefined,
): SearchFailure {
  const service = describeService({ service: SERVICE, url });
  if (kind === "challenge") {
    return {
      kind: "rate-limited",
      message: `${service} answered with a challenge instead of results. ${BLOCKED}`,
      status,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    };
  }
  return {
    kind: "bad-reply",
    message: `${service} answered with a page of an unknown form. Check that no login page or proxy answers in its place; if its pages have changed, use another engine.`,
    status,
  };
}

/** It has no keys: a refusal of these kinds is the same block as its challenge. */
function explainDuckDuckGo({ status }: Refusal): Explanation | undefined {
  return [403, 418, 429].includes(status) ? { kind: "rate-limited", advice: BLOCKED } : undefined;
}
