import { z } from "zod";
import type { SqliteDatabase } from "../../sqlite/sqlite.ts";

/** How a folder is listed. */
const optionsSchema = z.object({
  maxFileBytes: z.number(),
  exclude: z.array(z.string()).optional(),
});

/** The last build of an index over a folder. */
export interface Build {
  readonly folder: string;
  /** Files that it found. */
  readonly listed: number;
  readonly options: z.infer<typeof optionsSchema>;
  /** False where it was stopped, or is still at work. */
  readonly finished: boolean;
}

/** Size, and time of the last change, of a file when it was read. */
export interface ReadFile {
  readonly size: number;
  readonly modified: number;
}

/** What an index says about the folder that it was built from. */
export interface BuildRecord extends Build {
  /** By their paths below the folder. */
  readonly files: ReadonlyMap<string, ReadFile>;
  /** Files that could not be read, as they were then. */
  readonly unread: ReadonlyMap<string, ReadFile>;
}

const settingRows = z.array(z.object({ name: z.string(), value: z.string() }));
const fileRows = z.array(z.object({ key: z.string(), size: z.number(), modified: z.number() }));

/** Undefined for an index that was not built from a folder. */
export function readBuild(database: SqliteDatabase): BuildRecord | undefined {
  const rows = settingRows.parse(database.prepare("select name, value from settings").all());
  const settings = new Map(rows.map(({ name, value }) => [name, value]));
  const [folder, options] = [settings.get("folder"), settings.get("options")];
  if (folder === undefined || options === undefined) return undefined;
  return {
    folder,
    listed: Number(settings.get("listed")),
    options: optionsSchema.parse(JSON.parse(options)),
    finished: settings.get("finished") === "yes",
    files: filesIn("select key, size, modified from documents where sha256 is not null"),
    unread: filesIn("select key, size, modified from unread"),
  };

  function filesIn(sql: string): ReadonlyMap<string, ReadFile> {
    const found = fileRows.parse(database.prepare(sql).all());
    return new Map(found.map(({ key, ...file }) => [key, file]));
  }
}
