import { z } from "zod";
import { CHECK_RESULTS, CHECKS } from "../citation/support/checks.ts";
import { SUPPORT_VERDICTS } from "../citation/support/support.ts";

/** One check of a sentence against the source that it cites. */
const checkSchema = z.strictObject({
  check: z.enum(CHECKS),
  /** `weak`: not in the passage, or not quite; `fail`: the source says otherwise, or nothing of it. */
  result: z.enum(CHECK_RESULTS),
  /** The words of the sentence that it rests on. */
  words: z.array(z.string()),
});

/**
 * A mark in the answer and what it points at. What earlier versions did not write has a default; what they wrote besides
 * is left out.
 */
export const citationSchema = z.object({
  /** The source's number; `null` for an address that was cited without one. */
  number: z.number().int().nullable(),
  title: z.string(),
  url: z.string(),
  /** The cited sentence. */
  sentence: z.string(),
  /** How far the source stands behind the sentence, by the checks. */
  verdict: z.enum(SUPPORT_VERDICTS).default("unclear"),
  checks: z.array(checkSchema).default([]),
  /** Share of the sentence's content words that stand in the source, 0 to 1: it measures wording, not truth. */
  overlap: z.number().min(0).max(1).default(0),
  /** The passage that says most of the sentence. */
  citedText: z.string().default(""),
  /** Where it begins in the source's text (its passages, joined with a newline), in UTF-16 units. */
  start: z.number().int().default(0),
  /** Just behind it. */
  end: z.number().int().default(0),
  /** Another source that the sentence cites supports all of it, and this one does not. */
  redundant: z.boolean().default(false),
  /** False for a number or an address that this run did not retrieve: it is not linked in the answer. */
  known: z.boolean(),
});

/** Sentences of an answer that state a fact and have no source. */
export const uncitedSchema = z.array(z.string());

export type Citation = z.infer<typeof citationSchema>;
