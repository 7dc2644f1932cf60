import { z } from "zod";
import { pageRecordSchema } from "../../graph/pages/record.ts";
import { generationSchema } from "../../graph/continuation/generations.ts";
import { segmentSchema } from "../../graph/continuation/segment.ts";
import { citationSchema, uncitedSchema } from "../../graph/citation.ts";
import {
  openingSchema,
  queryRecordSchema,
  sourceSchema,
  stopReasonSchema,
  type Source,
} from "../../graph/state.ts";
import { everySearchFailed } from "../../graph/sources.ts";
import { NO_USAGE, usageSchema } from "../../graph/usage.ts";
import { EXIT_CODES } from "../terminal/exit-code.ts";

const recordSchema = z.object({
  opening: openingSchema.nullable(),
  answer: z.string(),
  rawAnswer: z.string().default(""),
  answered: z.boolean(),
  citations: z.array(citationSchema),
  uncited: uncitedSchema.default([]),
  sources: z.array(sourceSchema),
  stopReason: stopReasonSchema.nullable(),
  searches: z.number(),
  repairs: z.number().default(0),
  queries: z.array(queryRecordSchema),
  pages: z.number().default(0),
  readings: z.array(pageRecordSchema).default([]),
  usage: usageSchema,
  transcript: z.array(segmentSchema),
  generations: z.array(generationSchema).default([]),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
});

/** What a run came to, or how far it got: the part of its state that is told. */
export type RunRecord = z.infer<typeof recordSchema>;

/** A run before its first step. */
export const NOTHING_YET: RunRecord = {
  opening: null,
  answer: "",
  rawAnswer: "",
  answered: false,
  citations: [],
  uncited: [],
  sources: [],
  stopReason: null,
  searches: 0,
  repairs: 0,
  queries: [],
  pages: 0,
  readings: [],
  usage: NO_USAGE,
  transcript: [],
  generations: [],
  failure: null,
};

/** Reads the state of a run; one that is not there yet is a run before its first step. */
export function readRecord(state: unknown): RunRecord {
  return state === undefined ? NOTHING_YET : recordSchema.parse(state);
}

/** The code to end with after a run. */
export function exitCodeOf(record: RunRecord): number {
  return record.answered && !everySearchFailed(record) ? EXIT_CODES.answered : EXIT_CODES.failed;
}

/** Each number once; the passages of one address are put together. */
export function mergeSources(sources: readonly Source[]): readonly Source[] {
  const merged = new Map<number, Source>();
  for (const source of sources) {
    const known = merged.get(source.number);
    merged.set(
      source.number,
      known === undefined ? source : { ...known, text: `${known.text}\n\n${source.text}` },
    );
  }
  return [...merged.values()].sort((left, right) => left.number - right.number);
}
