import type { RunEvent } from "../../graph/events.ts";
import { eventText } from "../../view/event-text.ts";
import { printableLine } from "../terminal/printable.ts";
import type { Status } from "../terminal/surroundings.ts";

const MODEL = "Waiting for the model";

/** What a run waits for, told by its events. */
export function createStatusTeller(status: Status | undefined): {
  begin(): void;
  readonly onEvent: (event: RunEvent) => void;
  stop(): void;
} {
  return {
    begin: () => status?.show(MODEL),
    onEvent(event) {
      if (event.type === "answer-end") status?.show("Finishing");
      else if (event.type === "search-start" || event.type === "page-start")
        status?.show(eventText(event, printableLine));
      else if (event.type === "reasoning-delta") status?.show("Reasoning");
      else if (event.type === "answer-delta") status?.show("Writing the answer");
      else status?.show(MODEL);
    },
    stop: () => status?.hide(),
  };
}
