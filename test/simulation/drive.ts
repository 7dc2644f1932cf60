import { HumanMessage } from "@langchain/core/messages";
import { Command } from "@langchain/langgraph";
import { z } from "zod";
import { driveThread } from "../../src/durability/driver.ts";
import { AgenticRagError } from "../../src/errors.ts";
import type { AgenticRag } from "../../src/graph/graph.ts";
import type { RunState } from "../../src/graph/state.ts";
import type { Opened } from "./outside/keeper.ts";
import type { Person } from "./outside/person.ts";
import type { RunWatch } from "./run-watch.ts";
import type { Process, World } from "./world.ts";

/** A process with what it runs. */
export interface Running {
  readonly process: Process;
  readonly agent: AgenticRag;
  readonly opened: Opened;
}

export interface Attempt {
  readonly world: World;
  readonly running: Running;
  readonly run: RunWatch;
  readonly person: Person;
  /** Nobody has asked anything on this thread before. */
  readonly isFirst: boolean;
}

const tasksSchema = z.array(z.object({ interrupts: z.array(z.object({ value: z.unknown() })).default([]) }));

const NOTHING: Awaited<ReturnType<typeof look>> = { state: {}, isUnfinished: false, interrupts: [] };

function configOf({ thread }: Pick<RunWatch, "thread">) {
  return { configurable: { thread_id: thread } };
}

/** The state of a thread, and what is left to do. */
export async function look(agent: AgenticRag, run: Pick<RunWatch, "thread">) {
  const { values, tasks } = await agent.getState(configOf(run));
  const interrupts = tasksSchema.parse(tasks).flatMap((task) => task.interrupts);
  return { state: values as Partial<RunState>, isUnfinished: tasks.length > 0, interrupts };
}

/** Brings a run on as a program does that has the graph as a library. True once it is at its end. */
export async function bringOn({ world, running, run, person, isFirst }: Attempt): Promise<boolean> {
  const { agent, process } = running;
  const { chance, plan } = world;
  const { state, isUnfinished, interrupts } = isFirst ? NOTHING : await look(agent, run);
  if (isAbout(state, run)) run.committed(state as RunState);
  const isAsked =
    state.question === run.question || state.messages?.some(({ id }) => id === run.mark) === true;
  if (isAsked && !isUnfinished) return true;
  // whoever resumes an opened question has forgotten its settings, or tries to change them
  const context = isAbout(state, run)
    ? chance.pick([undefined, { approveSearches: false, maxSearches: 50 }])
    : { ...run.limits, date: "2026-11-22" };
  let input: Parameters<AgenticRag["stream"]>[0] = null;
  const [interrupted] = interrupts;
  if (!isAsked) {
    input =
      plan.asksBy === "question"
        ? { question: run.question }
        : { messages: [new HumanMessage({ id: run.mark, content: run.question })] };
  } else if (interrupted !== undefined) {
    const answer = person.answer(interrupted.value);
    if (answer === undefined) return false;
    input = new Command({ resume: answer }) as never;
  }
  const stopping = stopOnTheWay(world, process);
  let isDone = false;
  try {
    const stream = await agent.stream(input, {
      ...configOf(run),
      ...(context !== undefined && { context: context as never }),
      streamMode: ["custom", "values"],
      durability: "sync",
      signal: stopping,
    });
    for await (const [mode, data] of stream as AsyncIterable<[string, unknown]>) {
      if (!process.alive) break;
      take(mode, data, run, process);
      isDone = mode === "values" && isConcluded(data, run);
    }
    return process.alive && isDone;
  } catch (error) {
    if (!stopping.aborted || !process.alive) throw error;
    // nothing but the driver's lease refuses what a run that was left still writes: the slowest write takes so long
    await world.clock.sleep(12_000);
    return false;
  }
}

/** The same through `driveThread`, as the command line does. */
export async function drive({ world, running, run, person }: Attempt): Promise<boolean> {
  const { agent, process, opened } = running;
  const { book } = opened;
  if (book === undefined) throw new Error("There is nothing that keeps threads.");
  const known = await book.find(run.thread);
  const stopping = stopOnTheWay(world, process);
  const isDraining = world.chance.is(0.5);
  try {
    const { status, state } = await driveThread({
      durability: {
        checkpointer: opened.checkpointer,
        store: opened.store,
        book,
        close: async () => undefined,
      },
      agent,
      threadId: run.thread,
      owner: process.name,
      ...(known?.question !== run.question && { question: run.question }),
      onData: (mode, data) => {
        if (process.alive) take(mode, data, run, process);
      },
      answer: async (asked) => {
        process.at("asked");
        return person.answer(asked);
      },
      ...(isDraining ? { drain: stopping } : { signal: AbortSignal.any([stopping, process.signal]) }),
    });
    world.note(`${process.name} ${status}`);
    if (status !== "finished") return false;
    run.committed(state as RunState);
    return true;
  } catch (error) {
    if (!process.alive) throw error;
    if (AgenticRagError.isInstance(error)) {
      world.note(`${process.name} ${error.code}`);
      if (["thread-busy", "lease-lost", "run-given-up"].includes(error.code)) return false;
    }
    if (stopping.aborted) return false;
    throw error;
  }
}

function take(mode: string, data: unknown, run: RunWatch, process: Process): void {
  if (mode === "custom") run.ownText(JSON.stringify(data), "event");
  else if (typeof data === "object" && data !== null && isAbout(data, run))
    run.streamed(data as RunState, process);
}

function isConcluded(data: unknown, run: RunWatch): boolean {
  const state = data as Partial<RunState>;
  return isAbout(state, run) && state.stopReason != null;
}

/** A thread's state is about its last question only once that is opened. */
function isAbout({ opening }: Partial<RunState>, run: RunWatch): boolean {
  return opening?.question === run.question;
}

/** A signal that may be aborted on the way. */
function stopOnTheWay({ chance, clock, plan }: World, process: Process): AbortSignal {
  const controller = new AbortController();
  const stop = async (): Promise<void> => {
    await clock.sleep(chance.pick([1, 30, 2_000, 40_000]), process.signal);
    if (process.alive) controller.abort();
  };
  if (chance.is(plan.stops)) void stop();
  return controller.signal;
}
