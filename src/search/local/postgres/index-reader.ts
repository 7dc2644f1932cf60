import { z } from "zod";
import type { Query } from "../../../postgres/connection.ts";
import { type BuildRecord, buildOptionsSchema } from "../build-record.ts";
import type { FoundPassage, IndexReader } from "../index-reader.ts";
import { notReadSchema } from "../not-read.ts";
import type { Term } from "../terms/match.ts";
import type { Tokenizer } from "./terms.ts";

/** A folder in the database, as it is seen from here. */
export interface SeenFolder {
  readonly id: number;
  /** The root of this machine, else the one that was built last. */
  readonly root: number;
  /** Whether that root is of this machine: only then are times of files compared. */
  readonly isOurs: boolean;
  /** Where it is on this machine, else where it was built. */
  readonly path: string;
}

const passageRows = z.array(
  z.object({
    score: z.number(),
    document: z.coerce.number(),
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
const frequencyRows = z.array(z.object({ count: z.coerce.number(), idf: z.number() }));
const totalsRow = z.object({ passages: z.coerce.number(), tokens: z.coerce.number() });
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

/** https://en.wikipedia.org/wiki/Okapi_BM25, with the figures of SQLite's. */
const K1 = 1.2;
const B = 0.75;
/** PostgreSQL takes weights up to 1: those of other words and of the title, by 4. */
const WEIGHTS = "'{0.25, 0.25, 0.25, 1}'::real[]";

/**
 * How often a phrase stands in a passage, in its title four times: the sum of the weights of all places. `ts_rank_cd` of
 * a single phrase is just that. https://www.postgresql.org/docs/current/textsearch-controls.html#TEXTSEARCH-RANKING
 */
function frequencySql(query: string): string {
  return `ts_rank_cd(${WEIGHTS}, terms, ${query})::float8 * 4`;
}

/** One folder, read by calls that see the same state of the database. */
export function createIndexReader(query: Query, folder: SeenFolder, tokenizer: Tokenizer): IndexReader {
  let known: Promise<z.infer<typeof totalsRow>> | undefined;
  const totals = (): Promise<z.infer<typeof totalsRow>> => (known ??= readTotals());
  async function readTotals(): Promise<z.infer<typeof totalsRow>> {
    const [row] = await query("select passages, tokens from $schema.folders where id = $1", [folder.id]);
    return totalsRow.parse(row ?? { passages: 0, tokens: 0 });
  }

  /** Each phrase that some passage holds, and how much it tells. */
  async function frequencies(phrases: readonly string[], passages: number) {
    const rows = await query(
      `select count, coalesce(nullif(greatest(ln(($3::float8 - count + 0.5) / (count + 0.5)), 0), 0), 1e-6)::float8 as idf
       from (
         select at, (
           select count(*) from $schema.passage_terms where folder = $1 and terms @@ phrase
         )::float8 as count
         from unnest($2::tsquery[]) with ordinality as given (phrase, at)
       ) counted order by at`,
      [folder.id, phrases, passages],
    );
    return frequencyRows
      .parse(rows)
      .flatMap(({ count, idf }, at) => (count > 0 ? [{ phrase: phrases[at] ?? "", idf }] : []));
  }

  function expressionOf(terms: readonly Term[], hold: "all" | "any"): string | undefined {
    tokenizer.queriesOf(terms.flat());
    const queries = terms.map((term) => anyOf(tokenizer.queriesOf(term)));
    const given = queries.filter((one) => one !== undefined);
    if (given.length === 0 || (hold === "all" && given.length < queries.length)) return undefined;
    return given.map((one) => `(${one})`).join(hold === "all" ? " & " : " | ");
  }

  return {
    folder: () => folder.path,
    size: async () => (await totals()).passages,
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
    async build(): Promise<BuildRecord> {
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
      const expression = expressionOf(terms, hold);
      if (expression === undefined) return [];
      const { passages, tokens } = await totals();
      const phrases = tokenizer.queriesOf(terms.flat()).filter((phrase) => phrase !== undefined);
      const held = await frequencies(phrases, passages);
      if (held.length === 0) return [];
      const counted = held.map((_, at) => `${frequencySql(`($2::tsquery[])[${at + 1}]`)} as f${at}`);
      const scores = held.map(
        (_, at) =>
          `($3::float8[])[${at + 1}] * (f${at} * ($4::float8 + 1)) / (f${at} + $4 * (1 - $5::float8 + $5 * length / $6::float8))`,
      );
      const rows = await query(
        `select hit.score, hit.document, hit.position, p.text, p.page, p.heading, d.key, d.title, d.url, d.date
         from (
           select document, position, key, ${scores.join(" + ")} as score
           from (
             select document, position, key, length, ${counted.join(", ")}
             from $schema.passage_terms where folder = $1 and terms @@ $7::tsquery offset 0
           ) counted
           order by score desc, key, position limit $8
         ) hit
         join $schema.passages p on p.document = hit.document and p.position = hit.position
         join $schema.documents d on d.id = hit.document
         order by hit.score desc, hit.key, hit.position`,
        [
          folder.id,
          held.map(({ phrase }) => phrase),
          held.map(({ idf }) => idf),
          K1,
          B,
          tokens / passages,
          expression,
          most,
        ],
      );
      return passageRows.parse(rows);
    },
    async countHolding(queries, most) {
      const rows = await query(
        `select (
           select count(*) from (
             select 1 from $schema.passage_terms where folder = $1 and terms @@ expression limit $3
           ) held
         ) as count
         from unnest($2::tsquery[]) with ordinality as given (expression, at) order by at`,
        [folder.id, queries.map((terms) => expressionOf(terms, "all") ?? ""), most],
      );
      return countRows.parse(rows).map(({ count }) => count);
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

function anyOf(queries: readonly (string | undefined)[]): string | undefined {
  const given = queries.filter((one) => one !== undefined);
  return given.length === 0 ? undefined : given.map((one) => `(${one})`).join(" | ");
}
