/** Counts what runs at the same time, in all and for each caller. */
export interface Slots {
  /**
   * Takes a place; gives what sets it free again, or `null` when none is left. Freeing twice counts once. Without a
   * caller's name only the number of all counts.
   */
  take(caller?: string): (() => void) | null;
}

export interface Concurrency {
  readonly total: number;
  /** Of these, for one caller. */
  readonly perCaller: number;
}

export function createSlots({ total, perCaller }: Concurrency): Slots {
  let taken = 0;
  const byCaller = new Map<string, number>();

  function change(caller: string | undefined, by: 1 | -1): void {
    taken += by;
    if (caller === undefined) return;
    const own = (byCaller.get(caller) ?? 0) + by;
    if (own === 0) byCaller.delete(caller);
    else byCaller.set(caller, own);
  }

  return {
    take(caller) {
      const own = caller === undefined ? 0 : (byCaller.get(caller) ?? 0);
      if (taken >= total || own >= perCaller) return null;
      change(caller, 1);
      let held = true;
      return () => {
        if (held) change(caller, -1);
        held = false;
      };
    },
  };
}
