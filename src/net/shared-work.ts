import { throwIfAborted, untilAborted } from "./abort.ts";

/**
 * Work that is done once for all who wait for it. It is aborted when nobody waits any more; when it fails, those who
 * wait fail with it, and the next one has it begun again.
 */
export function createSharedWork<Value>(
  begin: (signal: AbortSignal) => Promise<Value>,
): (signal?: AbortSignal) => Promise<Value> {
  let running: { readonly work: Promise<Value>; readonly controller: AbortController } | undefined;
  let waiting = 0;
  let done = false;

  function start(): NonNullable<typeof running> {
    const controller = new AbortController();
    const work = begin(controller.signal);
    const started = { work, controller };
    work.then(
      () => (done ||= running === started),
      () => {
        if (running === started) running = undefined;
      },
    );
    return started;
  }

  return async (signal) => {
    throwIfAborted(signal);
    running ??= start();
    const { work, controller } = running;
    waiting += 1;
    try {
      return await untilAborted(work, signal);
    } finally {
      waiting -= 1;
      if (waiting === 0 && !done) {
        running = undefined;
        controller.abort();
      }
    }
  };
}
