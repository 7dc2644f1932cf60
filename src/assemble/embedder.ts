import { createGgufEmbeddings } from "../model/gguf/embedding.ts";
import type { Embedder } from "../search/embedding/embedder.ts";
import { createEndpointEmbedder } from "../search/embedding/endpoint.ts";
import { createLangChainEmbedder } from "../search/embedding/langchain.ts";
import type { HttpOptions } from "../search/engines/wire/http.ts";
import type { EmbeddingSettings } from "../settings/embedding.ts";

/**
 * The embedding model of the settings. Nothing is contacted or loaded yet.
 *
 * @throws AgenticRagError `settings-invalid`
 */
export function createEmbedder(settings: EmbeddingSettings, fetch: HttpOptions["fetch"]): Embedder {
  const { from, model, queryPrefix, documentPrefix } = settings;
  const prefixes = { queryPrefix, documentPrefix };
  if ("baseUrl" in from) {
    const { baseUrl, key } = from;
    return createEndpointEmbedder({ baseUrl, model, apiKey: key?.reveal(), fetch, ...prefixes });
  }
  const embeddings = createGgufEmbeddings({ modelPath: from.gguf });
  const embedder = createLangChainEmbedder(embeddings, { name: model ?? embeddings.name, ...prefixes });
  return { ...embedder, close: () => embeddings.close() };
}
