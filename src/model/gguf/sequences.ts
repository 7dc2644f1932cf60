import { abortError } from "../../net/abort.ts";
import type { GgufSequence } from "./library.ts";

/** A sequence for as long as one request needs it. */
export interface Lease {
  readonly sequence: GgufSequence;
  /** Gives it back when the work on it is done; work that failed leaves it in an unknown state, so it is replaced. */
  release(work: Promise<unknown>): void;
}

export interface SequencePool {
  /** The free sequence that suits the prompt best; waits where none is free, in the order of asking. */
  take(prompt: number[], signal: AbortSignal | undefined): Promise<Lease>;
  /** Those who wait, and who come later, are refused. */
  close(reason: Error): void;
}

interface Waiting {
  readonly prompt: number[];
  give(lease: Lease): void;
  refuse(reason: Error): void;
}

/** @param open makes a sequence; called `size` times, and again for each one that failed. */
export function createSequencePool(size: number, open: () => GgufSequence): SequencePool {
  // the one that was used longest ago comes first
  const free = Array.from({ length: size }, open);
  const queue: Waiting[] = [];
  let closed: Error | undefined;

  function lend(prompt: number[]): Lease | undefined {
    const sequence = free.toSorted((a, b) => costOf(a, prompt) - costOf(b, prompt))[0];
    if (sequence === undefined) return undefined;
    free.splice(free.indexOf(sequence), 1);
    return {
      sequence,
      release: (work) =>
        void work.then(
          () => put(sequence),
          () => replace(sequence),
        ),
    };
  }

  function put(sequence: GgufSequence): void {
    free.push(sequence);
    const first = queue.shift();
    const lease = first === undefined ? undefined : lend(first.prompt);
    if (lease !== undefined) first?.give(lease);
  }

  async function replace(failed: GgufSequence): Promise<void> {
    try {
      await failed.dispose();
      put(open());
    } catch (error) {
      close(error instanceof Error ? error : new Error(String(error)));
    }
  }

  function close(reason: Error): void {
    closed ??= reason;
    for (const waiting of queue.splice(0)) waiting.refuse(reason);
  }

  return {
    close,
    async take(prompt, signal) {
      if (closed !== undefined) throw closed;
      const lease = queue.length === 0 ? lend(prompt) : undefined;
      if (lease !== undefined) return lease;
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          queue.splice(queue.indexOf(waiting), 1);
          if (signal !== undefined) reject(abortError(signal));
        };
        const settled = (): void => signal?.removeEventListener("abort", leave);
        const waiting: Waiting = {
          prompt,
          give: (given) => {
            settled();
            resolve(given);
          },
          refuse: (reason) => {
            settled();
            reject(reason);
          },
        };
        queue.push(waiting);
        signal?.addEventListener("abort", leave, { once: true });
      });
    },
  };
}

/**
 * What a prompt costs in a sequence: the tokens to evaluate, and the evaluated ones that are given up. The second part
 * keeps a new run, which shares its beginning with every other, off the sequence of a run that is only searching.
 */
function costOf(sequence: GgufSequence, prompt: number[]): number {
  const shared = sequence.compareContextTokens(prompt).firstDifferentIndex;
  return prompt.length - shared + (sequence.nextTokenIndex - shared);
}
