import { throwIfAborted, untilAborted } from "./abort.ts";

export interface SharedWorkOptions<Value> {
  /** `abort`: work that nobody waits for any more is aborted; `finish`: it goes on, and is kept. @default "abort" */
  readonly forsaken?: "abort" | "finish";
  /** False for a result that is given to those who wait, but not kept. @default every result is kept */
  readonly keeps?: (value: Value) => boolean;
}

/**
 * Work that is done once for all who wait for it. When it fails, those who wait fail with it, and the next one has it
 * begun again.
 */
export function createSharedWork<Value>(
  begin: (signal: AbortSignal) => Promise<Value>,
  { forsaken = "abort", keeps = () => true }: SharedWorkOptions<Value> = {},
): (signal?: AbortSignal) => Promise<Value> {
  let running: { readonly work: Promise<Value>; readonly controller: AbortController } | undefined;
  let waiting = 0;
  let done = false;

  function start(): NonNullable<typeof running> {
    const controller = new AbortController();
    const work = (async () => begin(controller.signal))();
    const started = { work, controller };
    const forget = (): void => {
      if (running === started) running = undefined;
    };
    const keep = (value: Value): void => {
      if (keeps(value)) done ||= running === started;
      else forget();
    };
    work.then(keep, forget);
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
      if (forsaken === "abort" && waiting === 0 && !done) {
        running = undefined;
        controller.abort();
      }
    }
  };
}
