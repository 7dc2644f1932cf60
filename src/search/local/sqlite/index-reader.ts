import { z } from "zod";
import { inTransaction, type SqliteDatabase } from "../../../sqlite/sqlite.ts";
import type { FoundPassage, IndexReader } from "../index-reader.ts";
import type { Term } from "../terms/match.ts";
import { readBuild, readNotRead } from "./records.ts";
import { openTotals } from "./totals.ts";
import { tokenOf } from "./vocabulary.ts";

/** Matches of the title weigh 4. SQLite's bm25 is smaller for the better, so its sign is turned. */
const HITS = `
  select rowid as id, -bm25(passage_terms, 4.0, 1.0) as score from passage_terms
  where passage_terms match ? order by bm25(passage_terms, 4.0, 1.0) limit ?`;
const SHOWN = `
  select passage.id, passage.document, passage.position, passage.text, passage.page, passage.heading,
    document.key, document.title, document.url, document.date
  from json_each(?) hit
  join passages passage on passage.id = hit.value
  join documents document on document.id = passage.document
  order by document.key, passage.position limit ?`;

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

/** A passage with its document. */
const shownRow = z.object({
  document: z.number(),
  position: z.number(),
  text: z.string(),
  page: z.number().nullable(),
  heading: z.string().nullable(),
  key: z.string(),
  title: z.string(),
  url: z.string().nullable(),
  date: z.string().nullable(),
});
const shownRows = z.array(shownRow.extend({ id: z.number() }));
export const passageRows = z.array(shownRow.extend({ score: z.number() }));
const hitRows = z.array(z.object({ id: z.number(), score: z.number() }));
const countsRow = z.object({ documents: z.number(), passages: z.number() });
const countRow = z.object({ count: z.number() });
const wordRows = z.array(z.object({ word: z.string() }));
const phraseRows = z.array(z.object({ phrase: z.string() }));
const settingRow = z.object({ value: z.string() }).optional();

/** The index in an open database. Its methods answer at once. */
export function createIndexReader(database: SqliteDatabase): IndexReader {
  const findHits = database.prepare(HITS);
  const selectShown = database.prepare(SHOWN);
  const countUpTo = database.prepare(COUNT_UP_TO);
  const totals = openTotals(database);
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
  /** The best, and all that are as good as the last of them. */
  function hitsOf(expression: string, most: number): z.infer<typeof hitRows> {
    const hits = hitRows.parse(findHits.all(expression, most * 2));
    const isCut = hits.length === most * 2 && hits.at(-1)?.score === hits[most - 1]?.score;
    return isCut ? hitRows.parse(findHits.all(expression, -1)) : hits;
  }
  function show(hits: z.infer<typeof hitRows>, most: number): FoundPassage[] {
    const scores = new Map(hits.map(({ id, score }) => [id, score]));
    return shownRows
      .parse(selectShown.all(JSON.stringify([...scores.keys()]), most))
      .map(({ id, ...passage }) => ({ ...passage, score: scores.get(id) ?? 0 }))
      .toSorted((one, other) => other.score - one.score);
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
    size: () => totals.passages(),
    notRead: () => readNotRead(database),
    find(terms, hold, most) {
      const expression = expressionOf(terms, hold);
      if (expression === undefined) return [];
      return inTransaction(database, "deferred", () => {
        const hits = hitsOf(expression, most);
        const least = hits[most - 1]?.score ?? -Infinity;
        const better = hits.filter(({ score }) => score > least);
        const equal = hits.filter(({ score }) => score === least);
        return [...show(better, most), ...show(equal, most - better.length)];
      });
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
