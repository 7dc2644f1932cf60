import type { RunEvent } from "../../graph/events.ts";
import { duration } from "../../view/amounts.ts";

const FIRST_MS = 10_000;
const NEXT_MS = 60_000;

/** Says what a run waits for while nothing happens. */
export interface WaitTeller {
  /** The model is asked from now on, until something is heard. */
  begin(): void;
  readonly onEvent: (event: RunEvent) => void;
  /** Nothing is waited for. */
  stop(): void;
}

/** Tells a wait for the model after ten seconds, and then each minute. Searches have time limits of seconds, and names. */
export function createWaitTeller(tell: (line: string) => void): WaitTeller {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => clearTimeout(timer);
  const wait = (milliseconds: number, waited: number): void => {
    timer = setTimeout(() => {
      tell(
        waited === 0
          ? firstLine(milliseconds)
          : `Still waiting for the model, for ${duration(waited + milliseconds)} now.`,
      );
      wait(NEXT_MS, waited + milliseconds);
    }, milliseconds);
    timer.unref();
  };
  const begin = (): void => {
    stop();
    wait(FIRST_MS, 0);
  };
  return {
    begin,
    onEvent({ type }) {
      if (type === "search-start" || type === "page-start" || type === "answer-end") stop();
      else begin();
    },
    stop,
  };
}

function firstLine(milliseconds: number): string {
  return (
    `Waiting for the model's next word, for ${duration(milliseconds)} now: it may be loading, or reading a long prompt. ` +
    "How long it is given: AGENTIC_RAG_MODEL_WAIT_SECONDS."
  );
}
