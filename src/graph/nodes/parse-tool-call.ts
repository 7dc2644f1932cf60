import { offersTools } from "../../model/model.ts";
import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import type { CallReading } from "../../protocol/protocol.ts";
import { allowance, callsLeft, emptyBudget } from "../budgets.ts";
import type { RunContext, RunLimits } from "../context.ts";
import type { RunEvent } from "../events.ts";
import { planPages } from "../pages/plan.ts";
import type { OpenCall } from "../pages/record.ts";
import { pageRepliesFor, respondToPages } from "../pages/replies.ts";
import { planSearches, repliesFor, respondToSearches } from "../replies.ts";
import { lastGeneration, textOf } from "../route.ts";
import type { BudgetName, RunState, RunUpdate, SearchCall } from "../state.ts";
import type { Step, StepReader } from "../step.ts";
import { addUsage, NO_USAGE } from "../usage.ts";
import { pageMessages, refusalMessages, searchMessages, spentText } from "../step-messages/step-messages.ts";
import type { Searcher } from "./searcher.ts";

/**
 * Reads the call that the model wrote and decides what becomes of it: a search or the opening of pages, an explanation
 * of what is wrong with it (or what a repeated one had brought), or the notice that a budget is spent.
 */
export function createParseToolCall(readStep: StepReader, searcher: Searcher) {
  return (state: RunState, config: LangGraphRunnableConfig<RunContext>): RunUpdate => {
    // restarted while this call is pending (an approval): it was read and counted before
    if (state.call?.kind === "search" || state.call?.kind === "open") return {};
    const step = readStep(state, config);
    const generation = lastGeneration(state.transcript);
    const closedByModel = generation.at(-1)?.origin === "model";
    const { pages = false } = step.opening;
    const reading = step.protocol.readCall(textOf(generation), closedByModel, { pages });
    const { decision, droppedSearches } = decideAndSettle(reading, step, searcher);
    const { outcome, events, ...counts } = decision;
    for (const event of events) step.emit(event);
    return {
      ...counts,
      ...updateFor(outcome, step),
      ...(droppedSearches > 0 && { usage: { ...NO_USAGE, droppedSearches } }),
    };
  };
}

type Fault = CallReading & { kind: "fault" };
type WrittenCall = SearchCall | OpenCall | Fault;

/** `reply`: nothing of the call is run, and the model is told why, or what is known already. */
type Outcome =
  | { readonly kind: "run"; readonly call: SearchCall | OpenCall }
  | { readonly kind: "reply"; readonly reason: string; readonly detail: string; readonly to: WrittenCall }
  | { readonly kind: "spent"; readonly budget: BudgetName };

interface Decision {
  readonly outcome: Outcome;
  readonly events: readonly RunEvent[];
  readonly repairs?: number;
  readonly repeats?: number;
}

interface Facts {
  readonly state: RunState;
  readonly limits: RunLimits;
  readonly left: { readonly searches: number; readonly pages: number };
}

/** What was sent ahead and is not run counts, which may leave less to run. */
function decideAndSettle(reading: CallReading, step: Step, searcher: Searcher) {
  let droppedSearches = 0;
  for (;;) {
    const usage = addUsage(step.state.usage, { ...NO_USAGE, droppedSearches });
    const decision = decide(reading, { ...step.state, usage }, step.limits);
    const { outcome } = decision;
    const run = outcome.kind === "run" && outcome.call.kind === "search" ? outcome.call : null;
    const dropped = searcher.settle(step, run);
    if (dropped === 0) return { decision, droppedSearches };
    droppedSearches += dropped;
  }
}

function decide(reading: CallReading, state: RunState, limits: RunLimits): Decision {
  const spent = state.spent ?? emptyBudget(allowance(limits, state.usage, false));
  if (spent !== null) return spend(spent);
  const facts = { state, limits, left: { pages: 0, ...callsLeft(limits, state) } };
  switch (reading.kind) {
    case "search": {
      const decision = decideSearches(planSearches(reading.queries, state, facts.left.searches), facts);
      return { ...decision, events: [{ type: "tool-call", queries: reading.queries }, ...decision.events] };
    }
    case "open": {
      const { urls } = reading;
      const decision = decidePages(planPages(urls, state, facts.left.pages), facts);
      return { ...decision, events: [{ type: "tool-call", queries: [], urls }, ...decision.events] };
    }
    case "fault":
      return repair(reading.fault, reading.detail, reading, facts);
  }
}

function decideSearches(call: SearchCall, facts: Facts): Decision {
  const repeats = call.queries.filter(({ plan }) => plan === "repeated").length;
  if (call.queries.some(({ plan }) => plan === "run"))
    return { outcome: { kind: "run", call }, events: [], repeats };
  if (repeats > 0) return repeat(repeats, "Every query of this call was searched before.", call, facts);
  return facts.left.pages > 0 ? repair("no-searches", "No searches are left.", call, facts) : spend("search");
}

function decidePages(call: OpenCall, facts: Facts): Decision {
  const { searches, pages } = facts.left;
  const repeats = call.pages.filter(({ plan }) => plan === "repeated").length;
  const isRefused = call.pages.some(({ plan }) => plan === "refused");
  if (call.pages.some(({ plan }) => plan === "open"))
    return { outcome: { kind: "run", call }, events: [], repeats, ...(isRefused && { repairs: 1 }) };
  if (isRefused && searches + pages > 0) return repair("refused-address", REFUSED, call, facts);
  if (repeats > 0) return repeat(repeats, "Every page of this call was opened before.", call, facts);
  return searches > 0 ? repair("no-pages", "No pages are left.", call, facts) : spend("page");
}

const REFUSED = "It names a page that no source, no opened page and no user gave.";

function repair(reason: string, detail: string, to: WrittenCall, { state, limits }: Facts): Decision {
  const { outcome, events } = state.repairs < limits.maxRepairs ? reply(reason, detail, to) : spend("repair");
  return { outcome, events: [{ type: "tool-call-invalid", reason, detail }, ...events], repairs: 1 };
}

function repeat(repeats: number, detail: string, to: WrittenCall, { state, limits }: Facts): Decision {
  const isTooMuch = state.repeats + repeats > limits.maxRepeats;
  return { ...(isTooMuch ? spend("repeat") : reply("repeated", detail, to)), repeats };
}

function reply(reason: string, detail: string, to: WrittenCall): Decision {
  return { outcome: { kind: "reply", reason, detail, to }, events: [] };
}

function spend(budget: BudgetName): Decision {
  return { outcome: { kind: "spent", budget }, events: [{ type: "tool-call-refused", budget }] };
}

function updateFor(outcome: Outcome, step: Step): RunUpdate {
  switch (outcome.kind) {
    case "run":
      return { call: outcome.call };
    case "reply": {
      const { reason, detail, to } = outcome;
      return {
        call: { kind: "repair", reason, detail },
        ...replyTo(to, step),
      };
    }
    case "spent": {
      const { budget } = outcome;
      const text = step.protocol.respond({ kind: "spent", budget }, step.opening.controlTokens);
      return {
        call: outcome,
        spent: budget,
        transcript: [{ origin: "runtime", text }],
        ...refusalMessages(step.state.messages, spentText(budget)),
      };
    }
  }
}

function told(text: string): Pick<RunUpdate, "transcript"> {
  return { transcript: [{ origin: "runtime", text }] };
}

function replyTo(call: WrittenCall, step: Step): Pick<RunUpdate, "transcript" | "messages"> {
  const { messages } = step.state;
  switch (call.kind) {
    case "search": {
      const replies = repliesFor(call, step, new Map());
      return { ...told(respondToSearches(step, replies, 0)), ...searchMessages(messages, replies) };
    }
    case "open": {
      const replies = pageRepliesFor(call, step, new Map());
      return { ...told(respondToPages(step, replies, 0)), ...pageMessages(messages, replies) };
    }
    case "fault": {
      const { model, pages = false, controlTokens, dialect } = step.opening;
      const nativeTools = offersTools(model.family);
      return {
        ...told(step.protocol.respond({ ...call, nativeTools, pages, dialect }, controlTokens)),
        ...refusalMessages(messages, "It was not run: it could not be read."),
      };
    }
  }
}
