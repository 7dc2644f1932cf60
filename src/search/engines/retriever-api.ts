/** Whose retrieval server is asked. All are from the code that trains or evaluates a searching model. */
export type RetrieverApi = "search-r1" | "search-r1-rerank" | "re-search" | "r1-searcher" | "zerosearch";

interface Api {
  readonly route: string;
  /** The request for one query. More than one is never sent: the servers differ in how they answer two. */
  body(query: string, maxResults: number): unknown;
  /** A document that came as a mere string. */
  clean(document: string): string;
}

function asItIs(document: string): string {
  return document;
}

/**
 * - `search-r1`: `retrieval_server.py` and its web variants. Scores are always asked for, because it fails without.
 * - `search-r1-rerank`: `retrieval_rerank_server.py`, which fetches more documents than it gives after ranking.
 * - `re-search`: the server of ReSearch and ReCall.
 * - `r1-searcher`: its documents begin with the number that they have in its corpus.
 * - `zerosearch`: the one over Wikipedia.
 */
export const RETRIEVER_APIS: Readonly<Record<RetrieverApi, Api>> = {
  "search-r1": {
    route: "retrieve",
    body: (query, topk) => ({ queries: [query], topk, return_scores: true }),
    clean: asItIs,
  },
  "search-r1-rerank": {
    route: "retrieve",
    body: (query, count) => ({
      queries: [query],
      topk_retrieval: Math.max(10, 2 * count),
      topk_rerank: count,
      return_scores: true,
    }),
    clean: asItIs,
  },
  "re-search": {
    route: "search",
    body: (query, count) => ({ query, top_n: count, return_score: false }),
    clean: asItIs,
  },
  "r1-searcher": {
    route: "queries",
    body: (query, k) => ({ queries: [query], k }),
    clean: (document) => document.replace(/^\d+\s*/u, ""),
  },
  zerosearch: {
    route: "retrieve",
    body: (query, count) => ({ query, top_k: count }),
    clean: asItIs,
  },
};
