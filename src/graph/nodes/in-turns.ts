import { setImmediate } from "node:timers/promises";

/** So long the event loop waits at most for a piece of work, about. */
const TURN_MS = 4;

/** Does work that stops often, and lets the event loop turn now and then. */
export async function inTurns<Result>(
  work: Generator<undefined, Result>,
  turnMs: number = TURN_MS,
): Promise<Result> {
  let began = performance.now();
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    if (performance.now() - began < turnMs) continue;
    await setImmediate();
    began = performance.now();
  }
}
