import type { Trajectory } from "../../trajectory/trajectory.ts";
import type { RolloutFile } from "./rollout-file.ts";

/** A sample that nobody else works at. */
export interface HeldSample {
  /** Aborts when another process has taken it over. */
  readonly lost?: AbortSignal;
  /** Keeps what came of it, and gives it back. False, and nothing is kept, where another process has taken it over. */
  keep(run: Trajectory): Promise<boolean>;
  /** Gives it back, for whoever comes next. */
  leave(): Promise<void>;
}

/** Who works at which sample, and whose runs are kept. */
export interface SampleBook {
  /** `kept`: its run is there; `busy`: another process works at it. */
  take(id: string): Promise<HeldSample | "kept" | "busy">;
}

/** The book of a file that this process alone writes. */
export function bookOf(file: RolloutFile): SampleBook {
  return {
    async take(id) {
      if (file.recorded.has(id)) return "kept";
      return {
        async keep(run) {
          await file.add(run);
          return true;
        },
        leave: async () => undefined,
      };
    },
  };
}
