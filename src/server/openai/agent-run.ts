import type { BaseMessage } from "@langchain/core/messages";
import { streamAgent, type RunEnd, type RunSettings } from "../../compose/agent-run.ts";
import type { RunEvent } from "../../graph/events.ts";
import type { AgenticRag } from "../../graph/graph.ts";
import { RequestError } from "../error-reply.ts";
import { failedRun } from "../failed-run.ts";

export type { RunEnd } from "../../compose/agent-run.ts";

export interface RunRequest {
  readonly agent: AgenticRag;
  readonly messages: BaseMessage[];
  readonly context: RunSettings;
  readonly signal: AbortSignal;
}

/** A copy that keeps nothing, whatever a server gives the graph itself to keep threads in. */
export function withoutThreads(agent: AgenticRag): AgenticRag {
  const copy = agent.withConfig({});
  copy.checkpointer = false;
  return copy;
}

/**
 * Asks the agent: what happens as it happens, and what it came to.
 *
 * @throws RequestError when the model could not go on; else what the graph throws, also on abort.
 */
export async function* runAgent(request: RunRequest): AsyncGenerator<RunEvent, RunEnd> {
  const { agent, messages, context, signal } = request;
  const end = yield* streamAgent(agent, { messages }, { context, signal });
  const { failure } = end.conclusion;
  if (failure !== undefined) throw new RequestError(failedRun(failure.code), new Error(failure.message));
  return end;
}
