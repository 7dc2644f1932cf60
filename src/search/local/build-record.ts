import { z } from "zod";

/** How a folder is listed. */
export const buildOptionsSchema = z.object({
  maxFileBytes: z.number(),
  exclude: z.array(z.string()).optional(),
});

/** The last build of an index over a folder. */
export interface Build {
  readonly folder: string;
  /** Files that it found. */
  readonly listed: number;
  readonly options: z.infer<typeof buildOptionsSchema>;
  /** False where it was stopped, or is still at work. */
  readonly finished: boolean;
}

/** Size, and time of the last change, of a file when it was read. */
export interface ReadFile {
  readonly size: number;
  /** Not known of a file that was read on another machine. */
  readonly modified?: number;
}

/** What an index says about the folder that it was built from. */
export interface BuildRecord extends Build {
  /** By their paths below the folder. */
  readonly files: ReadonlyMap<string, ReadFile>;
  /** Files that could not be read, as they were then. */
  readonly unread: ReadonlyMap<string, ReadFile>;
}
