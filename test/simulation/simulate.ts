import { protocols } from "../../src/protocol/index.ts";
import { createAgenticRag, type AgenticRag } from "../../src/graph/graph.ts";
import type { RunState } from "../../src/graph/state.ts";
import type { Protocol } from "../../src/protocol/protocol.ts";
import { createChance } from "./chance.ts";
import { SimulatedClock, Stuck } from "./clock.ts";
import { checkConclusion } from "./conclusion.ts";
import { bringOn, drive, look, type Running } from "./drive.ts";
import { JournalWatch } from "./outside/journal-watch.ts";
import { createMemoryKeeper, createSqliteKeeper, type Keeper } from "./outside/keeper.ts";
import { SimulatedModel } from "./outside/model.ts";
import { Person } from "./outside/person.ts";
import { drawPlan, type Plan } from "./plan.ts";
import { RunWatch } from "./run-watch.ts";
import { createSimulatedEngine, createSimulatedReader } from "./outside/sources.ts";
import { createWireModel } from "./outside/wire.ts";
import { markOf, OutsideFault, Process, ProcessDied, RULES, World, type Rules } from "./world.ts";
import type { AgenticRagParts } from "../../src/graph/parts.ts";
import { AgenticRagError } from "../../src/errors.ts";

export interface SimulateOptions {
  readonly rules?: Partial<Rules>;
  /** Where runs are kept, instead of where the seed has them. `sqlite` is in memory unless `file` is given. */
  readonly keeper?: Plan["keeper"];
  readonly file?: string;
  /** A defect that has to be found, in a part or around the graph. */
  readonly plant?: Plant;
  /** Changes what is drawn. */
  readonly change?: (plan: Plan) => Plan;
}

export interface Plant {
  readonly parts?: (parts: AgenticRagParts) => AgenticRagParts;
  readonly agent?: (agent: AgenticRag) => AgenticRag;
}

export interface Simulated {
  readonly seed: number;
  readonly plan: Plan;
  readonly violations: readonly string[];
  readonly trace: readonly string[];
}

/** Often enough for any run to come to its end. */
const MOST_ATTEMPTS = 60;

/** Lets everything happen that follows from a seed, and tells what should not have happened. */
export async function simulate(seed: number, options: SimulateOptions = {}): Promise<Simulated> {
  const chance = createChance(seed);
  const drawn = drawPlan(chance.fork(), options.keeper);
  const plan = options.change?.(drawn) ?? drawn;
  const clock = new SimulatedClock();
  const world = new World(chance, clock, plan, { ...RULES, ...options.rules });
  const journal = new JournalWatch();
  const keeper =
    plan.keeper === "memory"
      ? createMemoryKeeper(world, journal)
      : createSqliteKeeper(world, journal, options.file ?? ":memory:");
  try {
    const simulation = new Simulation(world, keeper, journal, options);
    await clock.run(
      () => simulation.play(),
      () => world.trace.length,
    );
  } catch (error) {
    if (!(error instanceof Stuck)) throw error;
    world.violate(error.message);
  } finally {
    keeper.close();
  }
  return { seed, plan, violations: world.violations, trace: world.trace };
}

class Simulation {
  readonly #world: World;
  readonly #keeper: Keeper;
  readonly #journal: JournalWatch;
  readonly #options: SimulateOptions;
  readonly #protocol: Protocol;
  #made = 0;
  #running: Running;

  constructor(world: World, keeper: Keeper, journal: JournalWatch, options: SimulateOptions) {
    this.#world = world;
    this.#keeper = keeper;
    this.#journal = journal;
    this.#options = options;
    this.#protocol = protocols[world.plan.protocol];
    this.#running = this.#start();
  }

  async play(): Promise<void> {
    const { threads } = this.#world.plan;
    await Promise.all(threads.map((questions, thread) => this.#converse(thread, questions)));
  }

  async #converse(thread: number, questions: number): Promise<void> {
    const earlier: string[] = [];
    for (let question = 0; question < questions; question += 1) {
      const mark = markOf(thread, question);
      const run = new RunWatch(this.#world, {
        mark,
        thread: `thread-${thread}`,
        question: `What is ${mark}?`,
        limits: this.#world.plan.limits,
      });
      this.#world.runs.set(mark, run);
      const person = new Person(this.#world);
      const state = await this.#world.current.run(run, () => this.#answer(run, person, question === 0));
      if (state === undefined) return;
      checkConclusion(this.#world, run, this.#protocol, state, earlier);
      earlier.push(mark);
    }
  }

  /** Has a question answered, by as many processes as it takes. */
  async #answer(run: RunWatch, person: Person, isNew: boolean): Promise<RunState | undefined> {
    const world = this.#world;
    for (let attempts = 1; attempts <= MOST_ATTEMPTS; attempts += 1) {
      const running = this.#living();
      const faults = world.faults;
      run.resumed();
      try {
        if (await this.#attempt(running, run, person, attempts === 1 && isNew))
          return await this.#loaded(run);
      } catch (error) {
        if (running.process.alive && world.faults === faults) {
          world.violate(`${run.mark}: a run fails only where something outside did (${String(error)})`);
          if (!(error instanceof AgenticRagError)) throw error;
          return undefined;
        }
        world.note(`${running.process.name} ends with ${nameOf(error)}`);
      }
      await world.clock.sleep(1_000);
    }
    world.violate(`${run.mark}: every run comes to an end`);
    return undefined;
  }

  async #attempt(running: Running, run: RunWatch, person: Person, isFirst: boolean): Promise<boolean> {
    const { process } = running;
    const world = this.#world;
    const attempt = { world, running, run, person, isFirst };
    const way = world.plan.keeper === "memory" ? bringOn : drive;
    const work = way(attempt);
    work.catch(() => undefined);
    const died = process.died.then(() => {
      throw new ProcessDied(process.name);
    });
    died.catch(() => undefined);
    const fight = world.chance.is(world.plan.fights) ? this.#rival(run) : undefined;
    let done = false;
    try {
      done = await Promise.race([work, died]);
    } finally {
      // whoever fights over a question does not come back to it when the next one is asked
      await fight;
    }
    if (!done && world.plan.keeper === "sqlite") this.#keeper.expire(run.thread);
    return done;
  }

  /** Another process wants the thread, perhaps when its lease has run out. */
  async #rival(run: RunWatch): Promise<void> {
    const world = this.#world;
    if (world.plan.keeper === "memory") return;
    await world.clock.sleep(world.chance.pick([1, 30, 2_000]));
    const rival = this.#start();
    if (world.chance.is(0.6)) {
      this.#running.process.lost.add(run.thread);
      this.#keeper.expire(run.thread);
      run.resumed();
    } else {
      rival.process.lost.add(run.thread);
    }
    const attempt = {
      world,
      running: rival,
      run,
      person: new Person(world),
      isFirst: false,
    };
    try {
      await Promise.race([drive(attempt), rival.process.died]);
    } catch (error) {
      world.note(`${rival.process.name} ends with ${nameOf(error)}`);
    }
    rival.process.kill();
    this.#keeper.expire(run.thread);
  }

  /** What a fresh graph finds in what was kept. */
  async #loaded(run: RunWatch): Promise<RunState> {
    const reader = new Process("reader", this.#world, Infinity);
    const fresh = this.#build(this.#keeper.open(undefined), reader);
    const { state, isUnfinished } = await look(fresh, run);
    if (isUnfinished) this.#world.violate(`${run.mark}: nothing is left to do of a run that is at its end`);
    run.committed(state as RunState);
    return state as RunState;
  }

  #living(): Running {
    if (!this.#running.process.alive) {
      for (const run of this.#world.runs.values()) this.#keeper.expire(run.thread);
      this.#running = this.#start();
    }
    return this.#running;
  }

  #start(): Running {
    const points = this.#world.plan.kills[this.#made] ?? Infinity;
    this.#made += 1;
    const process = new Process(`p${this.#made}`, this.#world, points);
    const opened = this.#keeper.open(process);
    return { process, opened, agent: this.#build(opened, process) };
  }

  #build({ checkpointer, store }: Running["opened"], process: Process) {
    const world = this.#world;
    const { clock, plan } = world;
    const protocol = this.#protocol;
    const wire = plan.model.through === "wire" ? createWireModel(world, process, protocol) : undefined;
    const parts: AgenticRagParts = {
      protocol,
      model: new SimulatedModel({ world, process, protocol, wire }),
      engine: createSimulatedEngine(world, process, this.#journal),
      pageReader: createSimulatedReader(world, process),
      limits: plan.limits,
      now: () => new Date(Date.UTC(2026, 10, 22, 12)),
      clock: () => clock.now,
      boundary: () => "k7f3",
      searchAhead: plan.searchAhead,
    };
    const { plant = {} } = this.#options;
    const agent = createAgenticRag(plant.parts?.(parts) ?? parts, { checkpointer, store });
    return plant.agent?.(agent) ?? agent;
  }
}

function nameOf(error: unknown): string {
  if (AgenticRagError.isInstance(error)) return error.code;
  if (error instanceof OutsideFault) return error.message;
  return error instanceof Error ? error.name : String(error);
}
