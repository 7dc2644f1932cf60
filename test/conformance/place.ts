import type { Durability } from "../../src/durability/durability.ts";

/** A database that no test has used. */
export interface Place {
  /** Each opening stands for a process of its own. Not closed by itself. */
  open(): Promise<Durability>;
  /** Makes the heads, or the values, of all checkpoints unreadable but of the nth that was put, from 1. */
  spoil(part: "heads" | "values", except: number): Promise<void>;
  /** The bytes that checkpoints, values and writes take. */
  storedBytes(): Promise<number>;
}

/** How a suite opens databases. */
export interface Opening {
  readonly newPlace: () => Place;
  /** Closed with the test. */
  readonly openedAt: (place: Place) => Promise<Durability>;
}
