import { z } from "zod";
import { createHttpEngine, type HttpEngineOptions } from "./wire/http-engine.ts";
import type { SearchEngine } from "../engine.ts";
import { readIsoDate } from "./wire/written-date.ts";
import { joinTexts } from "./wire/snippet.ts";
import { DEFAULT_MAX_RESULT_BYTES } from "../outcome.ts";
import { parseJson } from "../../net/json.ts";
import type { Explanation, Refusal } from "./wire/refusal.ts";

/** What of each page Exa sends. Both are used by default: the highlights, or the text where a page has none. */
export interface ExaContents {
  /** The beginning of the page. Default: as many characters as a result may have bytes. `false` leaves it out. */
  readonly text?: false | { readonly maxCharacters: number };
  /** Its passages that fit the query. Default `true`, as many as Exa chooses. */
  readonly highlights?: boolean | { readonly maxCharacters?: number; readonly query?: string };
}

/** Options of an Exa search, as its API names them (https://exa.ai/docs/reference/search). */
export interface ExaOptions extends HttpEngineOptions {
  readonly apiKey: string;
  /** Default `https://api.exa.ai`. */
  readonly baseUrl?: string | undefined;
  /** Default: Exa's own, `auto`. The deep ones take longer than the default deadline. */
  readonly type?: "auto" | "fast" | "instant" | "deep-lite" | "deep" | "deep-reasoning" | undefined;
  readonly includeDomains?: readonly string[] | undefined;
  readonly excludeDomains?: readonly string[] | undefined;
  /** Results published on or after this ISO date or time. */
  readonly startPublishedDate?: string | undefined;
  /** Results published on or before this ISO date or time. */
  readonly endPublishedDate?: string | undefined;
  /** Such as `news`, `company` or `research paper`. */
  readonly category?: string | undefined;
  /** Country of the searcher in two letters, such as `DE`. */
  readonly userLocation?: string | undefined;
  /** `true` leaves unsafe pages out. Default: Exa's own, `false`. */
  readonly moderation?: boolean | undefined;
  readonly contents?: ExaContents | undefined;
}

const replySchema = z.object({
  results: z
    .array(
      z.object({
        title: z.string().nullish(),
        url: z.string().nullish(),
        publishedDate: z.string().nullish(),
        text: z.string().nullish(),
        highlights: z.array(z.string().nullish()).nullish(),
      }),
    )
    .nullable(),
});

/**
 * Searches the web with Exa, `POST /search`. The text of a result is its highlights, or the beginning of the page where
 * it has none.
 *
 * @throws AgenticRagError `settings-invalid` for a base URL that is none.
 */
export function createExaEngine(options: ExaOptions): SearchEngine {
  const maxCharacters = options.limits?.maxResultBytes ?? DEFAULT_MAX_RESULT_BYTES;
  return createHttpEngine({
    name: "exa",
    service: "Exa",
    baseUrl: options.baseUrl ?? "https://api.exa.ai",
    route: "search",
    key: { header: "x-api-key", key: options.apiKey },
    options,
    request: ({ query, maxResults }) => ({
      body: {
        query,
        numResults: maxResults,
        type: options.type,
        includeDomains: options.includeDomains,
        excludeDomains: options.excludeDomains,
        startPublishedDate: options.startPublishedDate,
        endPublishedDate: options.endPublishedDate,
        category: options.category,
        userLocation: options.userLocation,
        moderation: options.moderation,
        contents: {
          text: options.contents?.text ?? { maxCharacters },
          highlights: options.contents?.highlights ?? true,
        },
      },
    }),
    schema: replySchema,
    explain: explainExa,
    read: ({ results }) =>
      (results ?? []).map(({ title, url, highlights, text, publishedDate }) => ({
        title,
        url,
        text: joinTexts(highlights ?? []) || text,
        date: readIsoDate(publishedDate),
      })),
  });
}

const errorSchema = z.object({ tag: z.string().nullish() });

/** Exa names the reason of a refusal in `tag` (https://exa.ai/docs/reference/error-codes). */
function explainExa({ status, body }: Refusal): Explanation | undefined {
  if (status === 401) {
    return { kind: "unauthorized", advice: "Check the API key: it is shown at https://dashboard.exa.ai." };
  }
  if (status === 403) {
    return {
      kind: "unauthorized",
      advice:
        "The key is known, but may not do this: check what its plan has, or leave out the options that are set.",
    };
  }
  if (status !== 402) return undefined;
  const tag = errorSchema.safeParse(parseJson(body)).data?.tag ?? "";
  const what = tag.endsWith("BUDGET_EXCEEDED")
    ? "The budget set for the key or team"
    : "The account's credit";
  return {
    kind: "quota-exceeded",
    advice: `${what} is used up: raise it at https://dashboard.exa.ai, or use another key or engine.`,
  };
}
