import { driveThread } from "../durability/driver.ts";
import type { Durability } from "../durability/durability.ts";
import { isRunEvent, type RunEvent } from "../graph/events.ts";
import type { AgenticRag } from "../graph/graph.ts";
import type { Approver } from "./approver.ts";
import { EXIT_CODES } from "./terminal/exit-code.ts";
import { OWNER, stoppedLine, waitingLine } from "./thread-database.ts";
import type { Presentation } from "./view/presentation.ts";
import { exitCodeOf, readRecord, type RunRecord } from "./view/run-record.ts";

interface RunCommon {
  readonly agent: AgenticRag;
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

/** A question that nothing is kept of. */
interface SingleRun extends RunCommon {
  readonly question: string;
  readonly thread?: undefined;
  readonly approver?: undefined;
}

/** A run of a thread. Without a question the last one goes on. */
interface ThreadRun extends RunCommon {
  readonly question?: string;
  readonly thread: ThreadUse;
  /** Answers an agent that asks before it searches. */
  readonly approver?: Approver | undefined;
}

export interface ThreadUse {
  /** What the agent was compiled with. */
  readonly durability: Durability;
  readonly name: string;
  readonly leaseMs: number;
  /** Ends the run in order. */
  readonly drain: AbortSignal;
}

export type RunRequest = SingleRun | ThreadRun;

/** A run that has ended, by itself or by an error; then the record says how far it got. */
export interface EndedRun {
  readonly record: RunRecord;
  /** It ended before its answer, and can be resumed. */
  readonly stopped: boolean;
  /** It was stopped while it waits for a person. */
  readonly waiting: boolean;
  readonly thrown?: { readonly error: unknown };
}

/** Asks the agent, and tells what happens as it happens. */
export async function runAgent(request: RunRequest): Promise<EndedRun> {
  let state: unknown;
  const onData = (mode: string, data: unknown): void => {
    if (mode === "values") state = data;
    else if (isRunEvent(data) && request.approver?.knows(data) !== true) request.onEvent(data);
  };
  try {
    if (request.thread === undefined) {
      const { agent, question, signal } = request;
      const stream = await agent.stream({ question }, { streamMode: ["custom", "values"], signal });
      for await (const [mode, data] of stream) onData(mode, data);
      return { record: readRecord(state), stopped: false, waiting: false };
    }
    const driven = await drive(request, onData);
    const stopped = driven.status !== "finished";
    return {
      record: readRecord(driven.status === "stopped" ? state : driven.state),
      stopped,
      waiting: driven.status === "waiting",
    };
  } catch (error) {
    return { record: readRecord(state), stopped: false, waiting: false, thrown: { error } };
  }
}

/** Shows how a run ended, and gives the code to end with. Throws what ended it, if that was an error. */
export function concludeRun(
  { record, stopped, waiting, thrown }: EndedRun,
  shown: Presentation,
  { name, drain, approves }: Pick<ThreadUse, "name" | "drain"> & { readonly approves: boolean },
): number {
  if (thrown !== undefined) throw thrown.error;
  if (stopped) {
    const waits = waiting && !drain.aborted;
    shown.stop(record, waits ? waitingLine(name) : stoppedLine(name, approves));
    return waits ? EXIT_CODES.failed : EXIT_CODES.answered;
  }
  shown.end(record);
  return exitCodeOf(record);
}

function drive(
  { agent, question, signal, thread, approver }: ThreadRun,
  onData: (mode: string, data: unknown) => void,
) {
  const { durability, name: threadId, leaseMs, drain } = thread;
  return driveThread({
    durability,
    agent,
    threadId,
    leaseMs,
    owner: OWNER,
    onData,
    signal,
    drain,
    ...(question !== undefined && { question }),
    ...(approver !== undefined && { answer: approver.answer }),
  });
}
