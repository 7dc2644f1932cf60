import { tracedPage } from "../nodes/traced.ts";
import { AgenticRagError } from "../../errors.ts";
import { withoutWrittenKeys } from "../../net/written-keys.ts";
import type { PageReply } from "../../protocol/protocol.ts";
import type { SearchOutcome } from "../../search/engine.ts";
import { checkedReader } from "../nodes/checked-search.ts";
import type { PageOutcome, PageReader } from "../../search/pages/page-reader.ts";
import { budgetLeft, inTimeLeft } from "../budgets.ts";
import { boundResponse } from "../response-size.ts";
import { createNumbering, mayRefer, placeOf } from "../sources.ts";
import { pageMessages } from "../step-messages/step-messages.ts";
import type { RunState, RunUpdate } from "../state.ts";
import type { Step } from "../step.ts";
import { addUsage, NO_USAGE } from "../usage.ts";
import { addressKey, isWebAddress } from "./plan.ts";
import type { OpenCall, PageRecord } from "./record.ts";
import { pageRepliesFor, respondToPages, type FreshPage } from "./replies.ts";

export interface ReadingDeps {
  readonly pageReader: PageReader | undefined;
  readonly clock: () => number;
}

/** So much of a page is shown, in bytes of UTF-8: the passages that matter to what was searched for. */
const MAX_PAGE_BYTES = 8000;

/** So many links are kept of a page, and of all pages of a run. */
const MAX_PAGE_LINKS = 200;
const MAX_LINKS = 1000;
const MAX_LINK_LENGTH = 2000;

/** @throws AgenticRagError `settings-invalid` when there is nobody to read pages. */
export function requireReader(reader: PageReader | undefined): PageReader {
  if (reader !== undefined) return checkedReader(reader);
  throw new AgenticRagError(
    "settings-invalid",
    "This run may open pages, and there is no reader of pages. Set AGENTIC_RAG_MAX_PAGES, give `pageReader` to createAgenticRag, or let `maxPages` be 0.",
  );
}

interface Opened {
  readonly url: string;
  readonly read: PageOutcome;
  /** The page as what a search finds. */
  readonly outcome: SearchOutcome;
  readonly milliseconds: number;
}

/**
 * Opens the pages of the call side by side and splices what they say, below the replies for pages that a
 * person replaced. They are not kept in the search journal: when the step is run again after a crash, they are read
 * again.
 */
export async function openPages(
  call: OpenCall,
  replaced: readonly PageReply[],
  step: Step,
  { pageReader, clock }: ReadingDeps,
): Promise<RunUpdate> {
  const reader = requireReader(pageReader);
  const { state, limits, emit } = step;
  const urls = call.pages.filter(({ plan }) => plan === "open").map(({ url }) => url);
  const maxBytes = Math.min(MAX_PAGE_BYTES, Math.floor(limits.maxResponseBytes / Math.max(urls.length, 1)));
  const started = clock();

  const open = async (url: string): Promise<Opened> => {
    emit({ type: "page-start", url, reader: reader.name });
    const begun = clock();
    const read: PageOutcome = await tracedPage(step.config, { reader: reader.name, url }, () =>
      inTimeLeft(step, (signal) => reader.read(url, { query: wantedOf(url, state), maxBytes, signal })),
    );
    return { url, read, outcome: foundBy(read), milliseconds: clock() - begun };
  };
  const opened = boundResponse(await Promise.all(urls.map(open)), limits.maxResponseBytes);

  const numbering = createNumbering(state.sources, { refer: mayRefer(state, limits) });
  const fresh = new Map<string, FreshPage & { readonly record: PageRecord }>();
  for (const { url, read, outcome, milliseconds } of opened) {
    const [found] = outcome.status === "found" ? outcome.results : [];
    const result = found === undefined ? undefined : numbering.number(found);
    const failure = read.status === "failed" ? read.failure : undefined;
    const links = read.status === "read" ? read.page.links.slice(0, MAX_PAGE_LINKS) : [];
    const record = {
      url,
      reader: reader.name,
      status: read.status,
      source: result?.number ?? null,
      kind: failure?.kind ?? "",
      reason: withoutWrittenKeys(failure?.message ?? ""),
      milliseconds,
    };
    fresh.set(url, { record, result, links: links.filter(isLink) });
    emit({
      type: "page-end",
      url,
      reader: reader.name,
      status: read.status,
      ...(result !== undefined && {
        source: placeOf(result),
      }),
      ...(failure !== undefined && {
        failure: { kind: failure.kind, message: withoutWrittenKeys(failure.message) },
      }),
      milliseconds,
    });
  }

  const usage = { ...NO_USAGE, milliseconds: clock() - started };
  const counted = { ...state, pages: state.pages + urls.length };
  emit({ type: "budget-left", left: budgetLeft(limits, counted, addUsage(state.usage, usage)) });
  const pages = [...replaced, ...pageRepliesFor(call, step, fresh)];
  const text = respondToPages(step, pages, urls.length);
  const made = [...fresh.values()];
  return {
    transcript: [{ origin: "search", text }],
    pages: urls.length,
    readings: made.map(({ record }) => record),
    sources: numbering.added,
    ...pageMessages(state.messages, pages),
    links: newLinks(
      made.flatMap(({ links }) => links),
      state.links,
    ),
    usage,
  };
}

/** What a page is opened for: the question, and the query that found its address. */
function wantedOf(url: string, { opening, sources, queries }: RunState): string {
  const key = addressKey(url);
  const number = sources.find((source) => addressKey(source.url) === key)?.number;
  const query = queries.findLast((record) => number !== undefined && record.sources.includes(number));
  return [query?.query ?? "", opening?.question ?? ""].join(" ").trim();
}

function foundBy(read: PageOutcome): SearchOutcome {
  if (read.status === "failed") return { status: "nothing" };
  const { title, url, text, date } = read.page;
  return {
    status: "found",
    results: [{ title, url, text, ...(date !== undefined && { date }) }],
  };
}

function isLink(url: string): boolean {
  return url.length <= MAX_LINK_LENGTH && isWebAddress(url);
}

function newLinks(links: readonly string[], known: readonly string[]): string[] {
  const before = new Set(known);
  const added = [...new Set(links)].filter((link) => !before.has(link));
  return added.slice(0, Math.max(MAX_LINKS - known.length, 0));
}
