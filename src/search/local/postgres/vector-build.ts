import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { AgenticRagError } from "../../../errors.ts";
import { throwIfAborted } from "../../../net/abort.ts";
import { connectPostgres, type PostgresConnection } from "../../../postgres/connection.ts";
import { quoted } from "../../../text/quoted.ts";
import { type BatchEmbedding, createBatchEmbedding } from "../vectors/batch-embedding.ts";
import {
  BATCH,
  NOTHING_DONE,
  PROBE_DEADLINE_MS,
  type VectorBuildOptions,
  type VectorReport,
} from "../vectors/build-vectors.ts";
import { embeddedText } from "../vectors/embedded-text.ts";
import { probeMaking } from "../vectors/making.ts";
import type { VectorMaking } from "../vectors/vector-table.ts";
import { foldersOf } from "./folders.ts";
import type { SeenFolder } from "./index-reader.ts";
import { IS_AT_WORK, openLease } from "./lease.ts";
import { holdsDocuments, SCHEMA } from "./schema.ts";
import { beginVectors, countVectors, type Pgvector, setUpVectors, writtenVector } from "./vector-tables.ts";

export interface PostgresVectorOptions extends Omit<VectorBuildOptions, "file"> {
  /** Such as `postgres://user:password@host/name`. */
  readonly address: string;
  /** Whose index was built before. Default: the documents of the database that are no files. */
  readonly folder?: string;
  /** How long passages that a build has taken are left alone once nothing is heard of it, in milliseconds. Default 15,000. */
  readonly leaseMs?: number;
}

const LEASE_MS = 15_000;
/** Passages that are looked for at a time. */
const LISTED = 10_000;
const ASK_AGAIN_MS = 200;
const OTHER_MODEL = "Another build began to make them with another model. Let all builds name one model.";

const digestRows = z.array(z.object({ digest: z.string() }));
const lackingRows = z.array(
  z.object({ digest: z.string(), title: z.string(), heading: z.string().nullable(), text: z.string() }),
);
type Lacking = z.infer<typeof lackingRows>[number];

const LIST = `
  select p.digest from $schema.documents d join $schema.passages p on p.document = d.id
  where d.folder = $1 and not exists (select 1 from $schema.vectors v where v.making = $2 and v.digest = p.digest)
  group by p.digest order by p.digest limit ${LISTED}`;
const TAKE = `
  insert into $schema.vector_claims as c (making, digest, builder)
  select $1, digest, $3 from unnest($2::uuid[]) as digest order by digest
  on conflict (making, digest) do update set builder = excluded.builder
    where c.builder = excluded.builder or not ${IS_AT_WORK}
  returning digest`;
/** In a statement of its own: what another has embedded since is seen only now. */
const READ = `
  select distinct on (p.digest) p.digest, d.title, p.heading, p.text
  from $schema.passages p join $schema.documents d on d.id = p.document
  where d.folder = $1 and p.digest = any($3::uuid[])
    and not exists (select 1 from $schema.vectors v where v.making = $2 and v.digest = p.digest)
  order by p.digest, p.document, p.position`;
const SWEEP = `
  delete from $schema.vectors v where v.making = $2 and not exists (
    select 1 from $schema.passages p join $schema.documents d on d.id = p.document
    where d.folder = $1 and p.digest = v.digest
  )`;

/**
 * Embeds the passages of a folder in a PostgreSQL database that have no vector yet, and keeps the vectors in pgvector. Any
 * number of machines may do so at once: each takes some passages at a time, and what one was at that was killed is taken
 * over by the others after `leaseMs`. What the embedding server does wrong, and a server without pgvector, are problems in
 * the report. Otherwise as `buildVectors`; `reused` is 0, because passages of one text share a vector anyway.
 *
 * @throws AgenticRagError `index-unusable` for a folder that was not indexed, `settings-invalid` for an address that cannot
 * be read, `dependency-missing` without the package `pg`, `store-unusable`. No error contains the password.
 */
export async function buildPostgresVectors(options: PostgresVectorOptions): Promise<VectorReport> {
  const { address, embedder, signal } = options;
  const start = performance.now();
  throwIfAborted(signal);
  const connection = await connectPostgres(address, { schema: SCHEMA });
  try {
    const folder = await folderOf(connection, options.folder);
    const report = async (
      done: Partial<VectorReport> & { readonly making?: number },
    ): Promise<VectorReport> => {
      const { making = -1, ...told } = done;
      const held =
        making < 0
          ? { passages: await countPassages(connection, folder.id), embedded: 0, failed: 0 }
          : await countVectors(connection.query, folder.id, making);
      const { passages, embedded: vectors, failed } = held;
      return {
        ...NOTHING_DONE,
        ...told,
        passages,
        vectors,
        failed,
        ms: Math.round(performance.now() - start),
      };
    };
    const pgvector = await setUpVectors(connection);
    if ("problem" in pgvector) return await report(pgvector);
    const now = await probeMaking(embedder, { signal, deadlineMs: PROBE_DEADLINE_MS });
    if ("kind" in now) return await report({ problem: now.message });
    return await report(await embedAll(connection, folder.id, pgvector, now, options));
  } finally {
    await connection.close();
  }
}

type Done = Pick<VectorReport, "embedded"> & Partial<VectorReport> & { readonly making: number };

async function embedAll(
  connection: PostgresConnection,
  folder: number,
  { type }: Pgvector,
  now: VectorMaking,
  {
    embedder,
    signal,
    onProgress = () => undefined,
    onWait = () => undefined,
    leaseMs = LEASE_MS,
  }: PostgresVectorOptions,
): Promise<Done> {
  const { query } = connection;
  const { id: making, renewed } = await beginVectors(connection, folder, now);
  const { builder, ...lease } = await openLease(connection, leaseMs);
  const batches = createBatchEmbedding(embedder, now.dimensions);
  const before = await countVectors(query, folder, making);
  let [embedded, failed, hasWaited] = [0, 0, false];
  let problem: string | undefined;

  async function take(digests: readonly string[]): Promise<readonly Lacking[]> {
    const taken = digestRows.parse(await query(TAKE, [making, digests, builder]));
    if (taken.length === 0) return [];
    return lackingRows.parse(await query(READ, [folder, making, taken.map(({ digest }) => digest)]));
  }
  /** False where the vectors are of another making meanwhile. */
  function write(rows: readonly Lacking[], { vectors }: BatchEmbedding): Promise<boolean> {
    return connection.transaction(async (run) => {
      const held = await run("select 1 from $schema.vector_makings where id = $1 for key share", [making]);
      if (held.length === 0) return false;
      const digests = rows.map(({ digest }) => digest);
      const written = rows.map((_, at) => vectors[at] && writtenVector(vectors[at]));
      await run(
        `insert into $schema.vectors (making, digest, vector)
         select $1, digest, vector::${type} from unnest($2::uuid[], $3::text[]) as given (digest, vector)
         on conflict (making, digest) do update set vector = excluded.vector`,
        [making, digests, written],
      );
      await run(
        "delete from $schema.vector_claims where making = $1 and builder = $2 and digest = any($3::uuid[])",
        [making, builder, digests],
      );
      return true;
    });
  }
  /** Whether there was something to take; undefined where nothing more is to be had now. */
  async function round(lacking: readonly string[]): Promise<boolean | undefined> {
    let hasTaken = false;
    for (let at = 0; at < lacking.length; at += BATCH) {
      throwIfAborted(signal);
      const rows = await take(lacking.slice(at, at + BATCH));
      if (rows.length === 0) continue;
      hasTaken = true;
      const batch = await batches.embed(rows.map(embeddedText), signal);
      problem = batch.problem ?? problem;
      if (batch.stops) return undefined;
      if (!(await write(rows, batch))) {
        problem = OTHER_MODEL;
        return undefined;
      }
      const made = rows.filter((_, row) => batch.vectors[row] !== undefined).length;
      embedded += made;
      failed += rows.length - made;
      const done = Math.min(before.embedded + before.failed + embedded + failed, before.passages);
      onProgress({ done, total: before.passages });
    }
    return hasTaken;
  }
  try {
    for (;;) {
      const lacking = digestRows.parse(await query(LIST, [folder, making])).map(({ digest }) => digest);
      if (lacking.length === 0) {
        await query(SWEEP, [folder, making]);
        await query("delete from $schema.vector_claims where making = $1", [making]);
        break;
      }
      const hasTaken = await round(lacking);
      if (hasTaken === undefined) break;
      if (hasTaken) continue;
      if (!hasWaited) onWait();
      hasWaited = true;
      await delay(ASK_AGAIN_MS, undefined, { ...(signal !== undefined && { signal }) });
    }
  } finally {
    await query("delete from $schema.vector_claims where builder = $1", [builder]);
    await lease.end();
  }
  return {
    making,
    model: now.model,
    dimensions: now.dimensions,
    embedded,
    ...(renewed !== undefined && { renewed }),
    ...(problem !== undefined && { problem }),
  };
}

async function folderOf(connection: PostgresConnection, named: string | undefined): Promise<SeenFolder> {
  const path = named === undefined ? undefined : resolve(named);
  const found = (await holdsDocuments(connection))
    ? await foldersOf(connection, path === undefined ? [] : [path])
    : [];
  const folder = found.find((one) => path !== undefined || one.path === undefined);
  if (folder !== undefined) return folder;
  throw new AgenticRagError(
    "index-unusable",
    path === undefined
      ? `The database ${connection.place} holds no documents but those of folders. Index some first.`
      : `The database ${connection.place} has no index of ${path}. Build it first: agentic-rag index ${quoted(path)}`,
  );
}

const passagesRow = z.object({ passages: z.coerce.number() });

async function countPassages({ query }: PostgresConnection, folder: number): Promise<number> {
  const [row] = await query("select passages from $schema.folders where id = $1", [folder]);
  return passagesRow.parse(row).passages;
}
