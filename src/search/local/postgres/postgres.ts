import { resolve } from "node:path";
import { z } from "zod";
import { connectPostgres, type PostgresConnection, type Query } from "../../../postgres/connection.ts";
import { throwIfAborted } from "../../../net/abort.ts";
import {
  buildFromFolder,
  type BuildOptions,
  type BuiltFrom,
  type OpenTarget,
  putAll,
  writeInto,
} from "../index-build.ts";
import { type IndexDocumentsOptions, toEntries } from "../index-builder.ts";
import { type JoinedIndex, joinIndexes } from "../joined-index.ts";
import type { DocumentIndex } from "../local-index.ts";
import { inTurn, type Steps } from "../steps.ts";
import type { VectorReader } from "../vectors/vector-reader.ts";
import { openClaims } from "./claims.ts";
import { findOrMakeCollection, findOrMakeFolder, foldersOf } from "./folders.ts";
import { createIndexReader, type SeenFolder } from "./index-reader.ts";
import { createIndexWriter } from "./index-writer.ts";
import { holdsDocuments, SCHEMA, setUpTables } from "./schema.ts";
import { createTokenizer } from "./terms.ts";
import { createVectorReader } from "./vector-reader.ts";

export interface PostgresBuildOptions extends BuildOptions {
  /** Such as `postgres://user:password@host/name`. */
  readonly address: string;
  /** How long files that a build has taken are left alone once nothing is heard of it, in milliseconds. Default 15,000. */
  readonly leaseMs?: number;
}

export interface PostgresDocumentsOptions extends Omit<IndexDocumentsOptions, "file"> {
  /** Such as `postgres://user:password@host/name`. */
  readonly address: string;
}

/** What a database holds of some folders. */
export interface PostgresIndex extends DocumentIndex {
  /** By which each folder is searched by meaning, as long as the index is open. */
  readonly vectors: readonly VectorReader[];
}

/** A search waits for a server that restarts, but not as long as a build. */
const SEARCH_RETRY_MS = 10_000;
const LEASE_MS = 15_000;

const sizeRow = z.object({ bytes: z.coerce.number() });

/**
 * Makes the index of a folder in a PostgreSQL database hold its files as they are now. Any number of machines may do so
 * at once: each reads some of the files. What a build was at that was killed is taken over by the others after
 * `leaseMs`. The same folder on another machine is known by its path or name and by what it holds.
 *
 * @throws AgenticRagError `documents-unreadable`, `settings-invalid` for an address that cannot be read,
 * `dependency-missing` without the package `pg`, `store-unusable`. No error contains the password.
 */
export function buildPostgresIndex(options: PostgresBuildOptions): Promise<BuiltFrom<PostgresIndex>> {
  const { address, leaseMs = LEASE_MS } = options;
  const path = resolve(options.folder);
  return buildFromFolder(options, (listing) =>
    openTarget(address, leaseMs, (query) => findOrMakeFolder(query, path, listing)),
  );
}

/**
 * Adds documents that are no files to a PostgreSQL database, or replaces those of the same URL. They are searched where no
 * folder is named, beside the folders that the database holds. Any number of machines may do so at once.
 *
 * @throws AgenticRagError as `buildPostgresIndex`
 */
export function indexPostgresDocuments({
  address,
  documents,
  signal,
}: PostgresDocumentsOptions): Promise<BuiltFrom<PostgresIndex>> {
  return writeInto(
    () => openTarget(address, LEASE_MS, findOrMakeCollection),
    async (writer) => {
      throwIfAborted(signal);
      const { added, updated } = await putAll(writer, toEntries(documents), signal);
      return { added, updated, removed: 0, unchanged: 0, problems: [], leftOut: [] };
    },
  );
}

async function openTarget(
  address: string,
  leaseMs: number,
  find: (query: Query) => Promise<SeenFolder>,
): Promise<OpenTarget<PostgresIndex>> {
  const connection = await connectPostgres(address, { schema: SCHEMA });
  const tokenizer = createTokenizer();
  try {
    await setUpTables(connection);
    const folder = await connection.transaction(find);
    const claims = await openClaims(connection, folder, leaseMs);
    let isOpen = true;
    return {
      writer: createIndexWriter(connection, folder, tokenizer, claims),
      waited: false,
      async finish() {
        const bytes = await readSize(connection);
        return { index: readFolders(connection, [folder]), bytes };
      },
      fail: async (cause) => {
        await claims.end().catch(() => undefined);
        isOpen = false;
        await connection.close();
        return cause;
      },
      letGo: async () => {
        tokenizer.close();
        if (isOpen) await claims.end();
      },
    };
  } catch (error) {
    tokenizer.close();
    await connection.close();
    throw error;
  }
}

/**
 * Opens what a PostgreSQL database holds of some folders, to be searched as one; all that it holds where none is named.
 * Undefined where it holds nothing of them. Nothing is written: a user who may only read will do.
 *
 * @throws AgenticRagError `index-unusable` where it holds only some of the folders, `settings-invalid` for an address
 * that cannot be read, `dependency-missing` without the package `pg`, `store-unusable`. No error contains the password.
 */
export async function openPostgresIndex(
  address: string,
  folders: readonly string[] = [],
): Promise<PostgresIndex | undefined> {
  const connection = await connectPostgres(address, {
    schema: SCHEMA,
    retryMs: SEARCH_RETRY_MS,
    waitOnce: true,
  });
  try {
    const found = (await holdsDocuments(connection)) ? await foldersOf(connection, folders) : [];
    if (found.length > 0) return readFolders(connection, found);
    await connection.close();
    return undefined;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Every question is answered from one state of the database, whatever is built meanwhile. */
function readFolders(connection: PostgresConnection, folders: readonly SeenFolder[]): PostgresIndex {
  const tokenizer = createTokenizer();
  const read = <Value>(steps: (index: JoinedIndex) => Steps<Value>): Promise<Value> =>
    connection.snapshot((query: Query) =>
      inTurn(steps(joinIndexes(folders.map((folder) => createIndexReader(query, folder, tokenizer))))),
    );
  return {
    place: connection.place,
    vectors: folders.map((folder) => createVectorReader(connection, folder)),
    builds: () => read((index) => index.builds()),
    count: () => read((index) => index.count()),
    notRead: () => read((index) => index.notRead()),
    rank: (question, maxResults) => read((index) => index.rank(question, maxResults)),
    respell: (question) => read((index) => index.respell(question)),
    async close() {
      tokenizer.close();
      await connection.close();
    },
  };
}

async function readSize({ query }: PostgresConnection): Promise<number> {
  const [row] = await query(
    `select coalesce(sum(pg_total_relation_size(c.oid)), 0) as bytes
     from pg_class c where c.relnamespace = to_regnamespace($1) and c.relkind = 'r'`,
    [SCHEMA],
  );
  return sizeRow.parse(row).bytes;
}
