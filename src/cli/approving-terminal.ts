import { createApprover, type Approver } from "./approver.ts";
import { createLineReader } from "./terminal/line-reader.ts";
import type { SignalName, Surroundings } from "./terminal/surroundings.ts";

/** A terminal at which a person approves searches while a run is shown on it. */
export interface ApprovingTerminal {
  readonly approver: Approver;
  /** As before; the Ctrl-C that the terminal now reads as a key is a SIGINT here. */
  readonly surroundings: Surroundings;
  /** Gives the terminal back. */
  close(): void;
}

/** Reads the keyboard until it is closed, so that nothing typed before a search is shown approves it. */
export function openApprovingTerminal(
  surroundings: Surroundings,
  show: (text: string) => void,
): ApprovingTerminal {
  const listeners = new Set<(name: SignalName) => void>();
  const reader = createLineReader(surroundings, {
    prompt: "",
    history: false,
    onInterrupt() {
      for (const listener of listeners) listener("SIGINT");
    },
  });
  return {
    approver: createApprover({ reader, show }),
    surroundings: {
      ...surroundings,
      onSignal(listener) {
        const unsubscribe = surroundings.onSignal(listener);
        listeners.add(listener);
        return () => {
          listeners.delete(listener);
          unsubscribe();
        };
      },
    },
    close: () => reader.close(),
  };
}
