import { z } from "zod";
import { createHttpEngine, type HttpEngineOptions } from "./wire/http-engine.ts";
import type { FoundResult } from "../outcome.ts";
import { shortenQuery } from "../query.ts";
import type { SearchEngine } from "../engine.ts";
import { joinTexts } from "./wire/snippet.ts";
import type { Explanation, Refusal } from "./wire/refusal.ts";
import { readWrittenDate } from "./wire/written-date.ts";

/** Options of a Serper search, as its API names them (https://serper.dev/playground). */
export interface SerperOptions extends HttpEngineOptions {
  readonly apiKey: string;
  /** Default `https://google.serper.dev`. */
  readonly baseUrl?: string | undefined;
  /** Country of the searcher in two letters, such as `de`. Default: Serper's own, `us`. */
  readonly gl?: string | undefined;
  /** Language of Google's page, such as `de` or `zh-cn`. Default: Serper's own, `en`. */
  readonly hl?: string | undefined;
  /** Place of the searcher, such as `Austin, Texas, United States`. */
  readonly location?: string | undefined;
  /** Google's own filters: `qdr:d`, `qdr:w`, `qdr:m` and `qdr:y` are the last day, week, month and year. */
  readonly tbs?: string | undefined;
  /** `false` searches for what was asked even where Google would correct its spelling. */
  readonly autocorrect?: boolean | undefined;
}

/** Google takes no longer query. */
const MAX_QUERY_CHARACTERS = 2_048;
/** Google gives no more on one page. */
const MAX_RESULTS = 100;

const text = z.string().nullish();
const organicSchema = z.object({ title: text, link: text, snippet: text, date: text });
/** Extras come in many forms; one that is unknown must not cost the results. */
const answerBoxSchema = z.object({ title: text, link: text, answer: text, snippet: text, date: text });
const knowledgeGraphSchema = z.object({
  title: text,
  description: text,
  descriptionLink: text,
  website: text,
});
const replySchema = z
  .object({
    searchParameters: z.looseObject({}).nullish(),
    answerBox: answerBoxSchema.nullish().catch(undefined),
    knowledgeGraph: knowledgeGraphSchema.nullish().catch(undefined),
    organic: z.array(organicSchema).nullish(),
  })
  .refine(({ searchParameters, organic }) => searchParameters != null || organic != null, "expected organic");
type SerperReply = z.infer<typeof replySchema>;

/**
 * Searches Google with Serper, `POST /search`. Google's answer box and the description in its knowledge graph come
 * first where they say which page they are from; what is said of one page is one result.
 *
 * @throws AgenticRagError `settings-invalid` for a base URL that is none.
 */
export function createSerperEngine(options: SerperOptions): SearchEngine {
  return createHttpEngine({
    name: "serper",
    service: "Serper",
    baseUrl: options.baseUrl ?? "https://google.serper.dev",
    route: "search",
    key: { header: "x-api-key", key: options.apiKey },
    options,
    request: ({ query, maxResults }) => ({
      body: {
        q: shortenQuery(query, MAX_QUERY_CHARACTERS),
        num: maxResults,
        gl: options.gl,
        hl: options.hl,
        location: options.location,
        tbs: options.tbs,
        autocorrect: options.autocorrect,
      },
    }),
    schema: replySchema,
    explain: explainSerper,
    read: (reply) => joinByUrl(readResults(reply)),
  });
}

function readResults({ answerBox, knowledgeGraph, organic }: SerperReply): readonly FoundResult[] {
  const answer = {
    title: answerBox?.title,
    url: answerBox?.link,
    text: joinTexts([answerBox?.answer, answerBox?.snippet]),
    date: readWrittenDate(answerBox?.date),
  };
  const description = {
    title: knowledgeGraph?.title,
    url: knowledgeGraph?.descriptionLink ?? knowledgeGraph?.website,
    text: knowledgeGraph?.description,
  };
  const pages = (organic ?? []).slice(0, MAX_RESULTS).map(({ title, link, snippet, date }) => ({
    title,
    url: link,
    text: snippet,
    date: readWrittenDate(date),
  }));
  return [...[answer, description].filter((extra) => extra.url && extra.text), ...pages];
}

/** One result for each URL, where its first one stands, with the texts of all. Those without a URL stay as they are. */
function joinByUrl(results: readonly FoundResult[]): readonly FoundResult[] {
  const joined = new Map<string, FoundResult>();
  for (const [index, result] of results.entries()) {
    const key = result.url || `${index}`;
    const first = joined.get(key);
    joined.set(
      key,
      first === undefined
        ? result
        : {
            title: first.title || result.title,
            url: first.url,
            text: joinTexts([first.text, result.text]),
            date: first.date ?? result.date,
          },
    );
  }
  return [...joined.values()];
}

/** A spent account is a bad request to Serper: only the words tell it from a query that it does not take. */
function explainSerper({ status, body }: Refusal): Explanation | undefined {
  if (status === 401 || status === 403) {
    return { kind: "unauthorized", advice: "Check the API key: it is shown at https://serper.dev/api-keys." };
  }
  if (status === 400 && /not enough credits/iu.test(body)) {
    return {
      kind: "quota-exceeded",
      advice: "Buy credits at https://serper.dev/billing, or use another key or engine.",
    };
  }
  return undefined;
}
