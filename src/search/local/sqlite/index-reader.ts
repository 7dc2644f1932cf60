import { z } from "zod";
import type { SqliteDatabase } from "../../../sqlite/sqlite.ts";
import type { IndexReader } from "../index-reader.ts";
import type { Term } from "../terms/match.ts";
import { readBuild, readNotRead } from "./records.ts";
import { tokenOf } from "./vocabulary.ts";

/** Matches of the title weigh 4. SQLite's bm25 is smaller for the better, so its sign is turned. */
const FIND = `
  select hit.score, passage.document, passage.position, passage.text, passage.page, passage.heading,
    document.key, document.title, document.url, document.date
  from (
    select rowid, -bm25(passage_terms, 4.0, 1.0) as score from passage_terms
    where passage_terms match ? order by bm25(passage_terms, 4.0, 1.0) limit ?
  ) hit
  join passages passage on passage.id = hit.rowid
  join documents document on document.id = passage.document
  order by hit.score desc, document.key, passage.position`;

const COUNT_UP_TO = `
  select count(*) as count from (select 1 from passage_terms where passage_terms match ? limit ?)`;

/** Words by how many trigrams they share with another, of about its length. */
const LIKE = `
  select word from words join (
    select hit.rowid as id, count(*) as shared
    from json_each(?) trigram join word_trigrams hit on hit.word_trigrams match trigram.value
    group by hit.rowid having shared >= ?
  ) like on like.id = words.id
  where length(word) between ? and ?
  order by like.shared desc, word limit ?`;

/** Those of some phrases that a passage holds. */
const HELD = `
  select value as phrase from json_each(?)
  where exists (select 1 from passage_terms where passage_terms match value)`;

/** Passages with their documents. */
export const passageRows = z.array(
  z.object({
    score: z.number(),
    document: z.number(),
    position: z.number(),
    text: z.string(),
    page: z.number().nullable(),
    heading: z.string().nullable(),
    key: z.string(),
    title: z.string(),
    url: z.string().nullable(),
    date: z.string().nullable(),
  }),
);
const countsRow = z.object({ documents: z.number(), passages: z.number() });
const countRow = z.object({ count: z.number() });
const wordRows = z.array(z.object({ word: z.string() }));
const phraseRows = z.array(z.object({ phrase: z.string() }));
const settingRow = z.object({ value: z.string() }).optional();

/** The index in an open database. Its methods answer at once. */
export function createIndexReader(database: SqliteDatabase): IndexReader {
  const find = database.prepare(FIND);
  const countUpTo = database.prepare(COUNT_UP_TO);
  const countPassages = database.prepare("select coalesce(max(id), 0) as count from passages");
  const like = database.prepare(LIKE);
  const selectHeld = database.prepare(HELD);

  /**
   * The terms as FTS5 takes them, without the phrases that no passage holds, the stems of other languages mostly: they
   * change no score, but each is gone through for every passage that is found. Undefined where nothing can be found.
   */
  function expressionOf(terms: readonly Term[], hold: "all" | "any"): string | undefined {
    const quoted = terms.map((term) => term.map((phrase) => `"${phrase}"`));
    const rows = phraseRows.parse(selectHeld.all(JSON.stringify(quoted.flat())));
    const held = new Set(rows.map(({ phrase }) => phrase));
    const found = quoted
      .map((phrases) => phrases.filter((phrase) => held.has(phrase)))
      .filter((phrases) => phrases.length > 0);
    if (found.length === 0 || (hold === "all" && found.length < terms.length)) return undefined;
    return found.map((phrases) => `(${phrases.join(" OR ")})`).join(hold === "all" ? " AND " : " OR ");
  }
  function countHolding(queries: readonly (readonly Term[])[], most: number): readonly number[] {
    return queries.map((terms) => {
      const expression = expressionOf(terms, "all");
      return expression === undefined ? 0 : countRow.parse(countUpTo.get(expression, most)).count;
    });
  }
  return {
    folder: () =>
      settingRow.parse(database.prepare("select value from settings where name = 'folder'").get())?.value,
    build: () => readBuild(database),
    count: () =>
      countsRow.parse(
        database
          .prepare(
            "select (select count(*) from documents) as documents, (select count(*) from passages) as passages",
          )
          .get(),
      ),
    size: () => countRow.parse(countPassages.get()).count,
    notRead: () => readNotRead(database),
    find(terms, hold, most) {
      const expression = expressionOf(terms, hold);
      return expression === undefined ? [] : passageRows.parse(find.all(expression, most));
    },
    areHeld: (queries, least) => countHolding(queries, least).map((count) => count === least),
    countHolding,
    wordsLike(trigrams, { least, most }, limit, { shared, beginnings }) {
      const begins = beginnings.map((trigram) => `"${tokenOf(trigram)}"`).join(" OR ");
      const tokens = trigrams.map((trigram) => `"${tokenOf(trigram)}" AND (${begins})`);
      const rows = like.all(JSON.stringify(tokens), shared, least, most, limit);
      return wordRows.parse(rows).map(({ word }) => word);
    },
  };
}
