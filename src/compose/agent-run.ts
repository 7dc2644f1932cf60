import { getConfig } from "@langchain/langgraph";
import type { RunContext } from "../graph/context.ts";
import { isRunEvent, type RunEvent } from "../graph/events.ts";
import type { AgenticRag } from "../graph/graph.ts";

/** Settings of a run, as far as they differ from the agent's own. */
export type RunSettings = { readonly [Field in keyof RunContext]?: NonNullable<RunContext[Field]> };

type Output = Awaited<ReturnType<AgenticRag["invoke"]>>;
type Input = NonNullable<Parameters<AgenticRag["invoke"]>[0]>;
type Config = NonNullable<Parameters<AgenticRag["invoke"]>[1]>;

/** What a run came to that ended by itself, also when the model failed. */
export interface RunEnd extends Pick<Output, "queries" | "readings" | "sources" | "usage"> {
  readonly conclusion: Extract<RunEvent, { type: "answer-end" }>;
}

/**
 * Asks the agent: what happens as it happens, and what it came to. Returning early from the iterator aborts the run. Inside a
 * graph, that graph's own stream gets the events as well. Throws what the graph throws, also on abort.
 */
export async function* streamAgent(
  agent: AgenticRag,
  input: Input,
  config: Pick<Config, "context" | "recursionLimit" | "signal">,
): AsyncGenerator<RunEvent, RunEnd> {
  const left = new AbortController();
  const signal = config.signal === undefined ? left.signal : AbortSignal.any([config.signal, left.signal]);
  let output: Output | undefined;
  const events = new ReadableStream<RunEvent>({
    async start(controller) {
      // inside a graph, events would go to that graph's stream alone
      const around = getConfig()?.writer;
      const writer = (event: unknown): void => {
        around?.(event);
        if (isRunEvent(event) && !left.signal.aborted) controller.enqueue(event);
      };
      // LangGraph takes a writer here, which the type of its options leaves out
      const options = { ...config, signal, writer };
      output = await agent.invoke(input, options);
      if (!left.signal.aborted) controller.close();
    },
  });
  let conclusion: RunEnd["conclusion"] | undefined;
  const reader = events.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (value.type === "answer-end") conclusion = value;
      yield value;
    }
  } finally {
    left.abort();
  }
  if (conclusion === undefined || output === undefined) throw new TypeError("a run ends in an answer");
  const { queries, readings, sources, usage } = output;
  return { queries, readings, sources, usage, conclusion };
}
