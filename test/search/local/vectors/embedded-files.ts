import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import {
  createEndpointEmbedder,
  type EndpointEmbedderOptions,
} from "../../../../src/search/embedding/endpoint.ts";
import type { SearchEngine } from "../../../../src/search/engine.ts";
import { createLocalEngine } from "../../../../src/search/local/local.ts";
import { openIndexes } from "../../../../src/search/local/local-index.ts";
import type { VectorReport } from "../../../../src/search/local/vectors/build-vectors.ts";
import { openMeaning } from "../../../../src/search/local/vectors/meaning.ts";
import { startEmbeddingServer, type EmbeddingTwin } from "../../embedding/embedding-server.ts";
import { createFolder } from "../../temporary-folder.ts";
import { build } from "../index-files.ts";

/** One document of each meaning. */
export const FILES = {
  "a.md": "# Harbour\n\nThe vessel sails at noon.",
  "b.md": "# Garage\n\nA red car is inside.",
  "c.md": "# Orchard\n\nEach apple is picked by hand.",
};

export async function createIndex(files: Readonly<Record<string, string>> = FILES) {
  const folder = createFolder(files);
  const file = join(createFolder(), "index.sqlite");
  await build({ folder, file });
  return { folder, file };
}

export type Embedding = Omit<EndpointEmbedderOptions, "baseUrl">;

export async function embedding(twin: EmbeddingTwin = {}, options: Embedding = {}) {
  const server = await startEmbeddingServer(twin);
  return { server, embedder: createEndpointEmbedder({ baseUrl: server.baseUrl, ...options }) };
}

/** Without what differs from run to run. */
export function counts({ ms, ...report }: VectorReport): Omit<VectorReport, "ms"> {
  expect(ms).toBeGreaterThanOrEqual(0);
  return report;
}

export function engineOver(
  files: readonly string[],
  options: Parameters<typeof openMeaning>[0] | undefined,
): SearchEngine {
  const index = openIndexes(files);
  const meaning = options === undefined ? undefined : openMeaning(options);
  onTestFinished(() => {
    meaning?.close();
    index.close();
  });
  return createLocalEngine({ index, meaning });
}

export async function search(engine: SearchEngine, query: string, maxResults = 3) {
  const outcome = await engine.search(query, { maxResults });
  return {
    titles: outcome.status === "found" ? outcome.results.map(({ title }) => title) : [],
    embedding: outcome.embedding,
    note: outcome.note,
  };
}
