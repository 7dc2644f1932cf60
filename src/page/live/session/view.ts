import type { Followed } from "./follow.ts";
import type { Kept } from "./kept.ts";
import type { ThreadEntry } from "./wire.ts";

/** A thread that is shown. */
export interface OpenThread {
  readonly id: string;
  /** The graph that answers on it; absent where nothing was asked yet. */
  readonly graph: string | undefined;
  readonly followed: Followed;
  /** What is kept of it; absent until it is read. */
  readonly kept?: Kept | undefined;
  readonly activity: "loading" | "idle" | "running" | "stopping" | "reconnecting";
  /** When what goes on began, in milliseconds of `Date.now()`. */
  readonly since?: number | undefined;
}

/** Everything that the page shows. */
export interface View {
  readonly phase: "loading" | "key" | "ready";
  /** Why the key that was given does not do. */
  readonly keyProblem?: string | undefined;
  /** The server was given a key, which can be forgotten. */
  readonly hasKey: boolean;
  readonly graphs: readonly string[];
  readonly threads: readonly ThreadEntry[];
  readonly open?: OpenThread | undefined;
  /** What went wrong last, for a person. */
  readonly problem?: string | undefined;
}

/** Where keys and addresses are kept: a browser's, or a test's. */
export interface Place {
  readonly key: { get(): string | null; set(key: string | null): void };
  /** The thread and the checkpoint of the address. */
  readonly address: { get(): Address; set(address: Address, replace?: boolean): void };
  readonly wait: (milliseconds: number) => Promise<void>;
}

export interface Address {
  readonly thread?: string | undefined;
  readonly checkpoint?: string | undefined;
}
