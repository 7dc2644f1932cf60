import type { BaseMessage } from "@langchain/core/messages";
import { z } from "zod";
import { isRunEvent, type RunEvent } from "../../graph/events.ts";
import type { AgenticRag } from "../../graph/graph.ts";
import { pageRecordSchema } from "../../graph/pages/record.ts";
import { queryRecordSchema, sourceSchema } from "../../graph/state.ts";
import { usageSchema } from "../../graph/usage.ts";
import { RequestError } from "../error-reply.ts";
import { failedRun } from "../failed-run.ts";
import type { RunWishes } from "./run-settings.ts";

const recordSchema = z.object({
  usage: usageSchema,
  queries: z.array(queryRecordSchema),
  readings: z.array(pageRecordSchema),
  sources: z.array(sourceSchema),
});

/** What a run came to that ended by itself. */
export interface RunEnd extends z.infer<typeof recordSchema> {
  readonly conclusion: Extract<RunEvent, { type: "answer-end" }>;
}

export interface RunRequest {
  readonly agent: AgenticRag;
  readonly messages: BaseMessage[];
  readonly context: RunWishes;
  readonly signal: AbortSignal;
}

/** Why a run failed, for whoever runs the agent. */
interface Failure {
  readonly code: string;
  readonly message: string;
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
  let state: unknown;
  let conclusion: RunEnd["conclusion"] | undefined;
  const stream = await agent.stream({ messages }, { streamMode: ["custom", "values"], context, signal });
  for await (const [mode, data] of stream) {
    if (mode === "values") state = data;
    else if (isRunEvent(data)) {
      if (data.type === "answer-end") conclusion = data;
      yield data;
    }
  }
  if (conclusion === undefined) throw new TypeError("a run ends in an answer");
  if (conclusion.failure !== undefined) throw modelFailure(conclusion.failure);
  return { ...recordSchema.parse(state), conclusion };
}

function modelFailure({ code, message }: Failure) {
  return new RequestError(failedRun(code), new Error(message));
}
