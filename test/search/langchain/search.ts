import { createLangChainEngine, type LangChainOptions } from "../../../src/search/langchain/langchain.ts";
import type { SearchOutcome } from "../../../src/search/engine.ts";

/** Asks a retriever or tool through the adapter. */
export function search(
  source: LangChainOptions["source"],
  query = "who discovered hafnium",
): Promise<SearchOutcome> {
  return createLangChainEngine({ source }).search(query, { maxResults: 3 });
}
