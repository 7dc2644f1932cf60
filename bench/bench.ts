import type { Patience } from "./speed/others.ts";

/** What a measurement is given. */
export interface Bench {
  readonly print: (line: string) => void;
  readonly patience: Patience;
  /** How often each contender has its turn; a median is of that many turns. */
  readonly turns: number;
  /** Sizes of the index that is measured. */
  readonly passages: readonly number[];
  /** Whether files of docs/ are to be written. */
  readonly write: boolean;
}
