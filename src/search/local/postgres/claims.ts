import { z } from "zod";
import type { PostgresConnection } from "../../../postgres/connection.ts";
import type { FileClaims, FileState } from "../index-writer.ts";
import type { SeenFolder } from "./index-reader.ts";
import { IS_AT_WORK, openLease } from "./lease.ts";

/** Files that are this build's own until its lease is over, which it renews. */
export interface Claims extends FileClaims {
  /** Known by this in the rows. */
  readonly builder: string;
  end(): Promise<void>;
}

const stateRows = z.array(
  z.object({
    key: z.string(),
    sha256: z.string().nullable(),
    size: z.coerce.number().nullable(),
    modified: z.number().nullable(),
  }),
);

/** Stands for a time that is not known on this machine: it is that of no file. */
export const NO_TIME = Number.NaN;

/** @param leaseMs how long what a build has taken is left alone once nothing is heard of it */
export async function openClaims(
  connection: PostgresConnection,
  folder: SeenFolder,
  leaseMs: number,
): Promise<Claims> {
  const { query } = connection;
  const { builder, ...lease } = await openLease(connection, leaseMs);
  const release = async (): Promise<void> => {
    await query("delete from $schema.claims where builder = $1", [builder]);
  };
  return {
    builder,
    release,
    async take(keys) {
      const taken = await query(
        `insert into $schema.claims as c (folder, key, builder)
         select $1, key, $3 from unnest($2::text[]) as key order by key
         on conflict (folder, key) do update set builder = excluded.builder
           where c.builder = excluded.builder or not ${IS_AT_WORK}
         returning key, null as sha256, null as size, null as modified`,
        [folder.id, keys, builder],
      );
      const states = new Map<string, FileState | undefined>(
        stateRows.parse(taken).map(({ key }) => [key, undefined]),
      );
      // in a statement of its own: what the build before wrote is seen only now
      const held = await query(
        `select d.key, d.sha256, coalesce(s.size, d.size) as size, s.modified
         from $schema.documents d left join $schema.seen s on s.document = d.id and s.root = $3
         where d.folder = $1 and d.key = any($2::text[])`,
        [folder.id, [...states.keys()], folder.root],
      );
      for (const { key, sha256, size, modified } of stateRows.parse(held)) {
        if (sha256 !== null && size !== null)
          states.set(key, { size, modified: modified ?? NO_TIME, sha256 });
      }
      return states;
    },
    async end() {
      await release();
      await lease.end();
    },
  };
}
