import { throwIfAborted, untilAborted } from "../../net/abort.ts";
import type { GgufSequence } from "./library.ts";

/** The sequence for as long as one request needs it. */
export interface Lease {
  readonly sequence: GgufSequence;
  /** Gives it back when the work on it is done; work that failed leaves it in an unknown state, so it is replaced. */
  release(work: Promise<unknown>): void;
}

/** The one sequence of a context: requests use it one after another, in the order of asking. */
export interface SequenceQueue {
  take(signal: AbortSignal | undefined): Promise<Lease>;
  /** Those who wait, and who come later, are refused. */
  close(reason: Error): void;
}

/** @param open makes the sequence; called at once, and again after each one that failed. */
export function createSequenceQueue(open: () => GgufSequence): SequenceQueue {
  let sequence = open();
  let last: Promise<unknown> = Promise.resolve();
  const closing = new AbortController();

  async function replace(): Promise<void> {
    try {
      await sequence.dispose();
      sequence = open();
    } catch (error) {
      closing.abort(error);
    }
  }

  return {
    close: (reason) => closing.abort(reason),
    async take(signal) {
      closing.signal.throwIfAborted();
      throwIfAborted(signal);
      const before = last;
      let leave: (() => void) | undefined;
      const used = new Promise<void>((resolve) => (leave = resolve));
      last = before.then(() => used);
      try {
        await untilAborted(
          before,
          AbortSignal.any([closing.signal, ...(signal === undefined ? [] : [signal])]),
        );
      } catch (error) {
        leave?.();
        closing.signal.throwIfAborted();
        throw error;
      }
      return { sequence, release: (work) => void work.catch(replace).then(leave) };
    },
  };
}
