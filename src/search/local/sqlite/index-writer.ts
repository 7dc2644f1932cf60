import { z } from "zod";
import { inTransaction, type SqliteDatabase } from "../../../sqlite/sqlite.ts";
import type { Entry, IndexWriter } from "../index-writer.ts";
import { otherForms, toIndexedForm } from "../terms/indexed-form.ts";
import { latinLanguageOf } from "../terms/stems.ts";
import { readNotRead, writeNotRead } from "./records.ts";
import { openTotals } from "./totals.ts";
import { createVocabularyWriter } from "./vocabulary.ts";

/** The methods answer at once. */
type AtOnce<Interface> = {
  [Name in keyof Interface]: Interface[Name] extends (...given: infer Given) => infer Answer
    ? (...given: Given) => Awaited<Answer>
    : Interface[Name];
};

const fileRow = z.object({ key: z.string(), size: z.number(), modified: z.number(), sha256: z.string() });
const idRow = z.object({ id: z.number() }).optional();

export function createIndexWriter(database: SqliteDatabase): AtOnce<IndexWriter> {
  const selectId = database.prepare("select id from documents where key = ?");
  const deleteTerms = database.prepare(
    "delete from passage_terms where rowid in (select id from passages where document = ?)",
  );
  const deletePassages = database.prepare("delete from passages where document = ?");
  const deleteDocument = database.prepare("delete from documents where id = ?");
  const insertDocument = database.prepare(
    "insert into documents (key, title, url, date, size, modified, sha256) values (?, ?, ?, ?, ?, ?, ?)",
  );
  const insertPassage = database.prepare(
    "insert into passages (document, position, text, page, heading) values (?, ?, ?, ?, ?)",
  );
  const insertTerms = database.prepare(
    "insert into passage_terms (rowid, title, text, forms) values (?, ?, ?, ?)",
  );
  const setSetting = database.prepare("insert or replace into settings (name, value) values (?, ?)");
  const insertUnread = database.prepare(
    "insert or replace into unread (key, size, modified) values (?, ?, ?)",
  );
  const noteWords = createVocabularyWriter(database);
  const totals = openTotals(database);
  const updateFile = database.prepare("update documents set size = ?, modified = ? where key = ?");

  function removeOne(key: string): boolean {
    const id = idRow.parse(selectId.get(key))?.id;
    if (id === undefined) return false;
    for (const statement of [deleteTerms, deletePassages, deleteDocument]) statement.run(id);
    return true;
  }
  function insertOne({ key, title, url, date, passages, file }: Entry): void {
    const document = insertDocument.run(
      key,
      title,
      url,
      date ?? null,
      file?.size ?? null,
      file?.modified ?? null,
      file?.sha256 ?? null,
    ).lastInsertRowid;
    const indexedTitle = toIndexedForm(title);
    noteWords(title);
    const language = latinLanguageOf(passages.map(({ text }) => text).join("\n"));
    for (const [position, { text, page, headings = [] }] of passages.entries()) {
      const lines = headings.some((heading) => heading !== "") ? headings.join("\n") : null;
      const id = insertPassage.run(document, position, text, page ?? null, lines).lastInsertRowid;
      insertTerms.run(id, indexedTitle, toIndexedForm(text), otherForms(`${title}\n${text}`, language));
      noteWords(text);
    }
  }

  return {
    readFiles() {
      const rows = database
        .prepare("select key, size, modified, sha256 from documents where sha256 is not null")
        .all();
      return new Map(
        z
          .array(fileRow)
          .parse(rows)
          .map(({ key, ...file }) => [key, file]),
      );
    },
    put(entries) {
      let replaced = 0;
      inTransaction(database, "immediate", () => {
        totals.forget(entries.map(({ key }) => key));
        for (const entry of entries) {
          if (removeOne(entry.key)) replaced++;
          insertOne(entry);
        }
      });
      return replaced;
    },
    touch(files) {
      inTransaction(database, "immediate", () => {
        for (const [key, { size, modified }] of files) updateFile.run(size, modified, key);
      });
    },
    remove(keys) {
      inTransaction(database, "immediate", () => {
        totals.forget(keys);
        for (const key of keys) removeOne(key);
      });
    },
    begin({ folder, listed, options }) {
      inTransaction(database, "immediate", () => {
        setSetting.run("folder", folder);
        setSetting.run("listed", String(listed));
        setSetting.run("options", JSON.stringify(options));
        setSetting.run("finished", "no");
      });
    },
    finish(unread) {
      inTransaction(database, "immediate", () => {
        database.exec("delete from unread");
        for (const { path, size, modified } of unread) insertUnread.run(path, size, modified);
        setSetting.run("finished", "yes");
      });
    },
    readNotRead: () => readNotRead(database),
    setNotRead: (notRead) => writeNotRead(database, notRead),
    optimise() {
      database.exec("insert into passage_terms (passage_terms) values ('optimize')");
    },
  };
}
