import { createReranker } from "../../assemble/search.ts";
import type { HttpOptions } from "../../search/engines/wire/http.ts";
import type { Settings } from "../../settings/settings.ts";
import { duration } from "../../view/amounts.ts";
import type { Check } from "./check.ts";

const QUERY = "What is open source?";
const TEXTS = [
  "Open source is software whose source code may be used and changed.",
  "Leeks are cooked in butter.",
];
const DEADLINE_MS = 10_000;

/** The reranker of the settings, if there is one, really asked. Searches go on without it. */
export async function* checkReranker(
  { search: { reranking } }: Settings,
  { fetch, signal }: { readonly fetch: HttpOptions["fetch"]; readonly signal: AbortSignal },
): AsyncGenerator<Check> {
  if (reranking === undefined) return;
  const reranker = createReranker(reranking, fetch);
  const begun = performance.now();
  const scored = await reranker.score(QUERY, TEXTS, { signal, deadlineMs: DEADLINE_MS });
  const name = "reranker";
  if (scored.status === "failed") {
    const message = `${scored.failure.message} Searches keep the order of their engines. The address is AGENTIC_RAG_RERANK_URL, the key AGENTIC_RAG_RERANK_KEY.`;
    yield { name, status: "warning", message };
    return;
  }
  const took = duration(performance.now() - begun);
  const [fits = 0, other = 0] = scored.scores;
  if (fits > other) {
    const message = `${reranker.name} orders the first ${reranking.top} results of each search; asked in ${took}`;
    yield { name, status: "ok", message };
    return;
  }
  const message = `${reranker.name} scored a text about leeks as high as the answer to ${JSON.stringify(QUERY)}. Check that it is a reranker.`;
  yield { name, status: "warning", message };
}
