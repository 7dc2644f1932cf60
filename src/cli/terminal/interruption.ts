import { SIGNAL_EXIT_CODES } from "./exit-code.ts";
import type { SignalName, Surroundings } from "./surroundings.ts";

/** A person or a supervisor ended the work. */
export class Interruption extends Error {
  override readonly name = "Interruption";
  readonly signalName: SignalName;

  constructor(signalName: SignalName, message = "Stopped.") {
    super(message);
    this.signalName = signalName;
  }
}

/**
 * Runs work that the first SIGINT or SIGTERM aborts, and the second one ends together with the process. With `drain`,
 * the first SIGTERM aborts that instead, and the work may end in order.
 *
 * @throws Interruption once the work has ended, if a signal came.
 */
export async function interruptible<Result>(
  { onSignal, leave }: Pick<Surroundings, "onSignal" | "leave">,
  work: (signal: AbortSignal) => Promise<Result>,
  message?: string,
  drain?: AbortController,
): Promise<Result> {
  const controller = new AbortController();
  let interruption: Interruption | undefined;
  const unsubscribe = onSignal((name) => {
    if (interruption !== undefined) return leave(SIGNAL_EXIT_CODES[name]);
    if (name === "SIGTERM" && drain?.signal.aborted === false) return drain.abort();
    interruption = new Interruption(name, message);
    controller.abort();
  });
  try {
    const result = await work(controller.signal);
    if (interruption === undefined) return result;
  } catch (error) {
    if (interruption === undefined) throw error;
  } finally {
    unsubscribe();
  }
  throw interruption;
}
