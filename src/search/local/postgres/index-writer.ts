import { createHash } from "node:crypto";
import { z } from "zod";
import type { PostgresConnection, Query } from "../../../postgres/connection.ts";
import { isComparable, trigramsOf, vocabularyOf } from "../../../text/spelling.ts";
import type { Entry, FileState, IndexWriter } from "../index-writer.ts";
import { notReadSchema } from "../not-read.ts";
import { otherForms, toIndexedForm } from "../terms/indexed-form.ts";
import { latinLanguageOf } from "../terms/stems.ts";
import { type Claims, NO_TIME } from "./claims.ts";
import type { SeenFolder } from "./index-reader.ts";
import type { Tokenizer } from "./terms.ts";

const fileRows = z.array(
  z.object({
    key: z.string(),
    size: z.coerce.number(),
    modified: z.number().nullable(),
    sha256: z.string(),
  }),
);
const putRows = z.array(z.object({ id: z.coerce.number(), key: z.string(), replaced: z.boolean() }));
const idRows = z.array(z.object({ id: z.coerce.number() }));
const changeRow = z.object({
  passages: z.coerce.number(),
  tokens: z.coerce.number(),
  words: z.array(z.string()),
  counts: z.array(z.coerce.number()),
});
/** Passages that came or went, and how many of them hold each word. */
type Change = z.infer<typeof changeRow>;
const notReadRow = z.object({ not_read: z.string() });

/** Keys in one statement. */
const AT_ONCE = 500;
const MOST_KNOWN = 200_000;

/** Writes one folder. Every call may be made twice: what was already written is written again. */
export function createIndexWriter(
  connection: PostgresConnection,
  folder: SeenFolder,
  tokenizer: Tokenizer,
  claims: Claims,
): IndexWriter {
  const { query } = connection;
  const known = new Set<string>();

  /** Notes the words of what is indexed. Those of documents that go stay: none is taken that no passage holds. */
  async function noteWords(texts: readonly string[]): Promise<void> {
    const fresh = new Set<string>();
    for (const word of texts.flatMap((text) => [...vocabularyOf(text)])) {
      if (!known.has(word) && isComparable(word)) fresh.add(word);
    }
    // in one order, so that no two builds wait for each other
    const words = [...fresh].sort();
    await query(
      `insert into $schema.words (folder, word, trigrams)
       select $1, word, string_to_array(trigrams, ' ')
       from unnest($2::text[], $3::text[]) with ordinality as given (word, trigrams, at) order by at
       on conflict do nothing`,
      [folder.id, words, words.map((word) => trigramsOf(word).join(" "))],
    );
    if (known.size > MOST_KNOWN) known.clear();
    for (const word of words) known.add(word);
  }

  /** Last in a transaction: until its end no other can do this. */
  async function count(run: Query, came: Change | undefined, went: Change): Promise<void> {
    await run("update $schema.folders set passages = passages + $2, tokens = tokens + $3 where id = $1", [
      folder.id,
      (came?.passages ?? 0) - went.passages,
      (came?.tokens ?? 0) - went.tokens,
    ]);
    const counts = new Map(came?.words.map((word, at) => [word, came.counts[at] ?? 0]));
    for (const [at, word] of went.words.entries())
      counts.set(word, (counts.get(word) ?? 0) - (went.counts[at] ?? 0));
    const differing = [...counts].filter(([, by]) => by !== 0);
    await run(
      `insert into $schema.word_counts as c (folder, word, passages)
       select $1, * from unnest($2::text[], $3::integer[])
       on conflict (folder, word) do update set passages = c.passages + excluded.passages`,
      [folder.id, differing.map(([word]) => word), differing.map(([, by]) => by)],
    );
  }

  async function setRoot(column: string, value: unknown): Promise<void> {
    await query(`update $schema.roots set ${column} = $2 where id = $1`, [folder.root, value]);
  }

  return {
    claims,
    async readFiles() {
      const rows = await query(
        `select d.key, d.sha256, coalesce(s.size, d.size) as size, s.modified
         from $schema.documents d left join $schema.seen s on s.document = d.id and s.root = $2
         where d.folder = $1 and d.sha256 is not null`,
        [folder.id, folder.root],
      );
      return new Map(
        fileRows
          .parse(rows)
          .map(({ key, modified, ...file }) => [key, { ...file, modified: modified ?? NO_TIME }]),
      );
    },
    async put(given) {
      const entries = given.map(toRows).sort((a, b) => (a.key < b.key ? -1 : 1));
      await noteWords(entries.flatMap(({ title, passages }) => [title, ...passages.map(({ text }) => text)]));
      const passages = entries.flatMap((entry) =>
        entry.passages.map((passage, position) => ({ ...passage, key: entry.key, position })),
      );
      const terms = tokenizer.termsOf(passages.map(({ indexed }) => indexed));
      return connection.transaction(async (run) => {
        const documents = putRows.parse(
          await run(
            `insert into $schema.documents (folder, key, title, url, date, size, sha256)
             select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[])
             on conflict (folder, key) do update
               set title = excluded.title, url = excluded.url, date = excluded.date, size = excluded.size,
                 sha256 = excluded.sha256
             returning id, key, xmax <> 0 as replaced`,
            [
              folder.id,
              entries.map(({ key }) => key),
              entries.map(({ title }) => title),
              entries.map(({ url }) => url),
              entries.map(({ date }) => date),
              entries.map(({ file }) => file?.size ?? null),
              entries.map(({ file }) => file?.sha256 ?? null),
            ],
          ),
        );
        const ids = new Map(documents.map(({ id, key }) => [key, id]));
        const went = await clear(run, [...ids.values()]);
        await run(
          `insert into $schema.passages (document, position, text, page, heading, digest)
           select * from unnest($1::bigint[], $2::integer[], $3::text[], $4::integer[], $5::text[], $6::uuid[])`,
          [
            passages.map(({ key }) => ids.get(key)),
            passages.map(({ position }) => position),
            passages.map(({ text }) => text),
            passages.map(({ page }) => page),
            passages.map(({ heading }) => heading),
            passages.map(({ digest }) => digest),
          ],
        );
        const came = await changed(
          run,
          `insert into $schema.passage_terms (folder, document, position, key, length, terms)
           select $1, * from unnest($2::bigint[], $3::integer[], $4::text[], $5::integer[], $6::tsvector[])`,
          [
            folder.id,
            passages.map(({ key }) => ids.get(key)),
            passages.map(({ position }) => position),
            passages.map(({ key }) => key),
            terms.map(({ length }) => length),
            terms.map(({ vector }) => vector),
          ],
        );
        await see(run, new Map(given.flatMap(({ key, file }) => (file === undefined ? [] : [[key, file]]))));
        await run("delete from $schema.claims where folder = $1 and builder = $2 and key = any($3::text[])", [
          folder.id,
          claims.builder,
          [...ids.keys()],
        ]);
        await count(run, came, went);
        return documents.filter(({ replaced }) => replaced).length;
      });
    },
    async touch(files) {
      for (const part of partsOf([...files])) await see(query, new Map(part));
    },
    async remove(keys) {
      for (const part of partsOf(keys)) {
        await connection.transaction(async (run) => {
          const rows = await run(
            `delete from $schema.documents where id in (
               select id from $schema.documents where folder = $1 and key = any($2::text[]) order by key for update
             ) returning id`,
            [folder.id, part],
          );
          const went = await clear(
            run,
            idRows.parse(rows).map(({ id }) => id),
          );
          await count(run, undefined, went);
        });
      }
    },
    async begin({ listed, options }) {
      await query(
        `update $schema.roots set listed = $2, options = $3, finished = false, built = clock_timestamp() where id = $1`,
        [folder.root, listed, JSON.stringify(options)],
      );
    },
    async finish(unread) {
      await setRoot("unread", JSON.stringify(unread));
      await setRoot("finished", true);
    },
    async readNotRead() {
      const [row] = await query("select not_read from $schema.roots where id = $1", [folder.root]);
      return notReadSchema.parse(JSON.parse(notReadRow.parse(row).not_read));
    },
    setNotRead: ({ leftOut, problems }) => setRoot("not_read", JSON.stringify({ leftOut, problems })),
    async optimise() {
      // who does not own the tables may do neither, and searches are as right without
      await query(`select gin_clean_pending_list(c.oid) from pg_class c
        where c.oid = '$schema.passages_by_terms'::regclass and pg_has_role(c.relowner, 'USAGE')`);
      await query(
        "analyze $schema.documents, $schema.passages, $schema.passage_terms, $schema.words, $schema.word_counts",
      );
    },
  };

  /** Notes size and time that files have at this root. */
  async function see(run: Query, files: ReadonlyMap<string, FileState>): Promise<void> {
    const states = [...files.values()];
    await run(
      `insert into $schema.seen (document, root, size, modified)
       select d.id, $2, given.size, given.modified
       from unnest($3::text[], $4::bigint[], $5::float8[]) as given (key, size, modified)
       join $schema.documents d on d.folder = $1 and d.key = given.key
       order by d.id
       on conflict (document, root) do update set size = excluded.size, modified = excluded.modified`,
      [
        folder.id,
        folder.root,
        [...files.keys()],
        states.map(({ size }) => size),
        states.map(({ modified }) => modified),
      ],
    );
  }
}

/** Takes away the passages of documents. */
async function clear(run: Query, documents: readonly number[]): Promise<Change> {
  await run("delete from $schema.seen where document = any($1::bigint[])", [documents]);
  await run("delete from $schema.passages where document = any($1::bigint[])", [documents]);
  return changed(run, "delete from $schema.passage_terms where document = any($1::bigint[])", [documents]);
}

/** Writes or deletes terms of passages, and counts them. */
async function changed(run: Query, statement: string, values: readonly unknown[]): Promise<Change> {
  const [row] = await run(
    `with changed as (${statement} returning length, terms),
       counted as (
         select word, count(*) as count from changed, unnest(tsvector_to_array(terms)) as word group by word
       )
     select (select count(*) from changed) as passages, (select coalesce(sum(length), 0) from changed) as tokens,
       array(select word from counted order by word collate "C") as words,
       array(select count from counted order by word collate "C") as counts`,
    values,
  );
  return changeRow.parse(row);
}

/** A document as it is written. PostgreSQL has no NUL in a text. */
function toRows({ key, title, url, date, passages, file }: Entry) {
  const language = latinLanguageOf(passages.map(({ text }) => text).join("\n"));
  const shown = clean(title);
  const indexedTitle = toIndexedForm(shown);
  return {
    key: clean(key),
    title: shown,
    url: url === null ? null : clean(url),
    date: date === undefined ? null : clean(date),
    file,
    passages: passages.map(({ text: raw, page, headings = [] }) => {
      const text = clean(raw);
      const heading = headings.some((one) => one !== "") ? clean(headings.join("\n")) : null;
      return {
        text,
        page: page ?? null,
        heading,
        digest: digestOf([shown, heading, text]),
        indexed: {
          title: indexedTitle,
          text: toIndexedForm(text),
          forms: otherForms(`${shown}\n${text}`, language),
        },
      };
    }),
  };
}

/** Passages of one digest are shown and embedded alike. */
function digestOf(shown: readonly (string | null)[]): string {
  return createHash("sha256").update(JSON.stringify(shown)).digest("hex").slice(0, 32);
}

function clean(text: string): string {
  return text.replaceAll("\0", "\uFFFD");
}

function* partsOf<Value>(values: readonly Value[]): Generator<readonly Value[]> {
  for (let at = 0; at < values.length; at += AT_ONCE) yield values.slice(at, at + AT_ONCE);
}
