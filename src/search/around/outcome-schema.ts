import { z } from "zod";
import { cleanLine, cleanText } from "../clean-text.ts";
import { SEARCH_FAILURE_KINDS, type SearchResult } from "../engine.ts";

/** A result as it is read back from a file: cleaned like one from the network, since others may have written there. */
const resultSchema = z
  .object({
    title: z.string().transform((title) => cleanText(title).replaceAll(/[\n\t]/gu, " ")),
    url: z.string().refine(isPlainUrl, "expected an http(s) or file URL, or nothing"),
    text: z.string().transform(cleanText),
    date: z.string().transform(cleanLine).optional(),
  })
  .transform(({ date, ...result }): SearchResult => (date === undefined ? result : { ...result, date }));

const foundSchema = z.object({
  status: z.literal("found"),
  results: z.array(resultSchema).min(1).max(100),
});
const nothingSchema = z.object({ status: z.literal("nothing") });

const failureSchema = z
  .object({
    kind: z.enum(SEARCH_FAILURE_KINDS),
    message: z.string().transform(cleanText),
    status: z.int().optional(),
    retryAfterMs: z.number().min(0).optional(),
  })
  .transform(({ status, retryAfterMs, ...failure }) => ({
    ...failure,
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }));

/** An outcome that answers a search, as it is kept in a file. */
export const answerSchema = z.discriminatedUnion("status", [foundSchema, nothingSchema]);

/** Any outcome, as it is kept in a file. */
export const outcomeSchema = z.discriminatedUnion("status", [
  foundSchema,
  nothingSchema,
  z.object({ status: z.literal("failed"), failure: failureSchema }),
]);

function isPlainUrl(url: string): boolean {
  return url === "" || (/^(?:https?|file):/iu.test(url) && URL.canParse(url) && !/[\s<>"]/u.test(url));
}
