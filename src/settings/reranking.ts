import { z } from "zod";
import type { Secret } from "../secret.ts";
import { address, numberOr, secret, type Given } from "./fields.ts";

/** The reranker that orders what engines find. */
export interface RerankingSettings {
  readonly baseUrl: string;
  readonly model?: string;
  readonly key?: Secret;
  /** Results that it is given for each search. */
  readonly top: number;
}

/** The settings of this room, in the order in which help shows them. */
export const rerankingFields = {
  AGENTIC_RAG_RERANK_URL: address.describe(
    "address of a reranker that orders what engines find, such as http://127.0.0.1:8080 or https://api.cohere.com/v2: its route is /rerank",
  ),
  AGENTIC_RAG_RERANK_MODEL: z.string().optional().describe("its model, where it needs one to be named"),
  AGENTIC_RAG_RERANK_KEY: secret.describe("its key, sent as a bearer token"),
  AGENTIC_RAG_RERANK_TOP: numberOr(20, z.number().int().min(2).max(100)).describe(
    "results that it is given for each search",
  ),
};

const environmentSchema = z.object(rerankingFields);

/** What does not fit together, whether each part of it is well or not. */
export function rerankingProblems(given: Given): readonly string[] {
  if (given["AGENTIC_RAG_RERANK_URL"] !== undefined) return [];
  return ["AGENTIC_RAG_RERANK_MODEL", "AGENTIC_RAG_RERANK_KEY"]
    .filter((name) => given[name] !== undefined)
    .map((name) => `${name} is set without AGENTIC_RAG_RERANK_URL, which says where the reranker is.`);
}

/** Undefined where nothing is to be reranked. */
export function rerankingSettings(env: z.infer<typeof environmentSchema>): RerankingSettings | undefined {
  const {
    AGENTIC_RAG_RERANK_URL: baseUrl,
    AGENTIC_RAG_RERANK_MODEL: model,
    AGENTIC_RAG_RERANK_KEY: key,
  } = env;
  if (baseUrl === undefined) return undefined;
  const top = env.AGENTIC_RAG_RERANK_TOP;
  return { baseUrl, ...(model !== undefined && { model }), ...(key !== undefined && { key }), top };
}
