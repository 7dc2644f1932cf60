import { parseJson } from "../../../src/net/json.ts";
import { json } from "../engines/wire/http-harness.ts";
import type { Answer, RecordedRequest } from "../../servers/wire-server.ts";

/** What a request to a reranker holds, as it came. */
export interface RerankRequest {
  readonly model?: unknown;
  readonly query?: unknown;
  readonly documents?: unknown;
  readonly top_n?: unknown;
}

export const RERANK_KEY = "rr-0123456789abcdef";

/** A service with a `/rerank` route: what it refuses, and how it writes the scores of the texts. */
export interface RerankTwin {
  readonly path: string;
  readonly needsKey: boolean;
  readonly refuse: (body: RerankRequest) => { readonly status: number; readonly body: unknown } | undefined;
  readonly reply: (scores: readonly number[], texts: readonly string[]) => unknown;
}

const byScore = (scores: readonly number[]): { index: number; relevance_score: number }[] =>
  scores
    .map((relevance_score, index) => ({ index, relevance_score }))
    .sort((a, b) => b.relevance_score - a.relevance_score);

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every((text) => typeof text === "string");

const usage = { prompt_tokens: 40, total_tokens: 40 };

export const TWINS: Readonly<Record<"llamacpp" | "vllm" | "jina" | "cohere", RerankTwin>> = {
  // tools/server/server.cpp: in the order of the texts in older builds
  llamacpp: {
    path: "/rerank",
    needsKey: false,
    refuse: ({ query, documents }) =>
      typeof query !== "string" || !isTexts(documents)
        ? {
            status: 400,
            body: {
              error: {
                code: 400,
                message: '"documents" must be a non-empty string array',
                type: "invalid_request_error",
              },
            },
          }
        : undefined,
    reply: (scores) => ({
      model: "gguf",
      object: "list",
      usage,
      results: scores.map((relevance_score, index) => ({ index, relevance_score })),
    }),
  },
  // vllm/entrypoints/pooling/score: the model has to be the one that is served
  vllm: {
    path: "/v1/rerank",
    needsKey: false,
    refuse: ({ model, documents }) =>
      model !== "BAAI/bge-reranker-v2-m3"
        ? {
            status: 404,
            body: {
              error: {
                message: `The model \`${String(model)}\` does not exist.`,
                type: "NotFoundError",
                param: "model",
                code: 404,
              },
            },
          }
        : isTexts(documents)
          ? undefined
          : { status: 400, body: { error: { message: "documents: Field required" } } },
    reply: (scores, texts) => ({
      id: "score-1",
      model: "BAAI/bge-reranker-v2-m3",
      usage,
      results: byScore(scores).map((row) => ({
        ...row,
        document: { text: texts[row.index], multi_modal: null },
      })),
    }),
  },
  jina: {
    path: "/v1/rerank",
    needsKey: true,
    refuse: ({ model, documents }) =>
      typeof model === "string" && isTexts(documents)
        ? undefined
        : { status: 422, body: { detail: "[validation_error] model: Field required" } },
    reply: (scores) => ({
      model: "jina-reranker-v3",
      object: "list",
      usage: { total_tokens: 40 },
      results: byScore(scores),
    }),
  },
  cohere: {
    path: "/v2/rerank",
    needsKey: true,
    refuse: ({ model, documents, ...rest }) => {
      const unknown = Object.keys(rest).filter(
        (name) => !["query", "top_n", "max_tokens_per_doc"].includes(name),
      );
      if (typeof model !== "string") return { status: 400, body: { id: "1", message: "model is required" } };
      if (!isTexts(documents)) return { status: 400, body: { id: "1", message: "documents is required" } };
      return unknown.length === 0
        ? undefined
        : { status: 400, body: { id: "1", message: `unknown field: ${unknown.join(", ")}` } };
    },
    reply: (scores) => ({
      id: "1",
      results: byScore(scores),
      meta: { api_version: { version: "2" }, billed_units: { search_units: 1 } },
    }),
  },
};

/** Serves a twin that scores a text by how often it has a word. */
export function rerankBy(twin: RerankTwin, word: string): Answer {
  return (response, request) => {
    if (twin.needsKey && request.headers["authorization"] !== `Bearer ${RERANK_KEY}`) {
      json('{"message":"invalid api token"}', 401)(response, request);
      return;
    }
    if (request.path !== twin.path) {
      json('{"detail":"Not Found"}', 404)(response, request);
      return;
    }
    const body = bodyOf(request);
    const refusal = twin.refuse(body);
    const texts = isTexts(body.documents) ? body.documents : [];
    const answer =
      refusal?.body ??
      twin.reply(
        texts.map((text) => text.split(word).length - 1),
        texts,
      );
    json(JSON.stringify(answer), refusal?.status ?? 200)(response, request);
  };
}

export function bodyOf(request: Pick<RecordedRequest, "body">): RerankRequest {
  const body = parseJson(request.body);
  return typeof body === "object" && body !== null ? body : {};
}
