import { MemorySaver } from "@langchain/langgraph";
import { createAgenticRag } from "../../src/graph/graph.ts";
import type { ContinuationModel } from "../../src/model/model.ts";
import { QWQ_SAMPLING } from "../../src/model/sampling.ts";
import { qwq } from "../../src/protocol/qwq/qwq.ts";
import { indexDocuments } from "../../src/search/local/index-builder.ts";
import { createLocalEngine } from "../../src/search/local/local.ts";
import { ARTICLES } from "./real-questions.ts";

export const GREEDY = { ...QWQ_SAMPLING, temperature: 0 };

/** Asks a model about the articles, as it was taught: two results a search. */
export async function askReal(model: ContinuationModel, question: string) {
  const { index } = await indexDocuments({ documents: ARTICLES, file: ":memory:" });
  const agent = createAgenticRag(
    { protocol: qwq, model, engine: createLocalEngine({ index }) },
    { checkpointer: new MemorySaver() },
  );
  const context = { maxSearches: 3, maxResults: 2, date: "2024-03-12", maxTokens: 400 };
  try {
    return await agent.invoke({ question }, { configurable: { thread_id: "1" }, context });
  } finally {
    index.close();
  }
}

/** The answer without its links. */
export function wordsOf({ answer }: { readonly answer: string }): string {
  return answer.replaceAll(/\s*\[\[\d+\]\]\([^)]*\)/g, "").replace(/\.$/, "");
}
