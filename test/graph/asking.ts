import { Command, InMemoryStore, INTERRUPT, isInterrupted, MemorySaver } from "@langchain/langgraph";
import { createAgenticRag, type AgenticRag } from "../../src/graph/graph.ts";
import type { RunState } from "../../src/graph/state.ts";
import { createScriptedModel, type ScriptedStep } from "../../src/model/scripted.ts";
import { qwq } from "../../src/protocol/qwq/qwq.ts";
import { FIXED, pagesEngine, thread, transcriptText } from "./agent.ts";

/** A call that has a person asked. */
export const ASKING = { ...thread(), context: { approveSearches: true } as never };
export const ANSWER = "I know.\n</think>\n\nIt is [1].";

/** An agent of a scripted model and the pages engine, with a store. */
export function build(steps: readonly ScriptedStep[], limits = {}) {
  const engine = pagesEngine();
  const model = createScriptedModel(steps);
  const agent = createAgenticRag(
    { protocol: qwq, model, engine, ...FIXED, limits },
    { checkpointer: new MemorySaver(), store: new InMemoryStore() },
  );
  return { agent, model, asked: engine.asked };
}

/** What a run waits for. */
export function asksFor(output: unknown): unknown[] {
  return isInterrupted(output) ? output[INTERRUPT].map(({ value }) => value) : [];
}

export function resume(agent: AgenticRag, answer: unknown, config: object = ASKING) {
  return agent.invoke(new Command({ resume: answer }) as never, config);
}

export async function stateOf(agent: AgenticRag): Promise<RunState> {
  return (await agent.getState(thread())).values as RunState;
}

export const lastResponse = (state: RunState): string =>
  /<tool_response>[\s\S]*<\/tool_response>/.exec(transcriptText(state))?.[0] ?? "";
