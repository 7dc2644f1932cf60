import type { PostgresConnection } from "../../../postgres/connection.ts";
import type { VectorReader } from "../vectors/vector-reader.ts";
import type { VectorCounts } from "../vectors/vector-table.ts";
import { passageRows } from "./best-passages.ts";
import type { SeenFolder } from "./index-reader.ts";
import {
  countVectors,
  findPgvector,
  holdsVectors,
  type KeptMaking,
  type Pgvector,
  readKeptMaking,
  writtenVector,
} from "./vector-tables.ts";

/** Counting reads all that there is. */
const COUNTS_FRESH_MS = 10_000;

/** The vectors of a folder in a database. */
export function createVectorReader(connection: PostgresConnection, folder: SeenFolder): VectorReader {
  const { query } = connection;
  let pgvector: Pgvector | undefined;
  let kept: KeptMaking | undefined;
  let counted: { readonly counts: VectorCounts; readonly id: number; readonly at: number } | undefined;
  return {
    folder: () => folder.path,
    called: () => folder.path ?? connection.place,
    async making() {
      if (pgvector === undefined && (await holdsVectors(connection))) pgvector = await findPgvector(query);
      kept = pgvector === undefined ? undefined : await readKeptMaking(query, folder.id);
      return kept?.making;
    },
    async counts() {
      if (kept === undefined) return { passages: 0, embedded: 0, failed: 0 };
      const { id } = kept;
      const at = performance.now();
      if (counted === undefined || counted.id !== id || at - counted.at > COUNTS_FRESH_MS)
        counted = { counts: await countVectors(query, folder.id, id), id, at };
      return counted.counts;
    },
    async nearest(vector, most) {
      if (pgvector === undefined || kept === undefined) return [];
      const { type, distance } = pgvector;
      const rows = await query(
        `select 1 - hit.distance as score, p.document, p.position, p.text, p.page, p.heading,
           d.key, d.title, d.url, d.date
         from (
           select digest, vector ${distance} $1::${type} as distance from $schema.vectors
           where making = $2 and vector is not null order by distance limit $3
         ) hit
         join $schema.passages p on p.digest = hit.digest
         join $schema.documents d on d.id = p.document and d.folder = $4
         order by hit.distance, d.key, p.position limit $3`,
        [writtenVector(vector), kept.id, most, folder.id],
      );
      return passageRows.parse(rows);
    },
  };
}
