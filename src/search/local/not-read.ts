import { z } from "zod";
import type { SqliteDatabase } from "../../sqlite/sqlite.ts";
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

const settingRow = z.object({ value: z.string() }).optional();
const notRead = z.object({
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

export function writeNotRead(database: SqliteDatabase, { leftOut, problems }: NotRead): void {
  database
    .prepare("insert or replace into settings (name, value) values ('not-read', ?)")
    .run(JSON.stringify({ leftOut, problems }));
}

export function readNotRead(database: SqliteDatabase): NotRead {
  const row = settingRow.parse(database.prepare("select value from settings where name = 'not-read'").get());
  return row === undefined ? { leftOut: [], problems: [] } : notRead.parse(JSON.parse(row.value));
}
