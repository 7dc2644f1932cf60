import { z } from "zod";
import type { SqliteDatabase } from "../../sqlite/sqlite.ts";
import {
  isComparable,
  respell,
  slipsBetween,
  trigramsOf,
  vocabularyOf,
  type Respelt,
} from "../../text/spelling.ts";
import { readIndexQuery } from "./index-query.ts";
import { matchOf } from "./match.ts";

/** A word of an index, and how many slips make another of it. */
export interface CloseWord {
  readonly word: string;
  readonly slips: number;
}

/** What an index knows of the spelling of words. */
export interface Spelling {
  /** No passage holds the word in any of its forms. */
  lacks(word: string): boolean;
  /** The word of the index that it is likely to be mistyped for. */
  closest(word: string): CloseWord | undefined;
}

/** Trigrams are kept as figures and letters that no tokenizer changes. */
function tokenOf(trigram: string): string {
  return Array.from(trigram, (letter) => (letter.codePointAt(0) ?? 0).toString(36)).join("");
}

const MOST_KNOWN = 200_000;

/** Notes the words of what is indexed. Those of documents that go stay: none is taken that no passage holds. */
export function createVocabularyWriter(database: SqliteDatabase): (text: string) => void {
  const insertWord = database.prepare("insert or ignore into words (word) values (?)");
  const insertTrigrams = database.prepare("insert into word_trigrams (rowid, trigrams) values (?, ?)");
  const known = new Set<string>();
  return (text) => {
    for (const word of vocabularyOf(text)) {
      if (known.has(word)) continue;
      if (known.size === MOST_KNOWN) known.clear();
      known.add(word);
      if (!isComparable(word)) continue;
      const { changes, lastInsertRowid } = insertWord.run(word);
      if (changes > 0) insertTrigrams.run(lastInsertRowid, trigramsOf(word).map(tokenOf).join(" "));
    }
  };
}

/** Words by how many trigrams they share with another, of about its length. */
const LIKE = `
  select word from words join (
    select hit.rowid as id, count(*) as shared
    from json_each(?) trigram join word_trigrams hit on hit.word_trigrams match trigram.value
    group by hit.rowid
  ) like on like.id = words.id
  where length(word) between ? and ?
  order by like.shared desc, word limit ?`;
const COUNT =
  "select count(*) as count from (select 1 from passage_terms where passage_terms match ? limit ?)";

const MOST_LIKE = 300;
/** Of words as close as one another the one that most passages hold is meant. */
const MOST_COUNTED = 1_000;
const MOST_CLOSEST = 8;

const wordRows = z.array(z.object({ word: z.string() }));
const countRow = z.object({ count: z.number() });

export function createSpelling(database: SqliteDatabase): Spelling {
  const like = database.prepare(LIKE);
  const count = database.prepare(COUNT);
  function countPassages(word: string, most: number): number {
    const query = readIndexQuery(word);
    if (query === undefined) return 0;
    return countRow.parse(count.get(matchOf(query).all.join(" AND "), most)).count;
  }
  return {
    lacks: (word) => countPassages(word, 1) === 0,
    closest(word) {
      const trigrams = trigramsOf(word).map((trigram) => `"${tokenOf(trigram)}"`);
      const { length } = word;
      const rows = wordRows.parse(
        like.all(JSON.stringify(trigrams), length - SPARE, length + SPARE, MOST_LIKE),
      );
      const close = rows.flatMap((row) => {
        const slips = slipsBetween(word, row.word);
        return slips === undefined ? [] : [{ word: row.word, slips }];
      });
      const [best] = close
        .toSorted((a, b) => a.slips - b.slips)
        .slice(0, MOST_CLOSEST)
        .map((one) => ({ ...one, passages: countPassages(one.word, MOST_COUNTED) }))
        .filter(({ passages }) => passages > 0)
        .toSorted((a, b) => a.slips - b.slips || b.passages - a.passages);
      return best === undefined ? undefined : { word: best.word, slips: best.slips };
    },
  };
}

/** Two slips and, in Korean, a particle. */
const SPARE = 4;

/** Several indexes as one: a word is mistyped only where none holds it. */
export function joinSpellings(spellings: readonly Spelling[]): Spelling {
  return {
    lacks: (word) => spellings.every((spelling) => spelling.lacks(word)),
    closest: (word) =>
      spellings.flatMap((spelling) => spelling.closest(word) ?? []).toSorted((a, b) => a.slips - b.slips)[0],
  };
}

/** A question with the words that the index has for those that it lacks. */
export function respellQuestion(question: string, spelling: Spelling): Respelt {
  return respell(question, (word) =>
    isComparable(word) && spelling.lacks(word) ? spelling.closest(word)?.word : undefined,
  );
}
