import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** A question on one of the two folders of documents, with what counts as its answer. */
const questionSchema = z
  .object({
    question: z.string().min(1),
    documents: z.enum(["corpus", "folder"]),
    language: z.enum(["en", "de", "fr", "es", "zh", "ja", "ko"]),
    /** How the source writes the fact: prose, list, table, key-value, code, …, or the kind of its file. */
    form: z.string().min(1),
    /** `misleading`: it supposes what the source denies; `unanswerable`: no document says it. */
    kind: z.enum(["answerable", "two-hop", "misleading", "unanswerable"]),
    /** An answer holds each of these facts in one of its spellings; `/…/flags` is a regular expression. */
    answers: z.array(z.array(z.string().min(1)).min(1)),
    /** The files that say so, relative to their folder. */
    files: z.array(z.string()),
  })
  .strict();

export type Question = z.infer<typeof questionSchema>;

export const HALVES = ["tune", "frozen"] as const;
export type Half = (typeof HALVES)[number];

/** Where the documents lie that the questions are about. */
export const FOLDERS = {
  corpus: fileURLToPath(new URL("../../corpus", import.meta.url)),
  folder: fileURLToPath(new URL("folder", import.meta.url)),
} as const;

/** One half of the questions: `tune` to look at while the reader is changed, `frozen` only to measure. */
export function readQuestions(half: Half): Question[] {
  const lines = readFileSync(new URL(`${half}.jsonl`, import.meta.url), "utf8")
    .trimEnd()
    .split("\n");
  return lines.map((line) => questionSchema.parse(JSON.parse(line)));
}
