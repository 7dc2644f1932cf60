import { z } from "zod";
import type { Query } from "../../../postgres/connection.ts";
import type { Phrase } from "./terms.ts";

/** What an index holds, by which scores are made. */
export interface Totals {
  readonly passages: number;
  /** Words in all of them. */
  readonly tokens: number;
}

/** How many passages hold a phrase, and how much that tells. */
export interface PhraseCount {
  readonly count: number;
  readonly idf: number;
}

/** Between these lies how many passages hold something. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** How many passages of a folder hold words and phrases, asked for once in the life of a reader. */
export interface PhraseCounts {
  totals(): Promise<Totals>;
  /** By single words, which are counted when they are written. */
  boundsOf(phrases: readonly Phrase[]): Promise<readonly Bounds[]>;
  /** Exactly: a phrase of several words is looked for. */
  countsOf(phrases: readonly Phrase[]): Promise<readonly PhraseCount[]>;
}

const wordRows = z.array(
  z.object({
    passages: z.coerce.number(),
    tokens: z.coerce.number(),
    word: z.string().nullable(),
    count: z.number(),
    idf: z.number(),
  }),
);
const phraseRows = z.array(z.object({ count: z.coerce.number(), idf: z.number() }));

/** SQLite's: a phrase that most passages hold still tells a little. */
function idfSql(passages: string, count: string): string {
  return `coalesce(nullif(greatest(ln((${passages}::float8 - ${count} + 0.5) / (${count} + 0.5)), 0), 0), 1e-6)::float8`;
}

export function createPhraseCounts(query: Query, folder: number): PhraseCounts {
  let totals: Totals | undefined;
  const words = new Map<string, PhraseCount>();
  const phrases = new Map<string, PhraseCount>();

  async function readWords(wanted: readonly string[]): Promise<Totals> {
    const fresh = [...new Set(wanted.filter((word) => !words.has(word)))];
    if (totals !== undefined && fresh.length === 0) return totals;
    const rows = await query(
      `select passages, tokens, word, count, ${idfSql("passages", "count")} as idf
       from (
         select f.passages, f.tokens, word, coalesce(
           (select c.passages from $schema.word_counts c where c.folder = f.id and c.word = given.word), 0
         )::float8 as count
         from $schema.folders f left join unnest($2::text[]) as given (word) on true where f.id = $1
       ) counted`,
      [folder, fresh],
    );
    const found = wordRows.parse(rows);
    for (const { word, count, idf } of found) if (word !== null) words.set(word, { count, idf });
    const [first = { passages: 0, tokens: 0 }] = found;
    return (totals = { passages: first.passages, tokens: first.tokens });
  }
  async function boundsOf(given: readonly Phrase[]): Promise<readonly Bounds[]> {
    await readWords(given.flatMap((phrase) => phrase.words));
    return given.map((phrase) => {
      const known = phrases.get(phrase.query);
      const most = known?.count ?? Math.min(...phrase.words.map((word) => words.get(word)?.count ?? 0));
      return { least: known !== undefined || phrase.words.length === 1 ? most : 0, most };
    });
  }
  return {
    totals: () => readWords([]),
    boundsOf,
    async countsOf(given) {
      const bounds = await boundsOf(given);
      const open = given.filter((_, at) => (bounds[at]?.least ?? 0) < (bounds[at]?.most ?? 0));
      if (open.length > 0) {
        const rows = await query(
          `select count, ${idfSql("$3", "count")} as idf
           from (
             select at, (
               select count(*) from $schema.passage_terms where folder = $1 and terms @@ phrase
             )::float8 as count
             from unnest($2::tsquery[]) with ordinality as given (phrase, at)
           ) counted order by at`,
          [folder, open.map((phrase) => phrase.query), totals?.passages ?? 0],
        );
        for (const [at, row] of phraseRows.parse(rows).entries()) phrases.set(open[at]?.query ?? "", row);
      }
      const none = { count: 0, idf: 0 };
      return given.map((phrase, at) => {
        if (bounds[at]?.most === 0) return none;
        const [only = "", ...others] = phrase.words;
        return (others.length === 0 ? words.get(only) : phrases.get(phrase.query)) ?? none;
      });
    },
  };
}
