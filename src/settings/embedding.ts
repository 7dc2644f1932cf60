import { z } from "zod";
import type { Secret } from "../secret.ts";
import { address, secret, type Given } from "./fields.ts";

/** The embedding model that documents are searched with, besides their words. */
export interface EmbeddingSettings {
  /** A server, or a file that is run in this process. */
  readonly from: { readonly baseUrl: string; readonly key?: Secret } | { readonly gguf: string };
  readonly model?: string;
  readonly queryPrefix?: string;
  readonly documentPrefix?: string;
}

const prefix = z.string().max(500).optional();

/** The settings of this room, in the order in which help shows them. */
export const embeddingFields = {
  AGENTIC_RAG_EMBEDDING_URL: address.describe(
    "address of an embedding server, such as http://127.0.0.1:11434/v1: documents are then searched by meaning, too",
  ),
  AGENTIC_RAG_EMBEDDING_MODEL: z.string().optional().describe("its model, where it needs one to be named"),
  AGENTIC_RAG_EMBEDDING_KEY: secret.describe("its key, sent as a bearer token"),
  AGENTIC_RAG_EMBEDDING_GGUF: z
    .string()
    .optional()
    .describe("a GGUF file of an embedding model to run in this process instead (needs node-llama-cpp)"),
  AGENTIC_RAG_EMBEDDING_QUERY_PREFIX: prefix.describe(
    "what the embedding model wants before each question, such as query: or search_query:",
  ),
  AGENTIC_RAG_EMBEDDING_DOCUMENT_PREFIX: prefix.describe(
    "and before each passage, such as passage: or search_document:",
  ),
};

const environmentSchema = z.object(embeddingFields);
const FURTHER = [
  "AGENTIC_RAG_EMBEDDING_MODEL",
  "AGENTIC_RAG_EMBEDDING_KEY",
  "AGENTIC_RAG_EMBEDDING_QUERY_PREFIX",
  "AGENTIC_RAG_EMBEDDING_DOCUMENT_PREFIX",
] as const;

/** What does not fit together, whether each part of it is well or not. */
export function embeddingProblems(given: Given): readonly string[] {
  const { AGENTIC_RAG_EMBEDDING_URL: url, AGENTIC_RAG_EMBEDDING_GGUF: gguf } = given;
  if (url !== undefined && gguf !== undefined) {
    return ["AGENTIC_RAG_EMBEDDING_URL and AGENTIC_RAG_EMBEDDING_GGUF are both set. Leave one of them out."];
  }
  if (url !== undefined || gguf !== undefined) return [];
  return FURTHER.filter((name) => given[name] !== undefined).map(
    (name) =>
      `${name} is set without AGENTIC_RAG_EMBEDDING_URL or AGENTIC_RAG_EMBEDDING_GGUF, which say where the embedding model is.`,
  );
}

/** Undefined where documents are searched by their words alone. */
export function embeddingSettings(env: z.infer<typeof environmentSchema>): EmbeddingSettings | undefined {
  const { AGENTIC_RAG_EMBEDDING_URL: baseUrl, AGENTIC_RAG_EMBEDDING_GGUF: gguf } = env;
  const { AGENTIC_RAG_EMBEDDING_KEY: key, AGENTIC_RAG_EMBEDDING_MODEL: model } = env;
  const { AGENTIC_RAG_EMBEDDING_QUERY_PREFIX: queryPrefix } = env;
  const { AGENTIC_RAG_EMBEDDING_DOCUMENT_PREFIX: documentPrefix } = env;
  const further = {
    ...(model !== undefined && { model }),
    ...(queryPrefix !== undefined && { queryPrefix }),
    ...(documentPrefix !== undefined && { documentPrefix }),
  };
  if (baseUrl !== undefined) return { from: { baseUrl, ...(key !== undefined && { key }) }, ...further };
  return gguf === undefined ? undefined : { from: { gguf }, ...further };
}
