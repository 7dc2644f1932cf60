import { z } from "zod";
import type { Query } from "../../../postgres/connection.ts";
import { type BuildRecord, buildOptionsSchema } from "../build-record.ts";
import type { FoundPassage, IndexReader } from "../index-reader.ts";
import { notReadSchema } from "../not-read.ts";
import type { Term } from "../terms/match.ts";
import { createBestPassages, findAny } from "./best-passages.ts";
import { type Bounds, createPhraseCounts } from "./phrase-counts.ts";
import type { Phrase, Tokenizer } from "./terms.ts";

/** A folder in the database, as it is seen from here. */
export interface SeenFolder {
  readonly id: number;
  /** The root of this machine, else the one that was built last. */
  readonly root: number;
  /** Whether that root is of this machine: only then are times of files compared. */
  readonly isOurs: boolean;
  /** Where it is on this machine, else where it was built; undefined of documents that are no files. */
  readonly path: string | undefined;
}

const countsRow = z.object({ documents: z.coerce.number(), passages: z.coerce.number() });
const countRows = z.array(z.object({ count: z.coerce.number() }));
const wordRows = z.array(z.object({ word: z.string() }));
const rootRow = z.object({
  options: z.string(),
  listed: z.number(),
  finished: z.boolean(),
  unread: z.string(),
  not_read: z.string(),
});
const heldRows = z.array(
  z.object({ key: z.string(), size: z.coerce.number(), modified: z.number().nullable() }),
);
const unreadFiles = z.array(z.object({ path: z.string(), size: z.number(), modified: z.number() }));

const NO_COUNT = { count: 0, idf: 0 };
const NONE: Bounds = { least: 0, most: 0 };

/** One folder, read by calls that see the same state of the database. */
export function createIndexReader(query: Query, folder: SeenFolder, tokenizer: Tokenizer): IndexReader {
  const counts = createPhraseCounts(query, folder.id);

  function phrasesOf(terms: readonly Term[]): readonly (readonly Phrase[])[] {
    tokenizer.phrasesOf(terms.flat());
    return terms.map((term) => tokenizer.phrasesOf(term).filter((phrase) => phrase !== undefined));
  }
  async function boundsOf(queries: readonly (readonly Term[])[]) {
    const asked = queries.map((terms) => phrasesOf(terms));
    const all = asked.flat(2);
    const known = await counts.boundsOf(all);
    const each = new Map(all.map((phrase, at) => [phrase.query, known[at] ?? NONE]));
    return {
      asked,
      bounds: asked.map((terms) => boundsOfAll(terms, ({ query: key }) => each.get(key) ?? NONE)),
    };
  }
  async function count(
    asked: readonly (readonly (readonly Phrase[])[])[],
    most: number,
  ): Promise<readonly number[]> {
    if (asked.length === 0) return [];
    const rows = await query(
      `select (
         select count(*) from (
           select 1 from $schema.passage_terms where folder = $1 and terms @@ expression limit $3
         ) held
       ) as count
       from unnest($2::tsquery[]) with ordinality as given (expression, at) order by at`,
      [folder.id, asked.map((terms) => expressionOf(terms, "all") ?? ""), most],
    );
    return countRows.parse(rows).map((row) => row.count);
  }

  return {
    folder: () => folder.path,
    size: async () => (await counts.totals()).passages,
    async count() {
      const [row] = await query(
        `select (select count(*) from $schema.documents where folder = $1) as documents,
           (select passages from $schema.folders where id = $1) as passages`,
        [folder.id],
      );
      return countsRow.parse(row);
    },
    async notRead() {
      const [row] = await query("select * from $schema.roots where id = $1", [folder.root]);
      return notReadSchema.parse(JSON.parse(rootRow.parse(row).not_read));
    },
    async build(): Promise<BuildRecord | undefined> {
      if (folder.path === undefined) return undefined;
      const [row] = await query("select * from $schema.roots where id = $1", [folder.root]);
      const { options, listed, finished, unread } = rootRow.parse(row);
      const held = await query(
        `select d.key, coalesce(s.size, d.size) as size, s.modified
         from $schema.documents d left join $schema.seen s on s.document = d.id and s.root = $2
         where d.folder = $1 and d.sha256 is not null`,
        [folder.id, folder.isOurs ? folder.root : -1],
      );
      const files = heldRows
        .parse(held)
        .map(({ key, size, modified }) => [key, { size, ...(modified !== null && { modified }) }] as const);
      const skipped = unreadFiles
        .parse(JSON.parse(unread))
        .map(({ path, size, modified }) => [path, { size, ...(folder.isOurs && { modified }) }] as const);
      return {
        folder: folder.path,
        listed,
        options: buildOptionsSchema.parse(JSON.parse(options)),
        finished,
        files: new Map(files),
        unread: new Map(skipped),
      };
    },
    async find(terms, hold, most): Promise<readonly FoundPassage[]> {
      const asked = phrasesOf(terms);
      const counted = await counts.countsOf(asked.flat());
      const known = new Map(asked.flat().map((phrase, at) => [phrase.query, counted[at]]));
      const held = asked.map((phrases) =>
        phrases.filter(({ query: key }) => (known.get(key)?.count ?? 0) > 0),
      );
      const expression = expressionOf(held, hold);
      if (expression === undefined) return [];
      const best = createBestPassages(query, folder.id, await counts.totals());
      const telling = held.flat().map(({ query: key }) => ({ query: key, ...(known.get(key) ?? NO_COUNT) }));
      return hold === "all" ? best(telling, expression, most) : findAny(best, telling, most);
    },
    async areHeld(queries, least) {
      const { asked, bounds } = await boundsOf(queries);
      const held = bounds.map((one) => one.least >= least);
      const open = bounds.flatMap((one, at) => (one.least < least && one.most >= least ? [at] : []));
      const found = await count(pick(asked, open), least);
      return held.map((known, at) => known || (found[open.indexOf(at)] ?? 0) >= least);
    },
    async countHolding(queries, most) {
      const { asked, bounds } = await boundsOf(queries);
      const open = bounds.flatMap((one, at) => (one.least < Math.min(one.most, most) ? [at] : []));
      const found = await count(pick(asked, open), most);
      return bounds.map(({ least }, at) => found[open.indexOf(at)] ?? Math.min(least, most));
    },
    async wordsLike(trigrams, { least, most }, limit) {
      const rows = await query(
        `select word from $schema.words
         where folder = $1 and trigrams && $2::text[] and length(word) between $3 and $4
         order by (select count(*) from unnest(trigrams) as one where one = any($2::text[])) desc, word limit $5`,
        [folder.id, trigrams, least, most, limit],
      );
      return wordRows.parse(rows).map(({ word }) => word);
    },
  };
}

/** Some of the phrases of each term, as it is looked up. */
function expressionOf(terms: readonly (readonly Phrase[])[], hold: "all" | "any"): string | undefined {
  const given = terms.filter((phrases) => phrases.length > 0);
  if (given.length === 0 || (hold === "all" && given.length < terms.length)) return undefined;
  return given
    .map((phrases) => `(${phrases.map((phrase) => `(${phrase.query})`).join(" | ")})`)
    .join(hold === "all" ? " & " : " | ");
}

function pick<Value>(values: readonly Value[], at: readonly number[]): readonly Value[] {
  return values.filter((_, index) => at.includes(index));
}

/** Of passages that hold a phrase of each term. */
function boundsOfAll(terms: readonly (readonly Phrase[])[], boundsOf: (phrase: Phrase) => Bounds): Bounds {
  const each = terms.map((phrases) => {
    const held = phrases.map(boundsOf);
    const least = Math.max(0, ...held.map((one) => one.least));
    return { least, most: held.reduce((sum, one) => sum + one.most, 0) };
  });
  const [only = NONE, ...others] = each;
  return others.length === 0 ? only : { least: 0, most: Math.min(...each.map((one) => one.most)) };
}
