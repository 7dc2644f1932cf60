import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createRandom, createZipf } from "../../../../bench/seeded-text.ts";
import type { FoundPassage } from "../../../../src/search/local/index-reader.ts";
import { indexDocuments } from "../../../../src/search/local/index-builder.ts";
import { allFolders } from "../../../../src/search/local/postgres/folders.ts";
import { createIndexReader as readDatabase } from "../../../../src/search/local/postgres/index-reader.ts";
import { createTokenizer } from "../../../../src/search/local/postgres/terms.ts";
import { createIndexReader as readFile } from "../../../../src/search/local/sqlite/index-reader.ts";
import { indexPostgresDocuments } from "../../../../src/search/local/postgres/postgres.ts";
import { openToRead } from "../../../../src/search/local/sqlite/index-store.ts";
import { readIndexQuery } from "../../../../src/search/local/terms/index-query.ts";
import { matchOf, type Term } from "../../../../src/search/local/terms/match.ts";
import { NO_POSTGRES } from "../../../servers/postgres.ts";
import { createFolder } from "../../temporary-folder.ts";
import { useDatabases } from "./place.ts";

const LETTERS = "山川田人口日月火水木金土";

/** Words by how common they are, a half of them with letters that are found as phrases. */
function texts(count: number, words: number): readonly string[] {
  const random = createRandom(7);
  const word = createZipf(300, random);
  const letter = (): string => LETTERS[Math.floor(random() * LETTERS.length)] ?? "";
  return Array.from({ length: count }, () =>
    Array.from({ length: words }, () => (random() < 0.5 ? word() : letter() + letter())).join(" "),
  );
}

/** Each store has numbers of its own. */
function withoutId(passage: FoundPassage): FoundPassage {
  return { ...passage, document: 0 };
}

function termsOf(question: string): readonly Term[] {
  const query = readIndexQuery(question);
  return query === undefined ? [] : matchOf(query).any;
}

describe.skipIf(NO_POSTGRES !== "")(`figures of a file and a database ${NO_POSTGRES}`, () => {
  const { create } = useDatabases();

  test("are the same to the last bit: scores, and how many passages hold what", async () => {
    const documents = texts(1_500, 15).map((text, at) => ({
      title: `Page ${text.split(" ", 2)[1]}`,
      url: `https://example.org/${String(at).padStart(4, "0")}`,
      text,
    }));
    const path = join(createFolder(), "index.sqlite");
    (await indexDocuments({ documents, file: path })).index.close();
    const database = openToRead(path);
    const file = readFile(database);
    const { address, connection } = await create();
    await (await indexPostgresDocuments({ documents, address })).index.close();
    const tokenizer = createTokenizer();
    onTestFinished(() => {
      database.close();
      tokenizer.close();
    });
    const [seen] = await allFolders(connection.query);
    if (seen === undefined) throw new Error("nothing was built");
    for (const question of texts(60, 4)) {
      const terms = termsOf(question);
      const each = terms.map((term) => [term]);
      // one for each question, as in a search
      const reader = readDatabase(connection.query, seen, tokenizer);
      for (const least of [1, 20, 200]) {
        expect([question, await reader.areHeld(each, least)]).toEqual([
          question,
          await file.areHeld(each, least),
        ]);
      }
      for (const most of [1, 30, 1_000]) {
        expect([question, await reader.countHolding(each, most)]).toEqual([
          question,
          await file.countHolding(each, most),
        ]);
      }
      for (const hold of ["all", "any"] as const) {
        for (const most of [5, 64, 2_000]) {
          const found = await file.find(terms, hold, most);
          const inDatabase = await reader.find(terms, hold, most);
          expect([question, hold, most, inDatabase.map(withoutId)]).toEqual([
            question,
            hold,
            most,
            found.map(withoutId),
          ]);
        }
      }
    }
  }, 60_000);
});
