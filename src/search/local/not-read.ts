import { z } from "zod";
import type { DocumentProblem, LeftOut } from "./documents/document.ts";

/** What of a folder the last build of its index left out, or could not read. */
export interface NotRead {
  readonly leftOut: readonly LeftOut[];
  readonly problems: readonly KnownProblem[];
}

/** A problem of a file as it was then; without its state it is looked at again each time. */
export interface KnownProblem extends DocumentProblem {
  readonly size?: number | undefined;
  /** In milliseconds since 1970. */
  readonly modified?: number | undefined;
}

export const notReadSchema = z.object({
  leftOut: z.array(z.object({ kind: z.string(), files: z.number() })),
  problems: z.array(
    z.object({
      path: z.string(),
      reason: z.string(),
      size: z.number().optional(),
      modified: z.number().optional(),
    }),
  ),
});
