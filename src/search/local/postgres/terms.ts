import Database from "libsql";
import { z } from "zod";
import { TOKENIZER } from "../sqlite/index-store.ts";

/** A text in three columns, as SQLite's index has it. */
export interface IndexedText {
  readonly title: string;
  readonly text: string;
  readonly forms: string;
}

/** By what a passage is found. */
export interface Terms {
  /** A `tsvector`: the words with their positions. */
  readonly vector: string;
  /** How many words it has. */
  readonly length: number;
}

/** Words that stand one behind the other. */
export interface Phrase {
  readonly words: readonly string[];
  /** As a `tsquery`. */
  readonly query: string;
}

/** Makes words of texts and of questions. */
export interface Tokenizer {
  termsOf(texts: readonly IndexedText[]): readonly Terms[];
  /** What each phrase is looked up by; undefined for one without words. */
  phrasesOf(texts: readonly string[]): readonly (Phrase | undefined)[];
  close(): void;
}

/**
 * Where the words of each column begin, so far apart that no phrase goes on from one to the next. A passage has 2,000
 * letters at most, and the title comes last: PostgreSQL counts positions up to 16,383, and 255 of one word.
 */
const TEXT_FROM = 1;
const FORMS_FROM = 4_001;
const TITLE_FROM = 10_001;

/** PostgreSQL takes words of 2,046 bytes. */
const WORD =
  "case when length(cast(term as blob)) > 1000 then substr(term, 1, 200) || '#' || length(term) else term end";
const QUOTED = `'''' || replace(replace(${WORD}, '\\', '\\\\'), '''', '''''') || ''''`;

const VECTORS = `
  select doc as id, sum(count) as length, group_concat(entry, ' ') as vector
  from (
    select doc, count(*) as count, ${QUOTED} || ':' || group_concat(
      case col when 'text' then offset + ${TEXT_FROM} when 'forms' then offset + ${FORMS_FROM}
        else (offset + ${TITLE_FROM}) || 'A' end) as entry
    from words group by term, doc
  ) group by doc`;
const QUERIES = `
  select doc as id, json_group_array(${WORD}) as words, group_concat(${QUOTED}, ' <-> ') as query
  from (select doc, term from words order by doc, offset) group by doc`;

const MOST_KNOWN = 10_000;

const vectorRows = z.array(z.object({ id: z.number(), length: z.number(), vector: z.string() }));
const phraseRows = z.array(z.object({ id: z.number(), words: z.string(), query: z.string() }));
const words = z.array(z.string());

/** The tokenizer of SQLite's full-text search itself, over a database in memory: both stores have the same words. */
export function createTokenizer(): Tokenizer {
  const database = new Database(":memory:");
  database.exec(`
    create virtual table texts using fts5(title, text, forms, content='', contentless_delete=1, tokenize='${TOKENIZER}');
    create virtual table words using fts5vocab(texts, 'instance');`);
  const insert = database.prepare("insert into texts (rowid, title, text, forms) values (?, ?, ?, ?)");
  const vectors = database.prepare(VECTORS);
  const queries = database.prepare(QUERIES);
  /** A question asks for its phrases several times. */
  const known = new Map<string, Phrase | undefined>();

  function read<Value>(texts: readonly IndexedText[], work: () => Value): Value {
    database.exec("begin");
    try {
      for (const [id, { title, text, forms }] of texts.entries()) insert.run(id, title, text, forms);
      return work();
    } finally {
      database.exec("rollback");
    }
  }
  return {
    termsOf(texts) {
      const rows = read(texts, () => vectorRows.parse(vectors.all()));
      const found = new Map(rows.map(({ id, ...terms }) => [id, terms]));
      return texts.map((_, id) => found.get(id) ?? { vector: "", length: 0 });
    },
    phrasesOf(texts) {
      const fresh = [...new Set(texts.filter((text) => !known.has(text)))];
      if (fresh.length > 0) {
        const rows = read(
          fresh.map((text) => ({ title: "", text, forms: "" })),
          () => phraseRows.parse(queries.all()),
        );
        const found = new Map(
          rows.map((row) => [row.id, { words: words.parse(JSON.parse(row.words)), query: row.query }]),
        );
        for (const [id, text] of fresh.entries()) known.set(text, found.get(id));
      }
      const answer = texts.map((text) => known.get(text));
      if (known.size > MOST_KNOWN) known.clear();
      return answer;
    },
    close: () => database.close(),
  };
}
