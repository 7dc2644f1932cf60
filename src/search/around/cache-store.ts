import type { SearchOutcome } from "../engine.ts";

/** An outcome worth keeping: a failure never is. */
export type Answer = Exclude<SearchOutcome, { readonly status: "failed" }>;

export interface KeptAnswer {
  /** The engine that gave it: of a chain, the one that answered. */
  readonly engine: string;
  /** When it was given, and when it expires, in milliseconds since 1970. */
  readonly at: number;
  readonly expires: number;
  readonly answer: Answer;
}

/** Where answers are kept. Bounded in size; nothing that goes wrong with it ends a search. */
export interface CacheStore {
  get(key: string): KeptAnswer | undefined;
  put(key: string, kept: KeptAnswer): void;
  /** What was kept in a file stays there. A store can be closed more than once; it keeps nothing afterwards. */
  close(): void;
}
