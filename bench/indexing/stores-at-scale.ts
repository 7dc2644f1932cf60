import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import MiniSearch from "minisearch";
import { z } from "zod";
import type { Document } from "../../src/search/local/documents/document.ts";
import { indexDocuments } from "../../src/search/local/index-builder.ts";
import { openIndex } from "../../src/search/local/local-index.ts";

/** What is built, and asked in another process. */
export interface Store {
  readonly name: string;
  /** It is not built of more passages than these, because it lies in memory whole. */
  readonly most?: number;
  build(folder: string, documents: AsyncIterable<Document>): Promise<void>;
  /** Opens what was built. Gives how a question is asked, which gives how many documents it found. */
  open(folder: string): (question: string) => number;
}

const RESULTS = 5;
const BATCH = 1_000;
const MINI_SEARCH = { idField: "url", fields: ["title", "text"], storeFields: ["title", "text"] };
const WORD = /[\p{L}\p{N}]+/gu;
const titleRows = z.array(z.object({ title: z.string(), text: z.string() }));

export const STORES = {
  fts5: {
    name: "plain FTS5",
    async build(folder, documents) {
      const database = new Database(join(folder, "fts5.db"));
      database.exec(`pragma journal_mode = wal; pragma synchronous = normal;
        create virtual table passages using fts5(title, text, tokenize = 'unicode61')`);
      const insert = database.prepare("insert into passages (title, text) values (?, ?)");
      let count = 0;
      database.exec("begin");
      for await (const { title, text } of documents) {
        insert.run(title, text);
        count++;
        if (count % BATCH === 0) database.exec("commit; begin");
      }
      database.exec(
        `commit; insert into passages (passages) values ('optimize'); pragma journal_mode = delete`,
      );
      database.close();
    },
    open(folder) {
      const database = new Database(join(folder, "fts5.db"));
      const find = database.prepare(
        `select title, text from passages where passages match ? order by bm25(passages) limit ${RESULTS}`,
      );
      return (question) => {
        const words = (question.match(WORD) ?? []).map((word) => `"${word}"`);
        return titleRows.parse(find.all(words.join(" OR "))).length;
      };
    },
  },
  ours: {
    name: "this index",
    async build(folder, documents) {
      const { index } = await indexDocuments({ documents, file: join(folder, "ours.db") });
      index.close();
    },
    open(folder) {
      const index = openIndex(join(folder, "ours.db"));
      return (question) => index.find(question, RESULTS).length;
    },
  },
  miniSearch: {
    name: "MiniSearch",
    most: 100_000,
    async build(folder, documents) {
      const search = new MiniSearch<Document>(MINI_SEARCH);
      for await (const document of documents) search.add(document);
      writeFileSync(join(folder, "miniSearch.db"), JSON.stringify(search));
    },
    open(folder) {
      const search = MiniSearch.loadJSON<Document>(
        readFileSync(join(folder, "miniSearch.db"), "utf8"),
        MINI_SEARCH,
      );
      return (question) => search.search(question).slice(0, RESULTS).length;
    },
  },
} satisfies Readonly<Record<string, Store>>;
