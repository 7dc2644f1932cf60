import type { PageReply, QueryReply } from "../../protocol/protocol.ts";
import { callsLeft } from "../budgets.ts";
import { addressKey } from "../pages/plan.ts";
import type { OpenCall } from "../pages/record.ts";
import { pageRepliesFor, respondToPages } from "../pages/replies.ts";
import { answeredKeys, queryKey, repliesFor, respondToSearches, type FreshReply } from "../replies.ts";
import type { SearchCall } from "../state.ts";
import type { Step } from "../step.ts";
import { askForPages, askForSearches } from "./approval.ts";

/** A call as a person approved it, with the replies for the parts they replaced; or what is told of a refused one. */
export type Approved<Passed, Reply> =
  | { readonly kind: "passed"; readonly call: Passed; readonly replaced: readonly Reply[] }
  | { readonly kind: "refused"; readonly text: string; readonly replies: readonly Reply[] };

/**
 * Has a person look at the searches of a call, where the run asks for it. Nothing may be sent before: the step is run
 * again from its beginning when they have answered.
 */
export function approveSearches(call: SearchCall, step: Step): Approved<SearchCall, QueryReply> {
  const { state, opening, limits, engine, emit } = step;
  if (!limits.approveSearches) return { kind: "passed", call, replaced: [] };
  const queries = call.queries.filter(({ plan }) => plan === "run").map(({ query }) => query);
  const { searches: searchesLeft } = callsLeft(limits, state);
  const { question } = opening;
  const { sent, reasons } = askForSearches({
    type: "approve-search",
    question,
    queries,
    engine: engine.name,
    searchesLeft,
  });
  if (reasons.size === 0 && sent.length === queries.length) return { kind: "passed", call, replaced: [] };
  if (sent.length > 0) return editSearches(call, sent, reasons, step);
  const refused = new Map([...reasons].map(([query, reason]) => [query, notSent(query, reason)]));
  for (const query of queries) {
    emit({
      type: "search-end",
      query,
      engine: "",
      status: "not-run",
      sources: [],
      attempts: [],
      milliseconds: 0,
    });
  }
  const replies = repliesFor(call, step, refused);
  return { kind: "refused", text: respondToSearches(step, replies, 0), replies };
}

/** The same for the pages of a call. */
export function approvePages(call: OpenCall, step: Step): Approved<OpenCall, PageReply> {
  const { state, opening, limits, emit } = step;
  if (!limits.approveSearches) return { kind: "passed", call, replaced: [] };
  const urls = call.pages.filter(({ plan }) => plan === "open").map(({ url }) => url);
  const { pages: pagesLeft = 0 } = callsLeft(limits, state);
  const { question } = opening;
  const { sent, reasons } = askForPages({ type: "approve-pages", question, urls, pagesLeft });
  if (reasons.size === 0 && sent.length === urls.length) return { kind: "passed", call, replaced: [] };
  if (sent.length > 0) return editPages(call, sent, reasons);
  const refused = new Map(
    [...reasons].map(([url, reason]) => [
      url,
      { record: { status: "failed", reason } as const, result: undefined, links: [] },
    ]),
  );
  for (const url of urls) emit({ type: "page-end", url, reader: "", status: "not-run", milliseconds: 0 });
  const replies = pageRepliesFor(call, step, refused);
  return { kind: "refused", text: respondToPages(step, replies, 0), replies };
}

/** Each replaced query gets a reply of its own, so that the model takes no result for another query's. */
function editSearches(
  call: SearchCall,
  queries: readonly string[],
  reasons: ReadonlyMap<string, string>,
  { state }: Step,
): Approved<SearchCall, QueryReply> {
  const kept = new Set(queries);
  const known = new Set([...answeredKeys(state), ...queries.map(queryKey)]);
  const others = call.queries.filter(({ query, plan }) => plan !== "run" && !kept.has(query));
  const isDropped = ({ query, plan }: SearchCall["queries"][number]): boolean =>
    !kept.has(query) && (plan === "run" || (plan === "repeated" && !known.has(queryKey(query))));
  const reasonFor = (query: string): string =>
    [...reasons].find(([refused]) => queryKey(refused) === queryKey(query))?.[1] ?? "";
  return {
    kind: "passed",
    call: {
      kind: "search",
      queries: [
        ...others.filter((query) => !isDropped(query)),
        ...queries.map((query) => ({ query, plan: "run" as const })),
      ],
    },
    replaced: call.queries
      .filter(isDropped)
      .map(({ query }) => ({ query, status: "failed", results: [], reason: reasonFor(query) })),
  };
}

/** A page that the model named twice is dropped twice. */
function editPages(
  call: OpenCall,
  urls: readonly string[],
  reasons: ReadonlyMap<string, string>,
): Approved<OpenCall, PageReply> {
  const kept = new Set(urls.map(addressKey));
  const gone = new Set(
    call.pages
      .filter(({ url, plan }) => plan === "open" && !kept.has(addressKey(url)))
      .map(({ url }) => addressKey(url)),
  );
  const reasonFor = (url: string): string =>
    [...reasons].find(([refused]) => addressKey(refused) === addressKey(url))?.[1] ?? "";
  return {
    kind: "passed",
    call: {
      kind: "open",
      pages: [
        ...call.pages.filter(({ url, plan }) => plan !== "open" && !gone.has(addressKey(url))),
        ...urls.map((url) => ({ url, plan: "open" as const })),
      ],
    },
    replaced: call.pages
      .filter(({ url }) => gone.has(addressKey(url)))
      .map(({ url }) => ({ url, status: "failed", reason: reasonFor(url) })),
  };
}

function notSent(query: string, reason: string): FreshReply {
  const record = { query, engine: "", attempts: [], sources: [], reason, milliseconds: 0 };
  return { record: { ...record, status: "failed" }, results: [] };
}
