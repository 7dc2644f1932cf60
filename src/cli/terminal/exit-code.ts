import type { SignalName } from "./surroundings.ts";

export const EXIT_CODES = {
  answered: 0,
  /** No answer, or something failed. */
  failed: 1,
  /** Wrong usage or settings. */
  usage: 2,
} as const;

/** 128 and the number of the signal, as shells have it. */
export const SIGNAL_EXIT_CODES: Readonly<Record<SignalName, number>> = { SIGINT: 130, SIGTERM: 143 };
