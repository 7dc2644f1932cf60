import type { RunEvent } from "../graph/events.ts";
import type { AgenticRag } from "../graph/graph.ts";
import { readRecord, type RunRecord } from "./run-record.ts";

export interface RunRequest {
  readonly agent: AgenticRag;
  readonly question: string;
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
  /** The thread to go on with, for an agent that keeps threads. */
  readonly threadId?: string;
}

/** A run that has ended, by itself or by an error; then the record says how far it got. */
export interface EndedRun {
  readonly record: RunRecord;
  readonly thrown?: { readonly error: unknown };
}

/** Asks the agent, and tells what happens as it happens. */
export async function runAgent(request: RunRequest): Promise<EndedRun> {
  const { agent, question, signal, onEvent, threadId } = request;
  let state: unknown;
  try {
    const stream = await agent.stream(
      { question },
      {
        streamMode: ["custom", "values"],
        signal,
        ...(threadId !== undefined && { configurable: { thread_id: threadId } }),
      },
    );
    for await (const [mode, data] of stream) {
      if (mode === "values") state = data;
      else if (isRunEvent(data)) onEvent(data);
    }
    return { record: readRecord(state) };
  } catch (error) {
    return { record: readRecord(state), thrown: { error } };
  }
}

const EVENT_TYPES: Readonly<Record<RunEvent["type"], true>> = {
  "run-start": true,
  "reasoning-delta": true,
  "answer-delta": true,
  "tool-call": true,
  "tool-call-invalid": true,
  "tool-call-refused": true,
  "search-start": true,
  "search-end": true,
  "budget-left": true,
  "answer-end": true,
};

/** Events come from this package's own graph: their type tells the rest. */
function isRunEvent(value: unknown): value is RunEvent {
  if (typeof value !== "object" || value === null || !("type" in value)) return false;
  return typeof value.type === "string" && Object.hasOwn(EVENT_TYPES, value.type);
}
