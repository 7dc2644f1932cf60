import { readFileSync } from "node:fs";
import { readEvents, type ServerEvent } from "../../../src/page/live/session/events.ts";
import { snapshotSchema, type Snapshot } from "../../../src/page/live/session/wire.ts";
import type { PageRun, PageStep } from "../../../src/page/run.ts";

/** What LangGraph's development server sent, byte for byte. */
const recording = (name: string): Buffer =>
  readFileSync(new URL(`../../fixtures/page/${name}`, import.meta.url));

/** The events of a recorded stream, which comes in pieces of so many bytes. */
export async function recordedEvents(name: string, size = 1000): Promise<readonly ServerEvent[]> {
  const bytes = recording(`${name}.sse`);
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
  const events: ServerEvent[] = [];
  for await (const event of readEvents(ReadableStream.from(pieces))) events.push(event);
  return events;
}

export function recordedHistory(name: string): readonly Snapshot[] {
  const history = JSON.parse(recording(`${name}.history.json`).toString()) as unknown[];
  return history.map((snapshot) => snapshotSchema.parse(snapshot));
}

/** What a person sees of a run, a line for each part of it. */
export function seen({
  status,
  active,
  steps,
  sources,
  answer,
  stopReason,
  failure,
}: PageRun): readonly string[] {
  return [
    [status, ...(active === undefined ? [] : [active])].join(", "),
    ...steps.map(seenStep),
    ...sources.map(
      ({ number, title, text }) => `source ${number}: ${title}${text === undefined ? "" : `, ${text}`}`,
    ),
    ...(answer === undefined ? [] : [`said: ${answer.text}`]),
    ...(answer?.citations ?? []).map(
      ({ number, known, verdict }) => `mark ${number}: ${known ? verdict : "unknown"}`,
    ),
    ...(stopReason === undefined ? [] : [`ended: ${stopReason}`]),
    ...(failure === undefined ? [] : [failure.code]),
  ];
}

function seenStep(step: PageStep): string {
  switch (step.kind) {
    case "search":
      return `search: ${step.queries.map(({ query, status, sources }) => [query, status, ...sources].join(" ")).join("; ")}`;
    case "pages":
      return `pages: ${step.pages.map(({ url, status }) => `${url} ${status}`).join("; ")}`;
    case "splice":
      return `splice: ${step.sources.join(", ")}`;
    case "reasoning":
    case "answer":
    case "repair":
      return `${step.kind}: ${step.text.trim()}`;
  }
}
