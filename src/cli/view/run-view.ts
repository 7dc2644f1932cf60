import type { RunEvent } from "../../graph/events.ts";
import { closingLine } from "./closing-line.ts";
import { eventLine } from "./event-lines.ts";
import { modelLine } from "./model-line.ts";
import { createPaint, type Paint, type PaintOptions } from "../terminal/paint.ts";
import { everySearchFailed } from "../../graph/sources.ts";
import type { RunRecord } from "./run-record.ts";
import { createGroupedOutput, type GroupedOutput } from "../terminal/grouped-output.ts";
import { showSources } from "./source-list.ts";
import type { Surroundings } from "../terminal/surroundings.ts";

/** A run as a person sees it. */
export interface RunView {
  /** Who answers, before it begins. */
  begin(header: string): void;
  readonly onEvent: (event: RunEvent) => void;
  /** What a person is asked, before they answer on the line below. */
  readonly ask: (text: string) => void;
  /** The sources and what it took, for a run that came to its end. */
  end(record: RunRecord): void;
  /** Ends the line that is being written, for a run that did not. */
  close(): void;
}

export interface RunViewOptions extends PaintOptions {
  /** Something stands above already. */
  readonly above?: boolean;
  /** Tell how the model's turn is continued. @default true */
  readonly showModel?: boolean;
}

/**
 * Shows a run. At a terminal all of it goes to stdout as it happens. Elsewhere stdout gets the checked answer and its
 * sources when they are there, and stderr the rest.
 */
export function createRunView(
  { stdout, stderr }: Pick<Surroundings, "stdout" | "stderr">,
  options: RunViewOptions,
): RunView {
  const live = stdout.isTTY === true;
  const main = { groups: createGroupedOutput(stdout, options), paint: createPaint(stdout, options) };
  const side = live
    ? main
    : { groups: createGroupedOutput(stderr, options), paint: createPaint(stderr, options) };
  let streamed = false;

  return {
    begin(header) {
      side.groups.line("header", header, side.paint.dim);
    },
    onEvent(event) {
      if (event.type === "run-start") {
        const line = options.showModel === false ? undefined : modelLine(event);
        if (line !== undefined) side.groups.line("header", line, side.paint.dim);
      } else if (event.type === "reasoning-delta") {
        side.groups.flow("reasoning", event.text, side.paint.dim);
      } else if (event.type === "answer-delta") {
        streamed = true;
        if (live) main.groups.flow("answer", event.text);
      } else if (event.type === "answer-end") {
        side.groups.close();
        if (!event.answered) showStatement(side, event.answer);
        else if (!live || !streamed) main.groups.line("answer", withShortMarks(event.answer));
      } else {
        const line = eventLine(event);
        if (line !== undefined) side.groups.line("events", line.text, styleOf(line.tone, side.paint));
      }
    },
    ask(text) {
      main.groups.close();
      side.groups.line("events", text, side.paint.cyan);
    },
    end(record) {
      main.groups.close();
      const { groups, paint } = record.answered ? main : side;
      showSources(groups, paint, record);
      const advice = adviceOn(record);
      if (advice !== undefined) side.groups.line("advice", advice, side.paint.yellow);
      side.groups.line("end", closingLine(record), side.paint.dim);
    },
    close() {
      main.groups.close();
      side.groups.close();
    },
  };
}

/** The first paragraph: what was found is listed anyway. */
function showStatement({ groups, paint }: { groups: GroupedOutput; paint: Paint }, statement: string): void {
  groups.line("statement", statement.split("\n\n", 1)[0] ?? "", paint.yellow);
}

/** `[[1]](address)` as `[1]`: the address stands in the list of sources. */
function withShortMarks(answer: string): string {
  return answer.replaceAll(/\[\[(\d{1,4})\]\]\([^()\s]*\)/g, "[$1]");
}

function styleOf(tone: "plain" | "bad", paint: Paint): (text: string) => string {
  return tone === "bad" ? paint.yellow : paint.cyan;
}

function adviceOn(record: RunRecord): string | undefined {
  if (record.stopReason === "model-error")
    return "To find out what is wrong with the model's server: agentic-rag doctor";
  if (!everySearchFailed(record)) return undefined;
  return "Every search failed, so no source supports this. To find out why: agentic-rag doctor";
}
