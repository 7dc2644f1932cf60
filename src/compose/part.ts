import { refuseUnknownSettings } from "../graph/nodes/given-settings.ts";
import type { AgenticRag } from "../graph/graph.ts";
import type { RunSettings } from "./agent-run.ts";

export interface PartOptions {
  /** Settings of its runs. Those of the program around it are not taken over: their names may mean something else. */
  readonly context?: RunSettings;
}

/**
 * A copy that keeps no threads of its own. Inside a graph it writes its steps to the checkpointer of that graph, each
 * run on its own; elsewhere it writes none and needs no thread.
 */
export function asPart(agent: AgenticRag): AgenticRag {
  const copy = agent.withConfig({});
  if (copy.checkpointer !== false) delete copy.checkpointer;
  return copy;
}

/**
 * What a run inside another program must not take over from it: a lower limit of steps, a foreign context.
 *
 * @throws AgenticRagError `settings-invalid` where a setting of `context` is none.
 */
export function partConfig(agent: AgenticRag, { context = {} }: PartOptions) {
  refuseUnknownSettings(context);
  const recursionLimit = agent.config?.recursionLimit;
  return { context, ...(recursionLimit !== undefined && { recursionLimit }) };
}
