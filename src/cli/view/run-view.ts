import { isWritten } from "../../graph/answer-content.ts";
import type { RunEvent } from "../../graph/events.ts";
import { supportHeadline } from "../../citation/support/note.ts";
import { closingLine } from "./closing-line.ts";
import { eventLine } from "./event-lines.ts";
import { modelLine, modelWarning } from "./model-line.ts";
import { createPaint, renderingFor, type Paint, type PaintOptions } from "../terminal/paint.ts";
import { everySearchFailed, restsOnNoSource } from "../../graph/sources.ts";
import type { RunRecord } from "./run-record.ts";
import { createGroupedOutput, type GroupedOutput } from "../terminal/grouped-output.ts";
import { printableLine } from "../terminal/printable.ts";
import { showSources, withShortMarks } from "./source-list.ts";
import { createStatusTeller } from "./status-teller.ts";
import { createWaitTeller } from "./wait-teller.ts";
import type { Surroundings, TextOutput } from "../terminal/surroundings.ts";

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
  { stdout, stderr, folder, status }: Pick<Surroundings, "stdout" | "stderr" | "folder" | "status">,
  options: RunViewOptions,
): RunView {
  const live = stdout.isTTY === true;
  const addresses = new Map<number, string>();
  const on = (output: TextOutput) => {
    const rendering = renderingFor(output, options, (mark) => addresses.get(mark));
    return {
      groups: createGroupedOutput(output, { ...options, rendering }),
      paint: createPaint(output, options),
    };
  };
  const main = on(stdout);
  const side = live ? main : on(stderr);
  let streamed = false;
  let whole = false;
  const waits =
    status === undefined
      ? createWaitTeller((line) => side.groups.line("events", line, side.paint.dim))
      : createStatusTeller(status);

  return {
    begin(header) {
      side.groups.line("header", header, side.paint.dim);
      waits.begin();
    },
    onEvent(event) {
      waits.onEvent(event);
      for (const { number, url } of sourcesOf(event)) addresses.set(number, url);
      if (event.type === "run-start") {
        if (options.showModel === false) return;
        const [line, warning] = [modelLine(event), modelWarning(event)];
        if (line !== undefined) side.groups.line("header", line, side.paint.dim);
        if (warning !== undefined) side.groups.line("header", warning, side.paint.yellow);
      } else if (event.type === "reasoning-delta") {
        side.groups.flow("reasoning", event.text, side.paint.dim);
      } else if (event.type === "answer-delta") {
        streamed = true;
        if (live) main.groups.markdown("answer", event.text);
      } else if (event.type === "answer-end") {
        side.groups.close();
        if (!isWritten(event)) showStatement(side, event.answer);
        else if (!live || !streamed) {
          whole = true;
          showHeadline(side, event);
          const { groups } = event.answered ? main : side;
          groups.document("answer", withShortMarks(event.answer));
        } else showHeadline(side, event);
      } else {
        const line = eventLine(event);
        if (line !== undefined) side.groups.line("events", line.text, styleOf(line.tone, side.paint));
      }
    },
    ask(text) {
      waits.stop();
      main.groups.close();
      side.groups.line("events", text, side.paint.cyan);
    },
    end(record) {
      waits.stop();
      main.groups.close();
      showSources({ ...(record.answered ? main : side), folder }, record);
      const notes = new Set(record.queries.flatMap(({ note }) => note ?? []));
      // what is no answer says them itself, where it was written as a whole
      for (const note of record.answered || !whole ? notes : [])
        side.groups.line("advice", printableLine(note), side.paint.yellow);
      const advice = adviceOn(record);
      if (advice !== undefined) side.groups.line("advice", advice, side.paint.yellow);
      side.groups.line("end", closingLine(record), side.paint.dim);
    },
    close() {
      waits.stop();
      main.groups.close();
      side.groups.close();
    },
  };
}

function sourcesOf(event: RunEvent): readonly { readonly number: number; readonly url: string }[] {
  if (event.type === "search-end") return event.sources;
  return event.type === "page-end" && event.source !== undefined ? [event.source] : [];
}

/** What of an answer is not supported, in a line: above it, or behind what was streamed. */
function showHeadline(
  { groups, paint }: { groups: GroupedOutput; paint: Paint },
  { answered, citations, uncited }: Extract<RunEvent, { type: "answer-end" }>,
): void {
  const headline = answered ? supportHeadline(citations, uncited) : "";
  if (headline !== "") groups.line("unsupported", headline, paint.yellow);
}

/** The first paragraph: what was found is listed anyway. */
function showStatement({ groups, paint }: { groups: GroupedOutput; paint: Paint }, statement: string): void {
  groups.line("statement", statement.split("\n\n", 1)[0] ?? "", paint.yellow);
}

function styleOf(tone: "plain" | "bad", paint: Paint): (text: string) => string {
  return tone === "bad" ? paint.yellow : paint.cyan;
}

/** Said beside an answer that nothing was looked up for. */
export const NO_SOURCE =
  "This rests on no source: the model answered without a search. If it should have looked it up, ask it to, or try a model that was trained to call tools: agentic-rag doctor tries whether this one does.";

function adviceOn(record: RunRecord): string | undefined {
  if (record.stopReason === "model-error")
    return "To find out what is wrong with the model's server: agentic-rag doctor";
  if (restsOnNoSource(record)) return NO_SOURCE;
  if (!everySearchFailed(record)) return undefined;
  return "Every search failed, so no source supports this. To find out why: agentic-rag doctor";
}
