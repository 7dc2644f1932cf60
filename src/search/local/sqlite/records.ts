import { z } from "zod";
import type { SqliteDatabase } from "../../../sqlite/sqlite.ts";
import { type BuildRecord, buildOptionsSchema, type ReadFile } from "../build-record.ts";
import { type NotRead, notReadSchema } from "../not-read.ts";

const settingRows = z.array(z.object({ name: z.string(), value: z.string() }));
const settingRow = z.object({ value: z.string() }).optional();
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
    options: buildOptionsSchema.parse(JSON.parse(options)),
    finished: settings.get("finished") === "yes",
    files: filesIn("select key, size, modified from documents where sha256 is not null"),
    unread: filesIn("select key, size, modified from unread"),
  };

  function filesIn(sql: string): ReadonlyMap<string, ReadFile> {
    const found = fileRows.parse(database.prepare(sql).all());
    return new Map(found.map(({ key, ...file }) => [key, file]));
  }
}

export function writeNotRead(database: SqliteDatabase, { leftOut, problems }: NotRead): void {
  database
    .prepare("insert or replace into settings (name, value) values ('not-read', ?)")
    .run(JSON.stringify({ leftOut, problems }));
}

export function readNotRead(database: SqliteDatabase): NotRead {
  const row = settingRow.parse(database.prepare("select value from settings where name = 'not-read'").get());
  return row === undefined ? { leftOut: [], problems: [] } : notReadSchema.parse(JSON.parse(row.value));
}
