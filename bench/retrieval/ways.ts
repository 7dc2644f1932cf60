import type { Embedded, Embedder } from "../../src/search/embedding/embedder.ts";
import type { Reranker } from "../../src/search/around/reranker.ts";
import { withReranking } from "../../src/search/around/reranking.ts";
import type { SearchEngine, SearchResult } from "../../src/search/engine.ts";
import { createLocalEngine } from "../../src/search/local/local.ts";
import type { LocalIndex } from "../../src/search/local/local-index.ts";
import type { Meaning } from "../../src/search/local/vectors/meaning.ts";
import { cosine } from "../../src/search/local/vectors/vector-table.ts";
import { toOutcome, WEB_AND_FILES } from "../../src/search/outcome.ts";

/** A way to find documents, and what it found for a question, best first. */
export interface Way {
  readonly name: string;
  find(question: string, most: number): Promise<readonly string[]>;
}

const WHOLE = { maxResponseBytes: 1_000_000 };

/** The ways that are compared. `reranker`: of the first 20 that BM25 finds. */
export function createWays(index: LocalIndex, meaning: Meaning, reranker: Reranker): readonly Way[] {
  const words = createLocalEngine({ index, limits: WHOLE });
  const near: SearchEngine = {
    name: "embedding",
    search: async (query, { maxResults = 10 } = {}) => {
      const { results = [], note } = await meaning.nearest(query, maxResults);
      if (note !== undefined) throw new Error(note);
      return toOutcome(results, maxResults, WHOLE, WEB_AND_FILES);
    },
  };
  const both = createLocalEngine({ index, meaning, limits: WHOLE });
  const ordered = (engine: SearchEngine): SearchEngine =>
    withReranking(engine, { reranker, limits: WHOLE, deadlineMs: 600_000 });
  return [
    wayOf("BM25", words),
    wayOf("embedding", near),
    wayOf("hybrid", both),
    wayOf("BM25, reranked", ordered(words)),
    wayOf("hybrid, reranked", ordered(both)),
  ];
}

function wayOf(name: string, engine: SearchEngine): Way {
  return {
    name,
    async find(question, most) {
      const outcome = await engine.search(question, { maxResults: most });
      if (outcome.status === "failed") throw new Error(outcome.failure.message);
      if (outcome.note !== undefined) throw new Error(outcome.note);
      return outcome.status === "found" ? outcome.results.map(addressOf) : [];
    },
  };
}

function addressOf({ url }: SearchResult): string {
  return url.split("#", 1)[0] ?? "";
}

/**
 * Orders by the cosine of an embedding model, for want of a reranker's weights: its scores are those of the vectors, but of
 * passages with their titles, and of nothing but the first results of another order.
 */
export function createCosineReranker(embedder: Embedder): Reranker {
  const known = new Map<string, Float32Array>();
  return {
    name: "cosine",
    async score(query, texts, { signal, deadlineMs }) {
      const fresh = texts.filter((text) => !known.has(text));
      if (fresh.length > 0) {
        const vectors = vectorsOf(await embedder.embed(fresh, { purpose: "document", signal, deadlineMs }));
        for (const [at, text] of fresh.entries()) known.set(text, vectors[at] ?? new Float32Array());
      }
      const [asked = new Float32Array()] = vectorsOf(
        await embedder.embed([query], { purpose: "query", signal, deadlineMs }),
      );
      const scores = texts.map((text) => cosine(asked, known.get(text) ?? new Float32Array()));
      return { status: "scored", scores };
    },
  };
}

function vectorsOf(embedded: Embedded): readonly Float32Array[] {
  if (embedded.status === "failed") throw new Error(embedded.failure.message);
  return embedded.vectors;
}
