import { explain } from "../terminal/failure.ts";
import { printableJson } from "../terminal/printable.ts";
import { mergeSources, type RunRecord } from "./run-record.ts";
import type { Surroundings } from "../terminal/surroundings.ts";

/**
 * What `ask --json` prints. The keys are always there, in this order, but for `failure` (the model could not go on)
 * and `error` (the run itself was ended by an error or a signal; the rest is how far it got).
 */
export function runJson(
  question: string,
  record: RunRecord,
  thrown?: { readonly error: unknown; readonly environment: Surroundings["environment"] },
): string {
  const { answer, answered, citations, sources, stopReason, searches, queries, usage, transcript } = record;
  const { opening, failure, pages, readings } = record;
  return printableJson({
    question,
    answer,
    answered,
    citations,
    sources: mergeSources(sources),
    stopReason,
    searches,
    queries,
    pages,
    readings,
    usage,
    transcript,
    protocol: opening?.protocol ?? null,
    model: opening?.model ?? null,
    engine: opening?.engine ?? null,
    ...(failure !== null && { failure }),
    ...(thrown !== undefined && { error: errorOf(thrown) }),
  });
}

function errorOf({ error, environment }: { error: unknown; environment: Surroundings["environment"] }) {
  const { code, message } = explain(error, environment);
  return { code, message };
}
