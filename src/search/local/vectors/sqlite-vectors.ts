import { z } from "zod";
import type { SqliteDatabase } from "../../../sqlite/sqlite.ts";
import { passageRows } from "../sqlite/index-reader.ts";
import type { VectorReader } from "./vector-reader.ts";
import { bytesOf, countVectors, readMaking, type VectorCounts } from "./vector-table.ts";

const NEAREST = `
  select 1 - hit.distance as score, passage.document, passage.position, passage.text, passage.page, passage.heading,
    document.key, document.title, document.url, document.date
  from (
    select passage, vector_distance_cos(vector, ?) as distance from vectors
    where passage > 0 and vector is not null order by distance limit ?
  ) hit
  join passages passage on passage.id = hit.passage
  join documents document on document.id = passage.document
  order by hit.distance, document.key, passage.position`;
const versionRow = z.object({ version: z.number() });
const folderRow = z.object({ value: z.string() }).optional();

/** The vectors of an open index file. */
export function readSqliteVectors(file: string, database: SqliteDatabase): VectorReader {
  let counted: (VectorCounts & { readonly version: number }) | undefined;
  const folder = (): string | undefined =>
    folderRow.parse(database.prepare("select value from settings where name = 'folder'").get())?.value;
  return {
    folder,
    called: () => folder() ?? file,
    making: () => readMaking(database),
    // counting reads all that there is: once for each state of the file
    counts() {
      const { version } = versionRow.parse(
        database.prepare("select data_version as version from pragma_data_version").get(),
      );
      if (counted?.version !== version) counted = { ...countVectors(database), version };
      return counted;
    },
    nearest: (vector, most) =>
      // a buffer on its own ends the process
      passageRows.parse(database.prepare(NEAREST).all([bytesOf(vector), most])),
  };
}
