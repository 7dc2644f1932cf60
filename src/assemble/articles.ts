import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type LocalIndex, openIndex } from "../search/local/local-index.ts";

const HERE = dirname(fileURLToPath(import.meta.url));

/**
 * The articles that are searched when no other documents are named. A folder in `new URL(…, import.meta.url)` would stop
 * bundlers, which take what is named so for a file of the bundle.
 */
export const CORPUS_FOLDER = join(HERE, "../../corpus/");

/** Where the build puts the index of a folder of articles: its name is a digest of theirs and of what they say. */
export async function articlesIndexFile(folder = CORPUS_FOLDER, place = HERE): Promise<string> {
  const digest = createHash("sha256");
  for (const name of (await readdir(folder)).toSorted()) {
    digest.update(`${name}\n`).update(await readFile(join(folder, name)));
  }
  return join(place, `articles-${digest.digest("hex").slice(0, 16)}.sqlite`);
}

/**
 * The index of the articles: the one that the build made of them, else one in memory, which takes a moment.
 *
 * @throws AgenticRagError `documents-unreadable` where there are no articles
 */
export async function openArticles(folder = CORPUS_FOLDER, place = HERE): Promise<LocalIndex> {
  try {
    return openIndex(await articlesIndexFile(folder, place));
  } catch {
    // run from source, or with other articles, or without the right to read it
  }
  const { buildIndex } = await import("../search/local/index-builder.ts");
  return (await buildIndex({ folder, file: ":memory:" })).index;
}
