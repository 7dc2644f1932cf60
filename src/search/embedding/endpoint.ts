import { z } from "zod";
import { cleanLine } from "../clean-text.ts";
import { readEndpoint } from "../engines/wire/endpoint.ts";
import { describeService, type HttpOptions, requestJson } from "../engines/wire/http.ts";
import { type Embedder, embeddingFailed, prefixed, type Prefixes, toVectors } from "./embedder.ts";

export interface EndpointEmbedderOptions extends HttpOptions, Prefixes {
  /** Such as `http://127.0.0.1:11434/v1`, with or without the route (`/embeddings`). A bare host has it below `/v1`. */
  readonly baseUrl: string;
  /** Needed by servers of several models. Default: none is named, and the vectors have the name that the server tells. */
  readonly model?: string | undefined;
  /** Sent as a bearer token. */
  readonly apiKey?: string | undefined;
}

const SERVICE = "The embedding server";
/** A thousand vectors of a thousand numbers, written out. */
const MAX_REPLY_BYTES = 50_000_000;
const replySchema = z.object({
  data: z.array(z.object({ index: z.int().min(0).optional(), embedding: z.array(z.number()) })),
  model: z.string().optional(),
});

/**
 * Embeds by `POST /embeddings` as OpenAI has it, and llama.cpp, vLLM, Ollama, LM Studio and others serve it.
 *
 * https://platform.openai.com/docs/api-reference/embeddings/create
 *
 * @throws AgenticRagError `settings-invalid` for a base URL that is none.
 */
export function createEndpointEmbedder(options: EndpointEmbedderOptions): Embedder {
  const { model, apiKey, fetch, maxReplyBytes = MAX_REPLY_BYTES } = options;
  const key = apiKey === undefined ? undefined : { header: "authorization", scheme: "Bearer", key: apiKey };
  const { url, headers, secrets } = readEndpoint(SERVICE, withVersion(options.baseUrl), "embeddings", key);
  const described = describeService({ service: SERVICE, url });
  return {
    name: model,
    documentPrefix: options.documentPrefix ?? "",
    async embed(texts, { purpose, signal, deadlineMs }) {
      const reply = await requestJson({
        fetch,
        deadlineMs: Math.min(deadlineMs, options.deadlineMs ?? Infinity),
        maxReplyBytes,
        service: SERVICE,
        url,
        headers,
        secrets,
        body: { ...(model !== undefined && { model }), input: prefixed(texts, purpose, options) },
        schema: replySchema,
        signal,
      });
      if (reply.status === "failed") return embeddingFailed(reply.failure);
      const { data, model: told } = reply.value;
      const byIndex = new Map(data.map(({ index, embedding }, at) => [index ?? at, embedding]));
      const inOrder =
        byIndex.size === texts.length && data.length === texts.length
          ? texts.map((_, at) => byIndex.get(at))
          : data.map(({ embedding }) => embedding);
      const embedded = toVectors(described, inOrder, texts.length);
      const name = told === undefined ? "" : cleanLine(told);
      return embedded.status === "failed" || name === "" ? embedded : { ...embedded, model: name };
    },
  };
}

function withVersion(baseUrl: string): string {
  if (!URL.canParse(baseUrl)) return baseUrl;
  const url = new URL(baseUrl);
  if (url.pathname === "/") url.pathname = "/v1";
  return url.href;
}
