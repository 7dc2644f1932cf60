import { setImmediate } from "node:timers/promises";
import { z } from "zod";
import { throwIfAborted } from "../../../net/abort.ts";
import { holdLock } from "../../../sqlite/lock.ts";
import { inTransaction, type SqliteDatabase } from "../../../sqlite/sqlite.ts";
import type { Embedder } from "../../embedding/embedder.ts";
import { explainIndexError, finishWriting, openToWrite } from "../sqlite/index-store.ts";
import { createBatchEmbedding, type BatchEmbedding } from "./batch-embedding.ts";
import { digestOf, embeddedText } from "./embedded-text.ts";
import { differenceOf, probeMaking } from "./making.ts";
import {
  bytesOf,
  countVectors,
  createVectorTable,
  readMaking,
  type VectorMaking,
  writeMaking,
} from "./vector-table.ts";

export interface VectorBuildOptions {
  /** The index, which was built before. */
  readonly file: string;
  readonly embedder: Embedder;
  /** Called after each batch. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Called once where another build of the same file is at work, which is waited for. */
  readonly onWait?: (() => void) | undefined;
  /** Ends the build; the promise then rejects with an AbortError, and the index holds what was done so far. */
  readonly signal?: AbortSignal | undefined;
}

export interface VectorReport {
  /** What embedded; undefined where it was not to be had. */
  readonly model?: string;
  readonly dimensions?: number;
  /** What the index holds now. */
  readonly passages: number;
  /** Of these, those that have a vector. */
  readonly vectors: number;
  /** Vectors that were made by this build. */
  readonly embedded: number;
  /** Vectors of passages that went, for new ones of the same text. */
  readonly reused: number;
  /** Passages whose text the model did not take, not even a part of it. */
  readonly failed: number;
  /** Why all vectors were made anew. */
  readonly renewed?: string;
  /** Why there are passages without a vector; the next build goes on with them. */
  readonly problem?: string;
  readonly ms: number;
}

/** Passages that are embedded and written together. */
export const BATCH = 32;
export const PROBE_DEADLINE_MS = 60_000;

/**
 * Embeds the passages of an index that have no vector yet. Each batch is written wholly or not at all, so that a build
 * that was stopped or killed goes on where it was; of two at once the second waits, and embeds nothing again. Where the
 * model, its dimension, its prefix or the form of the text changed, all vectors are made anew. What the embedding server
 * does wrong is a problem in the report.
 *
 * @throws AgenticRagError `index-unusable`
 */
export async function buildVectors(options: VectorBuildOptions): Promise<VectorReport> {
  const { file, embedder, signal, onWait = () => undefined } = options;
  const start = performance.now();
  throwIfAborted(signal);
  const database = openToWrite(file);
  let letGo: (() => void) | undefined;
  try {
    letGo = await holdLock(`${file}.lock`, { signal, onWait });
    const now = await probeMaking(embedder, { signal, deadlineMs: PROBE_DEADLINE_MS });
    const done = "kind" in now ? { problem: now.message } : await embedAll(database, now, options);
    finishWriting(database);
    return { ...NOTHING_DONE, ...done, ...heldBy(database), ms: Math.round(performance.now() - start) };
  } catch (error) {
    throw explainIndexError(file, error);
  } finally {
    finishWriting(database);
    database.close();
    letGo?.();
  }
}

export const NOTHING_DONE = { embedded: 0, reused: 0 };

function heldBy(database: SqliteDatabase): Pick<VectorReport, "passages" | "vectors" | "failed"> {
  if (readMaking(database) === undefined) {
    const { passages } = passagesRow.parse(
      database.prepare("select count(*) as passages from passages").get(),
    );
    return { passages, vectors: 0, failed: 0 };
  }
  const { passages, embedded: vectors, failed } = countVectors(database);
  return { passages, vectors, failed };
}

const passagesRow = z.object({ passages: z.number() });
const LACKING = `
  select passage.id, document.title, passage.heading, passage.text
  from passages passage join documents document on document.id = passage.document
  where passage.id > ? and not exists (select 1 from vectors where vectors.passage = passage.id)
  order by passage.id limit ?`;
const lackingRows = z.array(
  z.object({ id: z.number(), title: z.string(), heading: z.string().nullable(), text: z.string() }),
);
type Lacking = z.infer<typeof lackingRows>[number];

type Done = Pick<VectorReport, "embedded" | "reused"> & Partial<VectorReport>;

async function embedAll(
  database: SqliteDatabase,
  now: VectorMaking,
  { embedder, signal, onProgress = () => undefined }: VectorBuildOptions,
): Promise<Done> {
  const renewed = inTransaction(database, "immediate", () => begin(database, now));
  const lacking = database.prepare(LACKING);
  const reuse = database.prepare(
    "insert or replace into vectors (passage, digest, vector) select ?, digest, vector from vectors where digest = ? and vector is not null limit 1",
  );
  const insert = database.prepare(
    "insert or replace into vectors (passage, digest, vector) values (?, ?, ?)",
  );
  const batches = createBatchEmbedding(embedder, now.dimensions);
  const { passages, embedded: before } = countVectors(database);
  let [embedded, reused, failed] = [0, 0, 0];
  let problem: string | undefined;

  function writeReused(rows: readonly Lacking[]): Lacking[] {
    return inTransaction(database, "immediate", () =>
      rows.filter((row) => {
        const { changes } = reuse.run([row.id, digestOf(row)]);
        reused += changes;
        return changes === 0;
      }),
    );
  }
  function write(rows: readonly Lacking[], { vectors }: BatchEmbedding): void {
    inTransaction(database, "immediate", () => {
      for (const [at, row] of rows.entries()) {
        const vector = vectors[at];
        insert.run([row.id, digestOf(row), vector === undefined ? null : bytesOf(vector)]);
        if (vector === undefined) failed += 1;
        else embedded += 1;
      }
    });
  }
  let isWhole = false;
  for (let last = 0; ;) {
    const rows = lackingRows.parse(lacking.all(last, BATCH));
    last = rows.at(-1)?.id ?? last;
    isWhole = rows.length === 0;
    if (isWhole) break;
    const fresh = writeReused(rows);
    if (fresh.length > 0) {
      const batch = await batches.embed(fresh.map(embeddedText), signal);
      problem = batch.problem ?? problem;
      if (batch.stops) break;
      write(fresh, batch);
    }
    onProgress({ done: before + embedded + reused + failed, total: passages });
    await setImmediate();
    throwIfAborted(signal);
  }
  if (isWhole) database.exec("delete from vectors where passage < 0");
  return {
    model: now.model,
    dimensions: now.dimensions,
    embedded,
    reused,
    ...(renewed !== undefined && { renewed }),
    ...(problem !== undefined && { problem }),
  };
}

/** Makes room for vectors of that making; says why those that there were had to go. */
function begin(database: SqliteDatabase, now: VectorMaking): string | undefined {
  createVectorTable(database);
  const before = readMaking(database);
  const difference = before === undefined ? undefined : differenceOf(before, now);
  if (difference !== undefined) database.exec("delete from vectors");
  // one that failed is tried again
  database.exec("delete from vectors where vector is null");
  if (before === undefined || difference !== undefined) writeMaking(database, now);
  return difference;
}
