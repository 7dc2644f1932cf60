import { DeltaValue, Overwrite, ReducedValue } from "@langchain/langgraph";
import { asOwn } from "./own-updates.ts";
import { State, type RunState, type RunUpdate } from "../state.ts";

/**
 * A node whose update leaves out what would change nothing, such as the counts of a question that is the first of its thread:
 * LangGraph checks, counts and keeps each channel that is written.
 */
export function onlyChanges<Config>(
  node: (state: RunState, config: Config) => RunUpdate | Promise<RunUpdate>,
) {
  return async (state: RunState, config: Config): Promise<RunUpdate> => {
    const update: Readonly<Record<string, unknown>> = await node(state, config);
    const before: Readonly<Record<string, unknown>> = state;
    return asOwn(
      Object.fromEntries(
        Object.entries(update)
          .filter(([name, value]) => changes(name, value, before[name]))
          .map(([name, value]) => [name, value instanceof Overwrite ? value.toJSON() : value]),
      ),
    );
  };
}

/** Channels whose updates are added to what is there. */
const ADDED: ReadonlySet<string> = new Set(
  Object.entries(State.fields).flatMap(([name, field]) =>
    ReducedValue.isInstance(field) || DeltaValue.isInstance(field) ? [name] : [],
  ),
);

function changes(name: string, value: unknown, before: unknown): boolean {
  if (Overwrite.isInstance(value)) return !isSame(value.value, before);
  return ADDED.has(name) ? value !== 0 && !isEmpty(value) : !isSame(value, before);
}

function isSame(value: unknown, before: unknown): boolean {
  return value === before || (isEmpty(value) && isEmpty(before));
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
