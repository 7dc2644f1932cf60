import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import type { CallFault, Protocol } from "../protocol/protocol.ts";
import { allowance, emptyBudget } from "./budgets.ts";
import { limitsOf, type RunContext, type RunLimits } from "./context.ts";
import type { RunEvent } from "./events.ts";
import { queryKey } from "./query-key.ts";
import { repliesFor, tellUnsearched } from "./replies.ts";
import { required, type BudgetName, type Call, type RunState, type RunUpdate } from "./state.ts";
import { lastGeneration, textOf } from "./transcript.ts";

export interface ParseDeps {
  readonly protocolOf: (state: RunState) => Protocol;
  readonly limits: RunLimits;
}

/**
 * Reads the call that the model wrote and decides what becomes of it: a search, an explanation of what is wrong with
 * it (or what a repeated query had found), or the notice that a budget is spent.
 */
export function createParseToolCall({ protocolOf, limits: defaults }: ParseDeps) {
  return (state: RunState, config: LangGraphRunnableConfig<RunContext>): RunUpdate => {
    const { model, boundary } = required(state.opening, "an opened question");
    const nativeTools = model.family === "native-tools";
    const limits = limitsOf(config.context, defaults);
    const protocol = protocolOf(state);
    const emit = (event: RunEvent): void => config.writer?.(event);
    const generation = lastGeneration(state.transcript);
    const reading = protocol.readCall(textOf(generation), generation.at(-1)?.origin === "model");

    const spend = (budget: BudgetName): RunUpdate => {
      emit({ type: "tool-call-refused", budget });
      return {
        call: { kind: "spent", budget },
        spent: budget,
        transcript: [{ origin: "runtime", text: protocol.respond({ kind: "spent", budget }) }],
      };
    };
    const repair = (reason: CallFault, detail: string): RunUpdate => {
      emit({ type: "tool-call-invalid", reason, detail });
      if (state.repairs >= limits.maxRepairs) return { ...spend("repair"), repairs: 1 };
      const text = protocol.respond({ kind: "fault", fault: reason, detail, nativeTools });
      return {
        call: { kind: "repair", reason, detail },
        repairs: 1,
        transcript: [{ origin: "runtime", text }],
      };
    };

    const spent = state.spent ?? emptyBudget(allowance(limits, state.usage, false));
    if (spent !== null) return spend(spent);
    if (reading.kind === "fault") return repair(reading.fault, reading.detail);
    emit({ type: "tool-call", queries: reading.queries });
    const left = limits.maxSearches - state.searches;
    const call = plan(reading.queries, state, left);
    const repeats = call.queries.filter((query) => query.plan === "repeated").length;
    if (call.queries.some((query) => query.plan === "run")) return { call, repeats };
    if (repeats === 0) return spend("search");
    if (state.repeats + repeats > limits.maxRepeats) return { ...spend("repeat"), repeats };
    const queries = repliesFor(call, state, new Map());
    tellUnsearched(queries, emit);
    const detail = "Every query of this call was searched before.";
    return {
      call: { kind: "repair", reason: "repeated", detail },
      repeats,
      transcript: [
        {
          origin: "runtime",
          text: protocol.respond({ kind: "results", queries, searchesLeft: left, boundary }),
        },
      ],
    };
  };
}

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
