import { search as searchJson } from "jmespath";
import { z } from "zod";
import { AgenticRagError } from "../../errors.ts";
import type { SearchEngine, SearchFailure } from "../engine.ts";
import type { FoundResult } from "../outcome.ts";
import type { Query } from "../query.ts";
import type { KeyHeader } from "./wire/endpoint.ts";
import { createHttpEngine, type HttpEngineOptions } from "./wire/http-engine.ts";
import { joinTexts, readMarkedSnippet } from "./wire/snippet.ts";
import { readIsoDate } from "./wire/written-date.ts";

/** How an API of one's own is asked, and where in its reply the results stand. */
export interface HttpApiOptions extends HttpEngineOptions {
  /** Its address, with `{query}`, `{count}` and `{key}` in what stands behind `?`: `https://host/search?q={query}&size={count}`. */
  readonly url: string;
  /** JSON that is sent by POST, with the same in its strings; `"{count}"` alone becomes a number. Default: GET. */
  readonly body?: string | undefined;
  /**
   * JMESPath (https://jmespath.org) from the reply to a list of objects with `title`, `url`, `text` and `date`, all
   * optional: `hits.hits[].{title: _source.title, url: _source.url, text: _source.body}`. A list of texts is one text.
   */
  readonly results: string;
  /** Not sent in its header where address or body have a place for it. */
  readonly key?: KeyHeader | undefined;
}

const scalar = z.union([z.string(), z.number(), z.null()]);
const texts = z
  .union([scalar, z.array(scalar)])
  .optional()
  .transform((value) => [value ?? ""].flat().map((each) => each?.toString() ?? ""));
const resultSchema = z.object({ title: texts, url: texts, text: texts, date: texts });

/**
 * Searches any service that answers with JSON, such as Elasticsearch, OpenSearch, Meilisearch or Typesense.
 *
 * @throws AgenticRagError `settings-invalid` for an address, a body or an expression that is none, and where the query
 *   goes nowhere.
 */
export function createHttpApiEngine(options: HttpApiOptions): SearchEngine {
  const body = options.body === undefined ? undefined : readTemplate(options.body);
  const parameters = URL.canParse(options.url) ? new URL(options.url).search : "";
  const has = (place: string): boolean => parameters.includes(place) || (options.body ?? "").includes(place);
  if (!has("{query}"))
    throw invalid(
      "The engine http sends the query nowhere: write {query} behind the ? of its address, or into its body.",
    );
  requireExpression(options.results);
  const key = options.key?.key.trim() ?? "";
  const valuesOf = ({ query, maxResults }: Query) => ({ query, count: maxResults, key });
  return createHttpEngine({
    name: "http",
    service: "The search API",
    baseUrl: options.url,
    ...(options.key && !has("{key}") && { key: options.key }),
    secrets: key === "" ? [] : [key, encodeURIComponent(key)],
    options,
    request: (query) => {
      const values = valuesOf(query);
      return {
        search: filledText(parameters, values, encodeURIComponent),
        ...(body !== undefined && { body: filled(body, values) }),
      };
    },
    schema: z.unknown(),
    read: (reply, { described }) => readReply(reply, options.results, described),
  });
}

/** What stands for a name in braces. */
type Values = Readonly<Record<string, string | number>>;

function filledText(template: string, values: Values, written = (value: string) => value): string {
  return template.replaceAll(/\{(\w+)\}/g, (all, name: string) =>
    Object.hasOwn(values, name) ? written(String(values[name])) : all,
  );
}

function readTemplate(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw invalid(
      `The body of the engine http is no JSON. Write it as in {"query": "{query}", "limit": "{count}"}.`,
    );
  }
}

/** The values are put into strings that were read before, so that no query can add a field. */
function filled(template: unknown, values: Values): unknown {
  if (template === "{count}") return values["count"];
  if (typeof template === "string") return filledText(template, values);
  if (Array.isArray(template)) return template.map((each: unknown) => filled(each, values));
  if (typeof template !== "object" || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, filled(value, values)]));
}

function requireExpression(expression: string): void {
  try {
    searchJson({}, expression);
  } catch (error) {
    // what an expression makes of an empty reply is no fault of it
    if (!(error instanceof Error) || !["ParserError", "LexerError"].includes(error.name)) return;
    throw invalid(
      `The expression for the results of the engine http is no JMESPath: ${error.message}. Write it as in hits[].{title: title, url: url, text: content}.`,
    );
  }
}

async function readReply(
  reply: unknown,
  expression: string,
  described: string,
): Promise<readonly FoundResult[] | SearchFailure> {
  const list = z.array(resultSchema.nullable()).safeParse(evaluated(reply, expression));
  if (!list.success) return unfit(described, "no list of objects with title, url, text and date", reply);
  const results = await Promise.all(list.data.filter((each) => each !== null).map(readResult));
  if (results.length > 0 && results.every(({ title, text }) => title === "" && text === ""))
    return unfit(described, `neither a title nor a text in any of ${results.length} results`, reply);
  return results;
}

async function readResult({ title, url, text, date }: z.infer<typeof resultSchema>): Promise<FoundResult> {
  const [titles, pieces] = await Promise.all(
    [title, text].map((each) => Promise.all(each.map(readMarkedSnippet))),
  );
  return {
    title: titles?.join(" "),
    url: url[0],
    text: joinTexts(pieces ?? []),
    date: readIsoDate(date[0]),
  };
}

function evaluated(reply: unknown, expression: string): unknown {
  try {
    return searchJson(reply, expression);
  } catch {
    return undefined;
  }
}

const MAX_NAMES = 10;

function unfit(described: string, what: string, reply: unknown): SearchFailure {
  const names = typeof reply === "object" && reply !== null ? Object.keys(reply).slice(0, MAX_NAMES) : [];
  const has = names.length === 0 ? "" : ` The reply has ${names.join(", ").slice(0, 200)}.`;
  return {
    kind: "bad-reply",
    message: `${described} answered, and HTTP_SEARCH_RESULTS finds ${what} in it.${has} Mend the expression.`,
  };
}

function invalid(message: string): AgenticRagError {
  return new AgenticRagError("settings-invalid", message);
}
