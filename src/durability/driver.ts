import { createHash } from "node:crypto";
import { HumanMessage } from "@langchain/core/messages";
import { Command, isGraphDrained, isInterrupted, RunControl } from "@langchain/langgraph";
import { z } from "zod";
import { AgenticRagError, messageOf } from "../errors.ts";
import { systemClock } from "../net/clock.ts";
import { LEASE_EPOCH } from "./checkpoint-rows.ts";
import type { Durability, Lease } from "./durability.ts";
import { leaseLost, startHeartbeat, threadBusy, threadUnknown, type Heartbeat } from "./lease.ts";

interface ThreadConfig {
  readonly configurable: { readonly thread_id: string; readonly [LEASE_EPOCH]?: number };
}

type Resume = Command<unknown, Record<string, never>, never>;

/** What the driver needs of a compiled graph that is asked by `messages`. */
export interface DrivenAgent {
  stream(
    input: { messages: HumanMessage[] } | Resume | null,
    options: ThreadConfig & {
      readonly streamMode: ["custom", "values"];
      readonly durability: "sync";
      readonly signal: AbortSignal;
      readonly control: RunControl;
    },
  ): Promise<AsyncIterable<[mode: string, data: unknown]>>;
  getState(config: ThreadConfig): Promise<{ readonly values: unknown; readonly tasks: readonly unknown[] }>;
}

export interface DriveRequest {
  readonly durability: Durability;
  /** Compiled with the checkpointer and the store of `durability`. */
  readonly agent: DrivenAgent;
  readonly threadId: string;
  /** Who drives, as others are told, such as `host:1234`. */
  readonly owner: string;
  /** Begins a new run. Without it the last run of the thread is brought to its end. */
  readonly question?: string;
  /** What the graph streams: `custom` its events, `values` its state. A step that is tried again streams again. */
  readonly onData?: (mode: string, data: unknown) => void;
  /**
   * Answers an interrupt, whose value it is given, while the thread is held; `undefined` leaves the run waiting. The
   * signal says that the run is to end. Default: a run that waits is not touched.
   */
  readonly answer?: (asked: unknown, signal: AbortSignal) => Promise<unknown>;
  /** Ends the run at once. It can be resumed. */
  readonly signal?: AbortSignal;
  /** Ends the run after the step that it is in, or at once when that takes longer than `graceMs`. */
  readonly drain?: AbortSignal;
  /** Default 10,000. */
  readonly graceMs?: number;
  /** How long others leave the thread alone when this process dies, in milliseconds. Default 30,000. */
  readonly leaseMs?: number;
  /** How often this call begins or resumes the run when checkpoints cannot be written. Default 5. */
  readonly maxAttempts?: number;
  /** Pause before it is tried again, doubled each time, in milliseconds. Default 200. */
  readonly pauseMs?: number;
}

/**
 * `stopped`: the run was drained, and is an orphan at once, for the next process. `waiting`: it stands in an interrupt
 * that nobody answered; it is kept, and written down as `stopped`.
 */
export interface Driven {
  readonly status: "finished" | "stopped" | "waiting";
  readonly state: unknown;
}

/**
 * Drives one run of a thread to its end, and no other process at the same time. Each step is on the disk before the
 * next begins; whatever ends the process, the run can be resumed, by this function without a question.
 *
 * @throws AgenticRagError `thread-busy` while another process drives the thread; `thread-unknown` when there is
 * nothing to resume; `lease-lost` when another took over, and nothing more was written; `run-given-up` when
 * checkpoints could not be written however often it was tried. An error of the graph itself ends the run as failed,
 * and is thrown as it is; so is the reason of `signal`, after which the run is `stopped`.
 */
export async function driveThread(request: DriveRequest): Promise<Driven> {
  const { durability, threadId, owner, question, leaseMs = 30_000 } = request;
  const { book } = durability;
  if (question === undefined && (await book.find(threadId)) === undefined) throw threadUnknown(threadId);
  const claim = await book.claim(threadId, owner, leaseMs);
  if (claim.status === "busy") throw threadBusy(claim.thread);
  const { lease, thread } = claim;
  const heartbeat = startHeartbeat(book, lease, leaseMs);
  const leaving = createLeaving(request, heartbeat.lost);
  const run = {
    question: question ?? thread?.question ?? "",
    id: questionId(threadId, question === undefined ? (thread?.run ?? 0) : lease.epoch),
  };
  try {
    return await attempt(request, lease, run, leaving, heartbeat);
  } finally {
    await heartbeat.stop();
    leaving.stop();
  }
}

interface Run {
  readonly question: string;
  /** Of the message that asks it. */
  readonly id: string;
}

async function attempt(
  request: DriveRequest,
  lease: Lease,
  run: Run,
  leaving: Leaving,
  heartbeat: Heartbeat,
): Promise<Driven> {
  const { durability, question, maxAttempts = 5, pauseMs = 200 } = request;
  const { book } = durability;
  let begun = false;
  for (let tries = 1; ; tries += 1) {
    try {
      await book.begin(lease, begun ? undefined : question);
      begun = true;
      const state = await runToEnd(request, run, lease, leaving);
      const status = state.waiting ? "waiting" : state.unfinished ? "stopped" : "finished";
      await book.release(lease, status === "finished" ? "finished" : "stopped");
      return { status, state: state.values };
    } catch (error) {
      if (leaving.lost.aborted) throw leaseLost(lease.threadId);
      if (request.signal?.aborted === true) {
        await book.release(lease, "stopped");
        throw error;
      }
      if (isGraphDrained(error) || leaving.ended.aborted) {
        await heartbeat.stop();
        await book.renew(lease, 0);
        return { status: "stopped", state: (await stateOf(request)).values };
      }
      if (AgenticRagError.isInstance(error) && error.code !== "store-unusable") {
        if (error.code !== "lease-lost") await book.release(lease, "failed", error.message);
        throw error;
      }
      if (tries >= maxAttempts) throw await giveUp(request, lease, error, tries);
      await systemClock.sleep(pauseMs * 2 ** (tries - 1), leaving.ended);
    }
  }
}

/** Runs the graph from wherever the thread stands, until it ends or waits. */
async function runToEnd(request: DriveRequest, { question, id }: Run, { epoch }: Lease, leaving: Leaving) {
  const before = await stateOf(request);
  const isAsked = before.messages.some((message) => message.id === id);
  if (isAsked && !before.unfinished) return before;
  // its step would be run again, and perhaps not ask this time
  if (isAsked && before.waiting && request.answer === undefined) return before;
  let input: Parameters<DrivenAgent["stream"]>[0] = isAsked
    ? null
    : { messages: [new HumanMessage({ id, content: question })] };
  for (;;) {
    const stream = await request.agent.stream(input, {
      configurable: { thread_id: request.threadId, [LEASE_EPOCH]: epoch },
      streamMode: ["custom", "values"],
      durability: "sync",
      signal: leaving.ended,
      control: leaving.control,
    });
    for await (const [mode, data] of stream) {
      // an interrupt is streamed where a state would be
      if (!isInterrupted(data)) request.onData?.(mode, data);
    }
    const state = await stateOf(request);
    if (!state.waiting || request.answer === undefined) return state;
    const answer = await request.answer(state.asked, leaving.asked);
    leaving.ended.throwIfAborted();
    if (answer === undefined) return state;
    input = new Command<unknown, Record<string, never>, never>({ resume: answer });
  }
}

const tasksSchema = z.array(z.object({ interrupts: z.array(z.object({ value: z.unknown() })).default([]) }));

const valuesSchema = z.object({
  messages: z.array(z.object({ id: z.string().nullish() })).default([]),
});

/** What is left to do are the tasks of the last checkpoint: a killed step has none in `next`. */
async function stateOf(request: DriveRequest) {
  const { values, tasks } = await request.agent.getState(configOf(request));
  const { messages } = valuesSchema.parse(values ?? {});
  const interrupts = tasksSchema.parse(tasks).flatMap((task) => task.interrupts);
  return {
    values,
    messages,
    unfinished: tasks.length > 0,
    waiting: interrupts.length > 0,
    asked: interrupts[0]?.value,
  };
}

function configOf({ threadId }: DriveRequest): ThreadConfig {
  return { configurable: { thread_id: threadId } };
}

/** The same whenever the run is begun again, so that its searches are found again. */
function questionId(threadId: string, run: number): string {
  return createHash("sha256")
    .update(JSON.stringify([threadId, run]))
    .digest("hex");
}

interface Leaving {
  /** The run is to end at once. */
  readonly ended: AbortSignal;
  /** No answer is waited for any more: the run ends, in order or at once. */
  readonly asked: AbortSignal;
  readonly lost: AbortSignal;
  readonly control: RunControl;
  stop(): void;
}

function createLeaving({ signal, drain, graceMs = 10_000 }: DriveRequest, lost: AbortSignal): Leaving {
  const control = new RunControl();
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onDrain = (): void => {
    control.requestDrain("The process is ending.");
    timer = setTimeout(() => late.abort(), graceMs);
  };
  if (drain?.aborted === true) onDrain();
  else drain?.addEventListener("abort", onDrain, { once: true });
  const ended = AbortSignal.any([late.signal, lost, ...(signal === undefined ? [] : [signal])]);
  return {
    ended,
    asked: AbortSignal.any([ended, ...(drain === undefined ? [] : [drain])]),
    lost,
    control,
    stop() {
      clearTimeout(timer);
      drain?.removeEventListener("abort", onDrain);
    },
  };
}

async function giveUp(
  { durability, threadId }: DriveRequest,
  lease: Lease,
  error: unknown,
  tries: number,
): Promise<AgenticRagError> {
  const problem = `The run of the thread ${JSON.stringify(threadId)} was tried ${tries} times and failed each time, lastly: ${messageOf(error)} When that is mended: agentic-rag resume.`;
  try {
    await durability.book.release(lease, "failed", problem);
  } catch {
    // The lease runs out, which shows others that the run is an orphan.
  }
  return new AgenticRagError("run-given-up", problem, { cause: error });
}
