import type { SearchEngine, SearchFailure } from "../../engine.ts";
import { type FoundResult, type ResultLimits, toOutcome } from "../../outcome.ts";
import { createEngine, type Query } from "../../query.ts";
import { type KeyHeader, readEndpoint } from "./endpoint.ts";
import { describeService, type HttpOptions, type JsonRequest, requestJson } from "./http.ts";

/** Options that every engine over HTTP has. */
export interface HttpEngineOptions extends HttpOptions {
  readonly limits?: ResultLimits | undefined;
}

/** A service that answers with JSON, and how it is asked and read. */
export interface HttpService<Reply> extends Pick<
  JsonRequest<Reply>,
  "headers" | "statusInBody" | "isAnswer" | "explain" | "schema"
> {
  /** Of the engine. */
  readonly name: string;
  /** The service as messages name it: `Tavily`. */
  readonly service: string;
  readonly baseUrl: string;
  /** Below the base URL; without it the base URL is asked itself. */
  readonly route?: string;
  readonly key?: KeyHeader;
  /** Never shown, besides the key and a password in the base URL. */
  readonly secrets?: readonly string[];
  readonly options: HttpEngineOptions;
  /**
   * What is sent for a query: parameters of the address (without those that are `undefined`) or all that stands behind its
   * `?`, or a body by POST.
   */
  readonly request: (query: Query) => {
    readonly search?: string;
    readonly parameters?: Readonly<Record<string, string | undefined>>;
    readonly body?: unknown;
  };
  /** What was found, best first; or why the reply is a failure all the same. */
  readonly read: (reply: Reply, about: Replied) => Found | Promise<Found>;
}

type Found = readonly FoundResult[] | SearchFailure;

interface Replied {
  /** The service and its address, as messages name it. */
  readonly described: string;
  readonly retryAfterMs: number | undefined;
}

/**
 * An engine over such a service.
 *
 * @throws AgenticRagError `settings-invalid` for a base URL that is none.
 */
export function createHttpEngine<Reply>(of: HttpService<Reply>): SearchEngine {
  const { service, options } = of;
  const endpoint = readEndpoint(service, of.baseUrl, of.route, of.key);
  return createEngine(of.name, async (query, { signal }) => {
    const { search, parameters = {}, body } = of.request(query);
    const reply = await requestJson({
      fetch: options.fetch,
      deadlineMs: options.deadlineMs,
      maxReplyBytes: options.maxReplyBytes,
      service,
      url: withParameters(endpoint.url, parameters, search),
      headers: { ...endpoint.headers, ...of.headers },
      body,
      schema: of.schema,
      statusInBody: of.statusInBody,
      isAnswer: of.isAnswer,
      explain: of.explain,
      secrets: [...endpoint.secrets, ...(of.secrets ?? [])],
      signal,
    });
    if (reply.status === "failed") return reply;
    const { value, retryAfterMs } = reply;
    const found = await of.read(value, {
      described: describeService({ service, url: endpoint.url }),
      retryAfterMs,
    });
    return "kind" in found
      ? { status: "failed", failure: found }
      : toOutcome(found, query.maxResults, options.limits);
  });
}

function withParameters(
  endpoint: URL,
  parameters: Readonly<Record<string, string | undefined>>,
  search = endpoint.search,
): URL {
  const url = new URL(endpoint);
  url.search = search;
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url;
}
