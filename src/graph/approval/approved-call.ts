import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import type { Protocol, QueryReply } from "../../protocol/protocol.ts";
import { askForPages, askForSearches, refusalText } from "./approval.ts";
import type { RunLimits } from "../context.ts";
import type { RunEvent } from "../events.ts";
import type { OpenCall } from "../pages/record.ts";
import { required, type Call, type RunState, type RunUpdate } from "../state.ts";

type SearchCall = Call & { kind: "search" };

/** A call as a person let it pass, or what the step comes to instead. */
export type Approved<Passed> =
  | { readonly kind: "passed"; readonly call: Passed; readonly replaced: readonly QueryReply[] }
  | { readonly kind: "refused"; readonly update: RunUpdate };

interface Asking {
  readonly protocol: Protocol;
  readonly limits: Required<RunLimits>;
  readonly config: LangGraphRunnableConfig;
}

/**
 * Has a person look at the searches of a call, where the run asks for it. Nothing may be sent before: the step is run
 * again from its beginning when they have answered.
 */
export function approveSearches(
  call: SearchCall,
  state: RunState,
  engine: string,
  { protocol, limits, config }: Asking,
): Approved<SearchCall> {
  if (!limits.approveSearches) return passed(call);
  const queries = call.queries.filter(({ plan }) => plan === "run").map(({ query }) => query);
  const searchesLeft = Math.max(0, limits.maxSearches - state.searches);
  const { question } = required(state.opening, "an opened question");
  const answer = askForSearches({ type: "approve-search", question, queries, engine, searchesLeft });
  if (answer.decision === "approve") return passed(call);
  if (answer.decision === "edit") return edited(call, [...new Set(answer.queries)]);
  for (const query of queries) {
    tell(config, { type: "search-end", query, status: "not-run", engine: "", ...NOTHING_SENT });
  }
  const reason = refusalText(answer);
  const replies = call.queries.map(({ query }): QueryReply => failed(query, reason));
  const text = protocol.respond({
    kind: "results",
    queries: replies,
    searchesLeft,
    ...(state.opening?.pages === true && { pagesLeft: Math.max(0, limits.maxPages - state.pages) }),
    boundary: state.opening?.boundary,
  });
  return refused(text);
}

/** The same for the pages of a call. */
export function approvePages(
  call: OpenCall,
  state: RunState,
  { protocol, limits, config }: Asking,
): Approved<OpenCall> {
  if (!limits.approveSearches) return passed(call);
  const urls = call.pages.filter(({ plan }) => plan === "open").map(({ url }) => url);
  const pagesLeft = Math.max(0, limits.maxPages - state.pages);
  const { question, boundary } = required(state.opening, "an opened question");
  const answer = askForPages({ type: "approve-pages", question, urls, pagesLeft });
  if (answer.decision === "approve") return passed(call);
  if (answer.decision === "edit") {
    const others = call.pages.filter(({ plan }) => plan !== "open");
    const chosen = [...new Set(answer.urls)].map((url) => ({ url, plan: "open" as const }));
    return passed({ kind: "open", pages: [...others, ...chosen] });
  }
  for (const url of urls) {
    tell(config, { type: "page-end", url, status: "not-run", reader: "", milliseconds: 0 });
  }
  const reason = refusalText(answer);
  const side = required(protocol.pageSide ?? null, "a protocol that opens pages");
  const pages = call.pages.map(({ url }) => ({ url, status: "failed" as const, reason }));
  const searchesLeft = Math.max(0, limits.maxSearches - state.searches);
  return refused(side.respond({ pages, searchesLeft, pagesLeft, boundary }));
}

const NOTHING_SENT = { sources: [], attempts: [], milliseconds: 0 } as const;

function passed<Passed>(call: Passed, replaced: readonly QueryReply[] = []): Approved<Passed> {
  return { kind: "passed", call, replaced };
}

/** The model is told of what it asked for, so that it takes no result for another query's. */
function edited(call: SearchCall, queries: readonly string[]): Approved<SearchCall> {
  const [kept, dropped] = [new Set(queries), call.queries.filter(({ plan }) => plan === "run")];
  const replaced = dropped
    .filter(({ query }) => !kept.has(query))
    .map(({ query }) => failed(query, "It was not sent: the user put another query in its place."));
  const others = call.queries.filter(({ query, plan }) => plan !== "run" && !kept.has(query));
  const chosen = queries.map((query) => ({ query, plan: "run" as const }));
  return passed({ kind: "search", queries: [...others, ...chosen] }, replaced);
}

function failed(query: string, reason: string): QueryReply {
  return { query, status: "failed", results: [], reason };
}

/** A refused call cost no search; what the model is told of it is no search response. */
function refused(text: string): Approved<never> {
  return { kind: "refused", update: { transcript: [{ origin: "runtime", text }] } };
}

function tell({ writer }: LangGraphRunnableConfig, event: RunEvent): void {
  writer?.(event);
}
