import { z } from "zod";

/** One opening of a page. */
export const pageRecordSchema = z.strictObject({
  /** The address that was asked for. */
  url: z.string(),
  reader: z.string(),
  status: z.enum(["read", "failed"]),
  /** Number of the source that the page is; `null` when it failed. */
  source: z.number().int().nullable(),
  /** Why it failed; empty otherwise. */
  kind: z.string(),
  reason: z.string(),
  milliseconds: z.number(),
});

export type PageRecord = z.infer<typeof pageRecordSchema>;

/** What a call to open pages was read as. Of pages that are refused, the address is as the model wrote it. */
export const openCallSchema = z.strictObject({
  kind: z.literal("open"),
  pages: z.array(
    z.strictObject({ url: z.string(), plan: z.enum(["open", "repeated", "refused", "not-run"]) }),
  ),
});

export type OpenCall = z.infer<typeof openCallSchema>;
