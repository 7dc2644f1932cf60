import { AsyncLocalStorage } from "node:async_hooks";
import type { Chance } from "./chance.ts";
import type { SimulatedClock } from "./clock.ts";
import type { Plan } from "./plan.ts";
import type { RunWatch } from "./run-watch.ts";

/** A process is gone; thrown by whatever it does afterwards. */
export class ProcessDied extends Error {
  override readonly name = "ProcessDied";
}

/** Something outside the graph failed, and is told so. */
export class OutsideFault extends Error {
  override readonly name = "OutsideFault";
}

/** Which rules are looked after: one that is known not to hold yet can be left out. */
export interface Rules {
  /** The time budget ends searches and openings of pages too. */
  readonly timeBindsSearches: boolean;
  /** A thread goes on where it was when the wall clock was set back. */
  readonly clockMayGoBack: boolean;
}

export const RULES: Rules = { timeBindsSearches: true, clockMayGoBack: true };

/** One for all simulations: each that there is costs every promise of the process. */
const CURRENT = new AsyncLocalStorage<RunWatch>();

/** All that the parts of a simulation share. */
export class World {
  readonly chance: Chance;
  readonly clock: SimulatedClock;
  readonly plan: Plan;
  readonly rules: Rules;
  /** Everything that happened, in order. The same for the same seed. */
  readonly trace: string[] = [];
  readonly violations: string[] = [];
  /** The questions by their mark. */
  readonly runs = new Map<string, RunWatch>();
  /** The question that is being answered, by whom something is asked. */
  readonly current = CURRENT;
  /** How often something outside failed so far: a run may end with an error only where this grew. */
  faults = 0;
  /** Time that was spent outside the model, in milliseconds. */
  otherMs = 0;

  constructor(chance: Chance, clock: SimulatedClock, plan: Plan, rules: Rules) {
    this.chance = chance;
    this.clock = clock;
    this.plan = plan;
    this.rules = rules;
  }

  note(what: string): void {
    this.trace.push(`${Math.round(this.clock.now)} ${what}`);
  }

  violate(rule: string): void {
    if (this.violations.includes(rule)) return;
    this.violations.push(rule);
    this.note(`VIOLATION ${rule}`);
  }

  /** Something outside fails the step that a thread is in: whoever goes on does so from what was written before. */
  fault(what: string, thread: unknown): OutsideFault {
    this.faults += 1;
    for (const run of this.runs.values()) if (run.thread === thread) run.resumed();
    this.note(`fault: ${what}`);
    return new OutsideFault(what);
  }

  /** The run that a text belongs to: by its mark or, where that was cut off, by who asks. */
  runOf(text: string, what: string): RunWatch {
    const mark = text.match(MARK)?.at(-1);
    const run = mark === undefined ? this.current.getStore() : this.runs.get(mark);
    if (run === undefined) throw new Error(`No run is known by ${what} ${JSON.stringify(text.slice(-200))}`);
    return run;
  }
}

/** What every text of one run carries. */
const MARK = /zq\d+x\d+z/g;

export function markOf(thread: number, question: number): string {
  return `zq${thread}x${question}z`;
}

/** The marks in a text. */
export function marksIn(text: string): ReadonlySet<string> {
  return new Set(text.match(MARK));
}

/** A process that can die at any of its points. */
export class Process {
  readonly name: string;
  readonly died: Promise<void>;
  readonly #world: World;
  readonly #controller = new AbortController();
  /** Threads that another process has taken over. */
  readonly lost = new Set<string>();
  #left: number;
  #tellDeath: () => void = () => undefined;

  constructor(name: string, world: World, points: number) {
    this.name = name;
    this.#world = world;
    this.#left = points;
    this.died = new Promise((resolve) => (this.#tellDeath = resolve));
  }

  get alive(): boolean {
    return !this.#controller.signal.aborted;
  }

  /** Aborted when it dies. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** A moment at which it may die. @throws ProcessDied where it does, or did before */
  at(point: string): void {
    if (!this.alive) throw new ProcessDied(this.name);
    this.#world.note(`${this.name} ${point}`);
    const { plan, chance, clock, rules } = this.#world;
    if (plan.jumps > 0 && chance.is(plan.jumps)) {
      const jump = chance.pick([5_000, 3_600_000, 400 * 86_400_000]);
      // LangGraph's own saver in memory takes the checkpoint with the latest time for the last one
      const mayGoBack = rules.clockMayGoBack && plan.keeper === "sqlite";
      clock.jump(chance.is(0.5) && mayGoBack ? -jump : jump);
    }
    this.#left -= 1;
    if (this.#left >= 0) return;
    this.kill();
    throw new ProcessDied(this.name);
  }

  kill(): void {
    if (!this.alive) return;
    this.#world.note(`${this.name} dies`);
    this.#controller.abort(new ProcessDied(this.name));
    this.#tellDeath();
  }

  /** Lets simulated time pass. @throws ProcessDied where it died meanwhile */
  async wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    const ended = signal === undefined ? this.signal : AbortSignal.any([signal, this.signal]);
    await this.#world.clock.sleep(milliseconds, ended);
    if (!this.alive) throw new ProcessDied(this.name);
  }
}
