import type { RunEvent } from "../../graph/events.ts";
import { assumedTemplate } from "../../model/probe/choice.ts";
import { printableLine } from "../terminal/printable.ts";

type RunStart = Extract<RunEvent, { type: "run-start" }>;

/** How the model's turn is continued and why, where that was found out or is not the plain way. */
export function modelLine({ reason, ...event }: RunStart): string | undefined {
  const line = wayOf(event);
  return line === undefined || reason === undefined ? line : `${line} ${printableLine(reason)}`;
}

/** What a person has to mind about the model; undefined where there is nothing. */
export function modelWarning({ model, assumedTemplate: assumed }: RunStart): string | undefined {
  return assumed === true ? printableLine(assumedTemplate(model)) : undefined;
}

function wayOf({ family, dialect, continues }: Omit<RunStart, "reason">): string | undefined {
  const through = printableLine(dialect === undefined ? family : `${family}, ${dialect}`);
  switch (continues) {
    case "by-construction":
      return `Its turn is continued as raw text (${through}).`;
    case "proven":
      return `Its chat was seen to continue a turn (${through}).`;
    case "replayed":
      return `Its turn is replayed as messages (${through}).`;
    case "none":
      return `Its turn is not continued (${through}).`;
    case undefined:
      return family === "chat-prefix" ? `Its turn is continued by its chat (${through}).` : undefined;
  }
}
