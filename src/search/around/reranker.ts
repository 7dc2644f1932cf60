import { z } from "zod";
import { cleanLine } from "../clean-text.ts";
import type { SearchFailure } from "../engine.ts";
import { readEndpoint } from "../engines/wire/endpoint.ts";
import { describeService, type HttpOptions, requestJson } from "../engines/wire/http.ts";

/** Scores how well texts answer a query. */
export interface Reranker {
  /** The model, or where it runs: kept with each search that it ordered. */
  readonly name: string;
  /**
   * One score for each text, the higher the better. Rejects only when the signal is aborted, with that signal's
   * AbortError.
   */
  score(
    query: string,
    texts: readonly string[],
    options: { readonly signal?: AbortSignal | undefined; readonly deadlineMs: number },
  ): Promise<Scored>;
}

export type Scored =
  | { readonly status: "scored"; readonly scores: readonly number[] }
  | { readonly status: "failed"; readonly failure: SearchFailure };

/** Options of a reranker behind a `/rerank` route. */
export interface HttpRerankerOptions extends HttpOptions {
  /** Such as `http://127.0.0.1:8080` or `https://api.cohere.com/v2`, with or without the route (`/rerank`). */
  readonly baseUrl: string;
  /** Needed by hosted services, and by servers with several models. Default: none is named. */
  readonly model?: string | undefined;
  /** Sent as a bearer token. */
  readonly apiKey?: string | undefined;
}

const SERVICE = "The reranker";
/** Longest exchange: texts are scored while a search is waited for. */
const DEFAULT_DEADLINE_MS = 10_000;

/** Of all of them: one entry for each text, in any order. */
const replySchema = z.object({
  results: z.array(z.object({ index: z.int().min(0), relevance_score: z.number() })),
});

/**
 * A reranker as llama.cpp (`llama-server --reranking`), vLLM, Jina and Cohere (v2) serve it. A reply that does not score
 * each text once is a failure.
 *
 * https://docs.cohere.com/v2/reference/rerank, https://jina.ai/reranker, tools/server/README.md of llama.cpp,
 * https://docs.vllm.ai (Rerank API)
 *
 * @throws AgenticRagError `settings-invalid` for a base URL that is none.
 */
export function createHttpReranker(options: HttpRerankerOptions): Reranker {
  const { baseUrl, model, apiKey, fetch, maxReplyBytes } = options;
  const key = apiKey === undefined ? undefined : { header: "authorization", scheme: "Bearer", key: apiKey };
  const { url, headers, secrets } = readEndpoint(SERVICE, baseUrl, "rerank", key);
  const described = describeService({ service: SERVICE, url });

  function inOrder(results: z.infer<typeof replySchema>["results"], texts: number): Scored {
    const scores = new Map(results.map(({ index, relevance_score }) => [index, relevance_score]));
    const ordered = Array.from({ length: texts }, (_, index) => scores.get(index) ?? Number.NaN);
    if (results.length === texts && !ordered.some(Number.isNaN)) return { status: "scored", scores: ordered };
    const message = `${described} answered with ${results.length} scores for ${texts} texts, or not with one for each. Check that it is a reranker's address.`;
    return { status: "failed", failure: { kind: "bad-reply", message } };
  }
  return {
    name: model === undefined ? url.host : cleanLine(model),
    async score(query, documents, { signal, deadlineMs }) {
      const reply = await requestJson({
        fetch,
        deadlineMs: Math.min(deadlineMs, options.deadlineMs ?? DEFAULT_DEADLINE_MS),
        maxReplyBytes,
        service: SERVICE,
        url,
        headers,
        secrets,
        body: { ...(model !== undefined && { model }), query, documents, top_n: documents.length },
        schema: replySchema,
        signal,
      });
      return reply.status === "failed" ? reply : inOrder(reply.value.results, documents.length);
    },
  };
}
