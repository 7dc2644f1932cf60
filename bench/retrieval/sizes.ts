import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quantile } from "../../src/eval/statistics.ts";
import type { Embedder } from "../../src/search/embedding/embedder.ts";
import type { Document } from "../../src/search/local/documents/document.ts";
import { indexDocuments } from "../../src/search/local/index-builder.ts";
import { createLocalEngine } from "../../src/search/local/local.ts";
import { openIndex } from "../../src/search/local/local-index.ts";
import { buildVectors } from "../../src/search/local/vectors/build-vectors.ts";
import { openMeaning } from "../../src/search/local/vectors/meaning.ts";
import { createRandom, createZipf } from "../seeded-text.ts";

const DIMENSIONS = 384;
const VOCABULARY = 50_000;
const WORDS = 120;
const QUERIES = 50;

/** Of one query. */
interface Time {
  readonly ms: number;
  readonly cpuMs: number;
}

/** Vectors of a seed: what a model takes is left out. */
function createSeededEmbedder(): Embedder {
  const random = createRandom(7);
  const draw = (): Float32Array => Float32Array.from({ length: DIMENSIONS }, () => random() - 0.5);
  const probe = draw();
  let asked = 0;
  return {
    name: "seeded",
    documentPrefix: "",
    embed: async (texts) => {
      asked += 1;
      const isProbe = texts.length === 1 && asked === 1;
      const vectors = texts.map((_, at) => (isProbe && at === 0 ? probe : draw()));
      return { status: "embedded", vectors };
    },
  };
}

/** What so many passages cost: to build, on the disk, and to ask. */
export async function measureSizes(passages: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "retrieval-sizes-"));
  const file = join(folder, "index.sqlite");
  const random = createRandom(1);
  const nextWord = createZipf(VOCABULARY, random);
  const queries: string[] = [];
  function* createDocuments(): Generator<Document> {
    for (let number = 0; number < passages; number += 1) {
      const words = Array.from({ length: WORDS }, nextWord);
      if (number % Math.floor(passages / QUERIES) === 0) queries.push(words.slice(3, 8).join(" "));
      yield { title: `Document ${number}`, url: `https://example.com/${number}`, text: words.join(" ") };
    }
  }
  try {
    const built = await indexDocuments({ documents: createDocuments(), file });
    built.index.close();
    const wordBytes = statSync(file).size;
    const embedder = createSeededEmbedder();
    const vectors = await buildVectors({ file, embedder });
    if (vectors.problem !== undefined) throw new Error(vectors.problem);
    const allBytes = statSync(file).size;
    const index = openIndex(file);
    // the probe is not asked for again: the vectors are those of the seed
    const meaning = openMeaning({ files: [file], embedder: createSeededEmbedder(), deadlineMs: 60_000 });
    const words = createLocalEngine({ index });
    const both = createLocalEngine({ index, meaning });
    const timesOf = async (find: (query: string) => Promise<unknown>): Promise<readonly Time[]> => {
      const times: Time[] = [];
      for (const query of queries) {
        const begun = { ms: performance.now(), cpu: process.cpuUsage() };
        await find(query);
        const { user, system } = process.cpuUsage(begun.cpu);
        times.push({ ms: performance.now() - begun.ms, cpuMs: (user + system) / 1000 });
      }
      return times;
    };
    const rows = [
      ["BM25", built.report.ms, wordBytes, await timesOf((query) => words.search(query))],
      ["embedding", vectors.ms, allBytes - wordBytes, await timesOf((query) => meaning.nearest(query, 5))],
      ["hybrid", built.report.ms + vectors.ms, allBytes, await timesOf((query) => both.search(query))],
    ] as const;
    meaning.close();
    index.close();
    const head = [
      `${passages.toLocaleString("en-US")} passages, ${DIMENSIONS} dimensions`,
      "build",
      "size",
      "query, p50",
      "its CPU, p50",
    ];
    const lines = rows.map(([way, ms, bytes, times]) => [
      way,
      `${(ms / 1000).toFixed(0)} s`,
      `${(bytes / 1e6).toFixed(0)} MB`,
      ...[times.map(({ ms: took }) => took), times.map(({ cpuMs }) => cpuMs)].map(
        (some) => `${quantile(some, 0.5).toFixed(0)} ms`,
      ),
    ]);
    const rule = head.map((_, at) => (at === 0 ? "---" : "--:"));
    return [head, rule, ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}
