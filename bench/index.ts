import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import type { Document } from "../src/search/local/documents/document.ts";
import { indexDocuments } from "../src/search/local/index-builder.ts";
import { openIndex } from "../src/search/local/local-index.ts";
import { createRandom, createZipf } from "./seeded-text.ts";

const VOCABULARY = 50_000;
const WORDS_PER_PASSAGE = 120;
const QUERIES = 200;
const SCANS = 10;
const RESULTS = 5;

/**
 * The local index on seeded text of 10,000 and 100,000 passages: what it costs to build and to ask, against a scan of
 * the same rows that counts how many of the same words each holds.
 */
export async function benchIndex(write: (line: string) => void): Promise<void> {
  for (const passages of [10_000, 100_000]) {
    const folder = mkdtempSync(join(tmpdir(), "bench-index-"));
    try {
      await benchSize(passages, join(folder, "index.db"), write);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

async function benchSize(passages: number, file: string, write: (line: string) => void): Promise<void> {
  const random = createRandom(1);
  const nextWord = createZipf(VOCABULARY, random);
  const queries: string[] = [];
  const queryEvery = Math.floor(passages / QUERIES);
  function* createDocuments(): Generator<Document> {
    for (let number = 0; number < passages; number++) {
      const words = Array.from({ length: WORDS_PER_PASSAGE }, nextWord);
      if (number % queryEvery === 0) queries.push(createQuery(words, random));
      yield { title: `Document ${number}`, url: `https://example.com/${number}`, text: words.join(" ") };
    }
  }

  const before = process.memoryUsage();
  const { index: built, report } = await indexDocuments({ documents: createDocuments(), file });
  built.close();
  const after = process.memoryUsage();
  write(
    `${passages} passages: built in ${(report.ms / 1000).toFixed(1)} s, file ${megabytes(report.bytes)}, ` +
      `memory rss ${megabytes(before.rss)} to ${megabytes(after.rss)}, heap ${megabytes(before.heapUsed)} to ${megabytes(after.heapUsed)}`,
  );

  const index = openIndex(file);
  const indexed = queries.map((query) => measure(() => index.find(query, RESULTS)));
  index.close();
  write(`${passages} passages: ${QUERIES} queries, ${describe(indexed)}`);

  const scanned = scanAll(file, queries.slice(0, SCANS));
  const ratio = percentile(scanned, 0.5) / percentile(indexed, 0.5);
  write(
    `${passages} passages: scan of the same rows, ${describe(scanned)}; the index is ${ratio.toFixed(0)} times as fast`,
  );
}

/** A window of 2 to 8 words of a passage; every other one is put as a question. */
function createQuery(words: readonly string[], random: () => number): string {
  const length = 2 + Math.floor(random() * 7);
  const start = Math.floor(random() * (words.length - length));
  const window = words.slice(start, start + length).join(" ");
  return random() < 0.5 ? window : `What is the ${window}, and where does it come from?`;
}

function scanAll(file: string, queries: readonly string[]): number[] {
  const database = new Database(file);
  const times = queries.map((query) => {
    const words = query.match(/\b[bdklmn]\w{3,}/gu) ?? [query];
    const score = words.map(() => "(text like ?)").join(" + ");
    const scan = database.prepare(
      `select id, ${score} as score from passages order by score desc limit ${RESULTS}`,
    );
    return measure(() => scan.all(...words.map((word) => `%${word}%`)));
  });
  database.close();
  return times;
}

function measure(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

function describe(times: readonly number[]): string {
  return `p50 ${percentile(times, 0.5).toFixed(1)} ms, p99 ${percentile(times, 0.99).toFixed(1)} ms`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
