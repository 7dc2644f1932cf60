import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import type { Protocol } from "../../protocol/protocol.ts";
import { allowance, emptyBudget } from "../budgets.ts";
import { limitsOf, type RunContext, type RunLimits } from "../context.ts";
import type { RunEvent } from "../events.ts";
import { planPages } from "../pages/plan.ts";
import type { OpenCall } from "../pages/record.ts";
import { pageRepliesFor, tellUnopened } from "../pages/replies.ts";
import { queryKey } from "../query-key.ts";
import { repliesFor, tellUnsearched } from "../replies.ts";
import { mayRefer } from "../sources.ts";
import { required, type BudgetName, type Call, type RunState, type RunUpdate } from "../state.ts";
import { lastGeneration, textOf } from "../transcript.ts";

export interface ParseDeps {
  readonly protocolOf: (state: RunState) => Protocol;
  readonly limits: RunLimits;
}

/**
 * Reads the call that the model wrote and decides what becomes of it: a search or the opening of pages, an explanation
 * of what is wrong with it (or what a repeated one had brought), or the notice that a budget is spent.
 */
export function createParseToolCall({ protocolOf, limits: defaults }: ParseDeps) {
  return (state: RunState, config: LangGraphRunnableConfig<RunContext>): RunUpdate => {
    const { model, boundary, pages = false } = required(state.opening, "an opened question");
    const nativeTools = model.family === "native-tools";
    const limits = limitsOf(config.context, defaults);
    const protocol = protocolOf(state);
    const emit = (event: RunEvent): void => config.writer?.(event);
    const generation = lastGeneration(state.transcript);
    const reading = protocol.readCall(textOf(generation), generation.at(-1)?.origin === "model", { pages });
    const refer = mayRefer(state, limits);
    const searchesLeft = Math.max(0, limits.maxSearches - state.searches);
    const pagesLeft = pages ? Math.max(0, limits.maxPages - state.pages) : 0;

    const spend = (budget: BudgetName): RunUpdate => {
      emit({ type: "tool-call-refused", budget });
      return {
        call: { kind: "spent", budget },
        spent: budget,
        transcript: [{ origin: "runtime", text: protocol.respond({ kind: "spent", budget }) }],
      };
    };
    const repair = (reason: string, detail: string, text: () => string): RunUpdate => {
      emit({ type: "tool-call-invalid", reason, detail });
      const done = state.repairs >= limits.maxRepairs ? spend("repair") : explain(reason, detail, text);
      return { ...done, repairs: 1 };
    };
    const repeat = (repeats: number, what: string, text: () => string): RunUpdate => {
      const isTooMuch = state.repeats + repeats > limits.maxRepeats;
      return { ...(isTooMuch ? spend("repeat") : explain("repeated", what, text)), repeats };
    };

    const search = (written: readonly string[]): RunUpdate => {
      emit({ type: "tool-call", queries: written });
      const call = plan(written, state, searchesLeft);
      const repeats = call.queries.filter((query) => query.plan === "repeated").length;
      if (call.queries.some((query) => query.plan === "run")) return { call, repeats };
      const tell = (): string => {
        const queries = repliesFor(call, state, new Map(), refer);
        tellUnsearched(queries, emit);
        const told = { searchesLeft, boundary, ...(pages && { pagesLeft }) };
        return protocol.respond({ kind: "results", queries, ...told });
      };
      if (repeats > 0) return repeat(repeats, "Every query of this call was searched before.", tell);
      return pagesLeft > 0 ? repair("no-searches", "No searches are left.", tell) : spend("search");
    };

    const open = (written: readonly string[]): RunUpdate => {
      emit({ type: "tool-call", queries: [], urls: written });
      const call = planPages(written, state, pagesLeft);
      const count = (wanted: OpenCall["pages"][number]["plan"]): number =>
        call.pages.filter((page) => page.plan === wanted).length;
      const repeats = count("repeated");
      const refused = count("refused") > 0;
      if (count("open") > 0) return { call, repeats, ...(refused && { repairs: 1 }) };
      const tell = (): string => {
        const replies = pageRepliesFor(call, state, new Map(), refer);
        tellUnopened(replies, emit);
        const side = required(protocol.pageSide ?? null, "a protocol that opens pages");
        return side.respond({ pages: replies, searchesLeft, pagesLeft, boundary });
      };
      if (refused && searchesLeft + pagesLeft > 0) return repair("refused-address", REFUSED, tell);
      if (repeats > 0) return repeat(repeats, "Every page of this call was opened before.", tell);
      return searchesLeft > 0 ? repair("no-pages", "No pages are left.", tell) : spend("page");
    };

    const spent = state.spent ?? emptyBudget(allowance(limits, state.usage, false));
    if (spent !== null) return spend(spent);
    switch (reading.kind) {
      case "search":
        return search(reading.queries);
      case "open":
        return open(reading.urls);
      case "fault": {
        const { fault, detail } = reading;
        return repair(fault, detail, () =>
          protocol.respond({ kind: "fault", fault, detail, nativeTools, pages }),
        );
      }
    }
  };
}

function explain(reason: string, detail: string, text: () => string): RunUpdate {
  return {
    call: { kind: "repair", reason, detail },
    transcript: [{ origin: "runtime", text: text() }],
  };
}

const REFUSED = "It names a page that no source, no opened page and no user gave.";

/** Which queries run: those that were not answered before, as far as the budget goes. */
function plan(queries: readonly string[], state: RunState, left: number): Call & { kind: "search" } {
  const known = new Set(
    state.queries.filter(({ status }) => status !== "failed").map(({ query }) => queryKey(query)),
  );
  let room = left;
  return {
    kind: "search",
    queries: queries.map((query) => {
      const key = queryKey(query);
      if (known.has(key)) return { query, plan: "repeated" };
      if (room <= 0) return { query, plan: "not-run" };
      room -= 1;
      known.add(key);
      return { query, plan: "run" };
    }),
  };
}
