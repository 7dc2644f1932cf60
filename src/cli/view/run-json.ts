import { supportHeadline } from "../../citation/support/note.ts";
import { explain } from "../terminal/failure.ts";
import { printableJson } from "../terminal/printable.ts";
import { restsOnNoSource } from "../../graph/sources.ts";
import { NO_SOURCE } from "./run-view.ts";
import { mergeSources, type RunRecord } from "./run-record.ts";
import type { Surroundings } from "../terminal/surroundings.ts";

interface Thrown {
  readonly error: unknown;
  readonly environment: Surroundings["environment"];
}

export interface RunJsonOptions {
  /** As `printableJson` takes it. Default: 2. */
  readonly indent?: 0 | 2;
  readonly thrown?: Thrown;
}

/**
 * What `ask --json` prints. The keys are always there, in this order, but for `note` (what is to be minded about the
 * answer), `failure` (the model could not go on) and `error` (the run itself was ended by an error or a signal; the rest is how far it got).
 */
export function runJson(
  question: string,
  record: RunRecord,
  { indent = 2, thrown }: RunJsonOptions = {},
): string {
  const { answer, rawAnswer, answered, citations, uncited, sources, stopReason } = record;
  const { searches, queries, usage, transcript } = record;
  const { generations, opening, failure, pages, readings } = record;
  const unsupported = answered ? supportHeadline(citations, uncited) : "";
  const note = restsOnNoSource(record) ? NO_SOURCE : unsupported;
  const told = {
    question,
    answer,
    rawAnswer,
    answered,
    citations,
    uncited,
    sources: mergeSources(sources),
    stopReason,
    searches,
    queries,
    pages,
    readings,
    usage,
    transcript: transcript.map(toldSegment),
    generations,
    opening,
    protocol: opening?.protocol ?? null,
    model: opening?.model ?? null,
    engine: opening?.engine ?? null,
    ...(note !== "" && { note }),
    ...(failure !== null && { failure }),
    ...(thrown !== undefined && { error: errorOf(thrown) }),
  };
  return printableJson(told, indent);
}

/** Without the messages of the endpoint, which are of use to it alone. */
function toldSegment(segment: RunRecord["transcript"][number]) {
  const { received: _, ...told } = segment;
  return told;
}

function errorOf({ error, environment }: Thrown) {
  const { code, message } = explain(error, environment);
  return { code, message };
}
