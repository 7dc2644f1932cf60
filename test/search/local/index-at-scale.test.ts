import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import type { Document } from "../../../src/search/local/documents/document.ts";
import { indexDocuments } from "../../../src/search/local/index-builder.ts";
import { openIndex } from "../../../src/search/local/local-index.ts";
import { openToRead } from "../../../src/search/local/sqlite/index-store.ts";
import { createFolder } from "../temporary-folder.ts";

const IO = "/proc/self/io";

/** The most documents that a build had taken and not yet written, looked at as they are given. */
async function mostHeld(documents: readonly Document[]): Promise<number> {
  const file = join(createFolder(), "index.db");
  let most = 0;
  async function* given(): AsyncGenerator<Document> {
    for (const [taken, document] of documents.entries()) {
      if (taken % 50 === 49 || documents.length < 50) most = Math.max(most, taken + 1 - written(file));
      yield document;
    }
  }
  const { index } = await indexDocuments({ documents: given(), file });
  index.close();
  return most;
}

const countRow = z.object({ count: z.number() });

function written(file: string): number {
  const database = openToRead(file);
  try {
    return countRow.parse(database.prepare("select count(*) as count from documents").get()).count;
  } finally {
    database.close();
  }
}

function documentsOf(count: number, text: string): Document[] {
  return Array.from({ length: count }, (_, number) => ({
    title: `Document ${number}`,
    url: `https://example.com/${number}`,
    text,
  }));
}

test("a build holds one batch of documents at a time, however many there are", async () => {
  expect(await mostHeld(documentsOf(3_200, "a few words"))).toBe(1_000);
});

test("a batch of long documents is as long as its characters allow", async () => {
  // 4,000,000 are exceeded by the third
  expect(await mostHeld(documentsOf(8, "x".repeat(1_500_000)))).toBe(3);
});

test("a word that stands nowhere beside common ones takes nothing from what these find", async () => {
  const documents = documentsOf(10_100, "the valve leaks");
  const { index } = await indexDocuments({ documents, file: ":memory:" });
  onTestFinished(() => index.close());
  expect(index.find("valve", 1)).toHaveLength(1);
  expect(index.find("valve xylophone", 1)).toHaveLength(1);
});

test.skipIf(!existsSync(IO))("an index is opened and asked without being read as a whole", async () => {
  const file = join(createFolder(), "index.db");
  const words = Array.from({ length: 3_000 }, (_, number) => `word${number} and`).join(" ");
  const { index: built } = await indexDocuments({ documents: documentsOf(200, words), file });
  built.close();
  const { size } = statSync(file);
  const before = readBytes();
  const index = openIndex(file);
  onTestFinished(() => index.close());
  const opening = readBytes() - before;
  expect(index.find("word2999", 1)).toHaveLength(1);
  const asking = readBytes() - before - opening;
  expect({ size: size > 5_000_000, opening: opening < 100_000, asking: asking < size / 4 }).toEqual({
    size: true,
    opening: true,
    asking: true,
  });
});

/** What this process has asked the system to read so far. */
function readBytes(): number {
  return Number(/^rchar: (\d+)$/mu.exec(readFileSync(IO, "utf8"))?.[1]);
}
