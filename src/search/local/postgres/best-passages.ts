import { z } from "zod";
import type { Query } from "../../../postgres/connection.ts";
import type { FoundPassage } from "../index-reader.ts";
import type { PhraseCount, Totals } from "./phrase-counts.ts";

/** A phrase of a question that some passage holds. */
export interface TellingPhrase extends PhraseCount {
  /** As a `tsquery`. */
  readonly query: string;
}

/** Of the passages that an expression finds, those that hold the phrases best. */
export type BestPassages = (
  phrases: readonly TellingPhrase[],
  expression: string,
  most: number,
) => Promise<readonly FoundPassage[]>;

/** Passages with their documents. */
export const passageRows = z.array(
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

/** https://en.wikipedia.org/wiki/Okapi_BM25, with the figures of SQLite's. */
const K1 = 1.2;
const B = 0.75;
/** PostgreSQL takes weights up to 1: those of other words and of the title, by 4. */
const WEIGHTS = "'{0.25, 0.25, 0.25, 1}'::real[]";

/** Phrases that so many passages hold are worth a search that leaves most of these out. */
const MANY = 500;
const MOST_COMMON = 16;
/** Above the rounding of a score. */
const ROUNDING = 1e-6;

/**
 * How often a phrase stands in a passage, in its title four times: the sum of the weights of all places. `ts_rank_cd` of
 * a single phrase is just that. https://www.postgresql.org/docs/current/textsearch-controls.html#TEXTSEARCH-RANKING
 */
function frequencySql(query: string): string {
  return `ts_rank_cd(${WEIGHTS}, terms, ${query})::float8 * 4`;
}

/** In the order of SQLite's operations, so that the scores are the same to the last bit. */
export function createBestPassages(query: Query, folder: number, { passages, tokens }: Totals): BestPassages {
  return async (phrases, expression, most) => {
    const frequencies = phrases.map((_, at) => `${frequencySql(`($2::tsquery[])[${at + 1}]`)} as f${at}`);
    const scores = phrases.map(
      (_, at) =>
        `($3::float8[])[${at + 1}] * ((f${at} * ($4::float8 + 1)) / (f${at} + $4 * (1 - $5::float8 + $5 * length / $6::float8)))`,
    );
    const rows = await query(
      `select hit.score, hit.document, hit.position, p.text, p.page, p.heading, d.key, d.title, d.url, d.date
       from (
         select document, position, key, ${scores.join(" + ")} as score
         from (
           select document, position, key, length, ${frequencies.join(", ")}
           from $schema.passage_terms where folder = $1 and terms @@ $7::tsquery offset 0
         ) counted
         order by score desc, key, position limit $8
       ) hit
       join $schema.passages p on p.document = hit.document and p.position = hit.position
       join $schema.documents d on d.id = hit.document
       order by hit.score desc, hit.key, hit.position`,
      [
        folder,
        phrases.map((phrase) => phrase.query),
        phrases.map(({ idf }) => idf),
        K1,
        B,
        tokens / passages,
        expression,
        most,
      ],
    );
    return passageRows.parse(rows);
  };
}

/**
 * The passages that hold any of the phrases, the best first, without a look at each: most hold one common phrase alone, and a
 * phrase adds less than k1 + 1 times its idf. Those with a rare phrase or with two common ones are scored first; common
 * phrases that alone reach less than the last of these are then known to be needless, and only the others are scored, too.
 * Turtle and Flood 1995, doi:10.1016/0306-4573(95)00020-H
 */
export async function findAny(
  best: BestPassages,
  phrases: readonly TellingPhrase[],
  most: number,
): Promise<readonly FoundPassage[]> {
  const reach = new Map<string, number>();
  for (const { query, idf } of phrases) reach.set(query, (reach.get(query) ?? 0) + idf * (K1 + 1));
  const common = new Set(phrases.filter(({ count }) => count >= MANY).map(({ query }) => query));
  const all = [...reach.keys()];
  const whole = all.map((one) => `(${one})`).join(" | ");
  if (common.size === 0 || common.size > MOST_COMMON || all.length < 2) return best(phrases, whole, most);
  const first = await best(phrases, withoutLone(all, common), most);
  const last = first.length < most ? 0 : (first.at(-1)?.score ?? 0);
  const needless = new Set([...common].filter((one) => (reach.get(one) ?? 0) < last - ROUNDING));
  if (needless.size === common.size) return first;
  return best(phrases, needless.size === 0 ? whole : withoutLone(all, needless), most);
}

/** What finds passages that hold any phrase, but for those that hold one of these and nothing else. */
function withoutLone(all: readonly string[], common: ReadonlySet<string>): string {
  const alone = all.filter((one) => !common.has(one)).map((one) => `(${one})`);
  const together = [...common].map((one) => `(${one})`);
  const pairs = together.slice(1).map((one, at) => `(${one} & (${together.slice(0, at + 1).join(" | ")}))`);
  return [...alone, ...pairs].join(" | ");
}
