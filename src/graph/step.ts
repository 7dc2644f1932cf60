import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import {
  readContext,
  withinCeilings,
  type Ceilings,
  type KeptSettings,
  type RunContext,
  type RunLimits,
} from "./context.ts";
import type { RunEvent } from "./events.ts";
import type { ChosenParts, Names } from "./parts.ts";
import { required, type Opening, type RunState } from "./state.ts";

/** What a step of an opened question works with. Its settings are those that the question was opened with. */
export interface Step extends KeptSettings, ChosenParts {
  readonly state: RunState;
  readonly opening: Opening;
  readonly config: LangGraphRunnableConfig<RunContext>;
  readonly emit: (event: RunEvent) => void;
}

export type StepReader = (state: RunState, config: LangGraphRunnableConfig<RunContext>) => Step;

export interface StepDeps {
  readonly choose: (names: Names) => ChosenParts;
  readonly limits: RunLimits;
  readonly ceilings: Ceilings;
}

/** Reads a step off the state. The context of the call counts only for threads of versions that kept no settings. */
export function createStepReader({ choose, limits: own, ceilings }: StepDeps): StepReader {
  return (state, config) => {
    const opening = required(state.opening, "an opened question");
    const { limits, chosen } =
      opening.limits === undefined || opening.chosen === undefined
        ? readContext(config.context, own, ceilings)
        : { limits: withinCeilings(opening.limits, ceilings), chosen: opening.chosen };
    return {
      ...choose({ protocol: opening.protocol, engine: chosen.engine, model: chosen.model }),
      state,
      opening,
      // an agent that asks a person does so for questions that were opened without, too
      limits: own.approveSearches ? { ...limits, approveSearches: true } : limits,
      chosen,
      config,
      emit: (event) => config.writer?.(event),
    };
  };
}
