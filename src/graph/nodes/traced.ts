import { Document } from "@langchain/core/documents";
import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import { callbacksOf } from "../continuation/callbacks.ts";
import { withoutWrittenKeys } from "../../net/written-keys.ts";
import type { SearchOutcome } from "../../search/engine.ts";
import type { PageOutcome } from "../../search/pages/page-reader.ts";

type Config = Pick<LangGraphRunnableConfig, "callbacks" | "tags" | "metadata">;

/** A search as traces know it: a run of a retriever, the query in and documents out. */
export async function tracedSearch(
  config: Config,
  { engine, query }: { readonly engine: string; readonly query: string },
  search: () => Promise<SearchOutcome>,
): Promise<SearchOutcome> {
  const run = await callbacksOf(config)?.handleRetrieverStart(made(engine), query, ...NO_IDS, engine);
  try {
    const outcome = await search();
    if (outcome.status === "failed") await run?.handleRetrieverError(failureOf(outcome.failure));
    else await run?.handleRetrieverEnd(documentsOf(outcome));
    return outcome;
  } catch (error) {
    await run?.handleRetrieverError(failureOf(error));
    throw error;
  }
}

/** The opening of a page as traces know it: a run of a tool, the address in and what was read out. */
export async function tracedPage(
  config: Config,
  { reader, url }: { readonly reader: string; readonly url: string },
  read: () => Promise<PageOutcome>,
): Promise<PageOutcome> {
  const input = JSON.stringify({ url });
  const run = await callbacksOf(config)?.handleToolStart(made(reader), input, ...NO_IDS, "open_url");
  try {
    const outcome = await read();
    if (outcome.status === "failed") await run?.handleToolError(failureOf(outcome.failure));
    else await run?.handleToolEnd(outcome.page.text);
    return outcome;
  } catch (error) {
    await run?.handleToolError(failureOf(error));
    throw error;
  }
}

/** Run, parent, tags and metadata: LangChain's own. */
const NO_IDS = [undefined, undefined, undefined, undefined] as const;

function made(name: string) {
  return { lc: 1, type: "not_implemented" as const, id: ["langgraph-agentic-rag", name] };
}

function documentsOf(outcome: SearchOutcome): Document[] {
  const found = outcome.status === "found" ? outcome.results : [];
  return found.map(
    ({ title, url, text, date }) =>
      new Document({ pageContent: text, metadata: { title, url, ...(date !== undefined && { date }) } }),
  );
}

function failureOf(failure: unknown): Error {
  const message =
    typeof failure === "object" && failure !== null && "message" in failure
      ? String(failure.message)
      : "failed";
  return new Error(withoutWrittenKeys(message));
}
