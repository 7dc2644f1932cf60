import { expect } from "vitest";
import { buildIndex, type IndexFolderOptions } from "../../../src/search/local/index-builder.ts";
import { openIndex } from "../../../src/search/local/local-index.ts";

/** Three documents about fruit. */
export const FILES = {
  "a.md": "# Apple\n\nA red fruit.",
  "deep/b.txt": "banana, a yellow fruit",
  "c.html": "<p>cherry fruit",
};

/** Builds, closes, and gives the report without its figures of size and time. */
export async function build(options: IndexFolderOptions): Promise<unknown> {
  const { index, report } = await buildIndex(options);
  index.close();
  const { bytes, ms, ...counts } = report;
  expect(bytes).toBeGreaterThan(0);
  expect(ms).toBeGreaterThanOrEqual(0);
  return counts;
}

/** Titles of what is found in the index file. */
export function titlesOf(file: string, question: string): string[] {
  const index = openIndex(file);
  const found = index.find(question, 10);
  index.close();
  return found.map(({ title }) => title ?? "");
}
