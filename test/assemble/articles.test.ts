import { cpSync, readdirSync } from "node:fs";
import { appendFile, chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { articlesIndexFile, CORPUS_FOLDER, openArticles } from "../../src/assemble/articles.ts";
import { buildIndex } from "../../src/search/local/index-builder.ts";
import { temporaryFolder } from "../cli/temporary-folder.ts";

const QUESTION = "What is BM25?";

async function build(place: string): Promise<{ readonly articles: string; readonly file: string }> {
  const articles = join(place, "articles");
  cpSync(CORPUS_FOLDER, articles, { recursive: true });
  const file = await articlesIndexFile(articles, place);
  const { index } = await buildIndex({ folder: articles, file });
  index.close();
  return { articles, file };
}

test("from source the articles are indexed in memory", async () => {
  const index = await openArticles();
  expect(index.place).toBe(":memory:");
  expect(index.count().documents).toBe(readdirSync(CORPUS_FOLDER).length);
  index.close();
});

test("the index that was made of the articles is opened, and finds what one in memory finds", async () => {
  const place = await temporaryFolder();
  const { articles, file } = await build(place);
  await chmod(file, 0o444);
  const [built, made] = [await openArticles(articles, place), await openArticles()];
  expect(built.place).toBe(file);
  expect(built.find(QUESTION, 5)).toEqual(made.find(QUESTION, 5));
  built.close();
  made.close();
});

test("articles that were changed since are read themselves", async () => {
  const place = await temporaryFolder();
  const { articles } = await build(place);
  await appendFile(join(articles, "bm25.md"), "\nSparklefish is a word of this line.\n");
  const index = await openArticles(articles, place);
  expect(index.place).toBe(":memory:");
  expect(index.find("sparklefish", 1)).toMatchObject([{ url: "https://doi.org/10.1561/1500000019" }]);
  index.close();
});

test("so they are where their index is damaged", async () => {
  const place = await temporaryFolder();
  const { articles, file } = await build(place);
  await writeFile(file, "no database");
  const index = await openArticles(articles, place);
  expect(index.place).toBe(":memory:");
  index.close();
});

test("a folder of articles that is not there is told as such", async () => {
  await expect(openArticles(join(await temporaryFolder(), "none"))).rejects.toMatchObject({
    code: "documents-unreadable",
  });
});
