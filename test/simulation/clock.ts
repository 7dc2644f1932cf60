import { setImmediate as settled } from "node:timers/promises";

interface Timer {
  readonly id: number;
  readonly ring: () => void;
  readonly every: number | undefined;
  due: number;
}

/** Thrown where a run waits for something that never comes. */
export class Stuck extends Error {
  override readonly name = "Stuck";
}

/** More simulated time than any run may take, in milliseconds. */
const LONGEST_MS = 24 * 3_600_000;

/**
 * A clock that goes on only when nothing is left to do at its present moment. While `run` works, `setTimeout`,
 * `setInterval`, `performance.now` and `Date.now` follow it, in everything that runs in this process.
 */
export class SimulatedClock {
  #now = 0;
  #wall = Date.UTC(2026, 10, 22, 12);
  #made = 0;
  readonly #timers = new Map<number, Timer>();
  #polls: (() => void)[] = [];

  /** Milliseconds of the clock that never jumps. */
  get now(): number {
    return this.#now;
  }

  /** Sets the wall clock forward or back. */
  jump(milliseconds: number): void {
    this.#wall += milliseconds;
  }

  /** Resolves after so much simulated time, or early when the signal is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (milliseconds <= 0 || signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const id = this.#set(() => {
        signal?.removeEventListener("abort", stop);
        resolve();
      }, milliseconds);
      const stop = (): void => {
        this.#timers.delete(id);
        resolve();
      };
      signal?.addEventListener("abort", stop, { once: true });
    });
  }

  /**
   * LangGraph's store polls with timers of no time: the clock goes on once these bring no more `progress`, which counts
   * what happened.
   *
   * @throws Stuck where `work` waits and no timer is set, or goes on for ever
   */
  async run<Value>(work: () => Promise<Value>, progress: () => number): Promise<Value> {
    const restore = this.#install();
    let isDone = false;
    try {
      const result = work().finally(() => (isDone = true));
      result.catch(() => undefined);
      let before = -1;
      for (let idle = 0; ;) {
        // by then all promises have run that could
        await settled();
        if (isDone) return await result;
        const happened = progress() + this.#made;
        idle = happened === before ? idle + 1 : 0;
        before = happened;
        const polled = this.#poll();
        if (idle < (polled ? 3 : 1)) continue;
        if (!this.#advance()) throw new Stuck("It waits for something that never comes.");
        if (this.#now > LONGEST_MS) throw new Stuck("It goes on for ever.");
        idle = 0;
      }
    } finally {
      restore();
    }
  }

  #set(ring: () => void, milliseconds: number, every?: number): number {
    this.#made += 1;
    const due = this.#now + Math.max(0, milliseconds);
    this.#timers.set(this.#made, { id: this.#made, ring, due, every });
    return this.#made;
  }

  /** Rings the timers of no time; false where there were none. */
  #poll(): boolean {
    const polls = this.#polls;
    this.#polls = [];
    for (const ring of polls) ring();
    return polls.length > 0;
  }

  /** Rings the timer that is due next; false where there is none. */
  #advance(): boolean {
    let first: Timer | undefined;
    for (const timer of this.#timers.values()) {
      if (first === undefined || timer.due < first.due) first = timer;
    }
    if (first === undefined) return false;
    this.#now = Math.max(this.#now, first.due);
    if (first.every === undefined) this.#timers.delete(first.id);
    else first.due = this.#now + first.every;
    first.ring();
    return true;
  }

  #install(): () => void {
    const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
    const dateNow = Date.now;
    const clear = (handle: unknown): void => {
      if (!(handle instanceof Handle)) return;
      handle.isCleared = true;
      this.#timers.delete(handle.id);
    };
    const timed = (ring: (...given: unknown[]) => void, milliseconds = 0, ...given: unknown[]): Handle => {
      if (milliseconds > 0) return new Handle(this.#set(() => ring(...given), milliseconds));
      const handle = new Handle(0);
      this.#polls.push(() => {
        if (!handle.isCleared) ring(...given);
      });
      return handle;
    };
    const repeated = (ring: (...given: unknown[]) => void, milliseconds = 0, ...given: unknown[]): Handle =>
      new Handle(this.#set(() => ring(...given), Math.max(1, milliseconds), Math.max(1, milliseconds)));
    Object.assign(globalThis, {
      setTimeout: timed,
      setInterval: repeated,
      clearTimeout: clear,
      clearInterval: clear,
    });
    Date.now = () => this.#wall + Math.floor(this.#now);
    Object.defineProperty(performance, "now", { value: () => this.#now, configurable: true, writable: true });
    return () => {
      Object.assign(globalThis, { setTimeout, setInterval, clearTimeout, clearInterval });
      Date.now = dateNow;
      Reflect.deleteProperty(performance, "now");
    };
  }
}

/** What the simulated `setTimeout` gives back. */
class Handle {
  readonly id: number;
  isCleared = false;

  constructor(id: number) {
    this.id = id;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }
}
