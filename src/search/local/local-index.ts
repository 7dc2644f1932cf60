import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { type IndexQuery, readIndexQuery } from "./index-query.ts";
import type { SqliteDatabase } from "../../sqlite/sqlite.ts";
import { explainIndexError, openToRead } from "./index-store.ts";
import { DEFAULT_MAX_RESULT_BYTES, type FoundResult } from "../outcome.ts";

/** An embedded full-text index over documents. Calls are synchronous and take milliseconds. */
export interface LocalIndex {
  /** The file it lives in, or `:memory:`. */
  readonly file: string;
  /** How much it holds now. */
  count(): { readonly documents: number; readonly passages: number };
  /**
   * The documents that answer a question best, each with its best passages in the order of the document. Passages
   * that hold every term come before those that hold some. Throws when the file became unusable.
   */
  find(question: string, maxResults: number): FoundResult[];
  close(): void;
}

/**
 * Opens an index that was built before. It cannot be written through this handle.
 *
 * @throws AgenticRagError `index-unusable` when there is none, or it is damaged or of another version.
 */
export function openIndex(file: string): LocalIndex {
  const database = openToRead(file);
  try {
    return readIndex(file, database);
  } catch (error) {
    database.close();
    throw explainIndexError(file, error);
  }
}

/** Matches of the title weigh 4. SQLite's bm25 is smaller for the better, so its sign is turned. */
const FIND = `
  select hit.score, passage.document, passage.position, passage.text,
    document.key, document.title, document.url, document.date
  from (
    select rowid, -bm25(passage_terms, 4.0, 1.0) as score from passage_terms
    where passage_terms match ? order by bm25(passage_terms, 4.0, 1.0) limit ?
  ) hit
  join passages passage on passage.id = hit.rowid
  join documents document on document.id = passage.document
  order by hit.score desc, passage.id`;

/** Stops counting early, so that it costs as much for the commonest word as for one that is just common. */
const COUNT_UP_TO = `
  select count(*) as count from (select 1 from passage_terms where passage_terms match ? limit ?)`;

const passageRow = z.object({
  score: z.number(),
  document: z.number(),
  position: z.number(),
  text: z.string(),
  key: z.string(),
  title: z.string(),
  url: z.string().nullable(),
  date: z.string().nullable(),
});
type FoundPassage = z.infer<typeof passageRow>;

const countsRow = z.object({ documents: z.number(), passages: z.number() });
const countRow = z.object({ count: z.number() });
const settingRow = z.object({ value: z.string() }).optional();

const FIRST_POOL = 64;
const LAST_POOL = 4_096;
/** A term is common in this part of the passages, if these are many. */
const COMMON = 0.1;
const MIN_COMMON = 1_000;
/** A further passage of a document is shown if it scores at least this part of the best one. */
const WORTH_SHOWING = 0.5;

/** The index in an open database. */
export function readIndex(file: string, database: SqliteDatabase): LocalIndex {
  const find = database.prepare(FIND);
  const countPassages = database.prepare("select coalesce(max(id), 0) as count from passages");
  const countUpTo = database.prepare(COUNT_UP_TO);

  function findDocuments(match: string, maxResults: number): FoundPassage[][] {
    for (let pool = FIRST_POOL; ; pool *= 8) {
      const passages = z.array(passageRow).parse(find.all(match, pool));
      const documents = groupByDocument(passages);
      if (documents.length >= maxResults || passages.length < pool || pool >= LAST_POOL) return documents;
    }
  }
  function findBest({ terms, anyOf }: IndexQuery, maxResults: number): FoundPassage[][] {
    const documents = findDocuments(terms.join(" AND "), maxResults);
    if (documents.length >= maxResults) return documents;
    const found = new Set(documents.map(([best]) => best?.document));
    const more = findDocuments(dropCommon(anyOf).join(" OR "), maxResults);
    return [...documents, ...more.filter(([best]) => !found.has(best?.document))];
  }
  /** Without the terms that many passages of a large index hold: they tell little and cost most of the time. */
  function dropCommon(terms: readonly string[]): readonly string[] {
    const common = Math.ceil(countRow.parse(countPassages.get()).count * COMMON);
    if (common < MIN_COMMON) return terms;
    const rare = terms.filter((term) => countRow.parse(countUpTo.get(term, common)).count < common);
    return rare.length > 0 ? rare : terms;
  }
  function readFolder(): string | undefined {
    const row = database.prepare("select value from settings where name = 'folder'").get();
    return settingRow.parse(row)?.value;
  }

  return {
    file,
    count: () =>
      countsRow.parse(
        database
          .prepare(
            "select (select count(*) from documents) as documents, (select count(*) from passages) as passages",
          )
          .get(),
      ),
    find(question, maxResults) {
      const query = readIndexQuery(question);
      if (query === undefined) return [];
      const folder = readFolder();
      return findBest(query, maxResults)
        .slice(0, maxResults)
        .map((passages) => toResult(passages, folder));
    },
    close: () => {
      database.close();
    },
  };
}

/** In the order of each document's best passage. */
function groupByDocument(passages: readonly FoundPassage[]): FoundPassage[][] {
  const groups = new Map<number, FoundPassage[]>();
  for (const passage of passages) {
    const group = groups.get(passage.document);
    if (group === undefined) groups.set(passage.document, [passage]);
    else group.push(passage);
  }
  return [...groups.values()];
}

function toResult(passages: readonly FoundPassage[], folder: string | undefined): FoundResult {
  const [best] = passages;
  if (best === undefined) return { title: "", url: "", text: "" };
  const fileUrl = folder === undefined ? "" : pathToFileURL(join(folder, best.key)).href;
  return {
    title: best.title,
    url: best.url ?? fileUrl,
    text: joinPassages(chooseBest(passages, best.score * WORTH_SHOWING)),
    date: best.date ?? undefined,
  };
}

/** As many as the size of one result allows. */
function chooseBest(passages: readonly FoundPassage[], minScore: number): FoundPassage[] {
  let bytes = 0;
  return passages.filter(({ score, text }, index) => {
    if (index > 0 && (score < minScore || bytes + Buffer.byteLength(text) > DEFAULT_MAX_RESULT_BYTES))
      return false;
    bytes += Buffer.byteLength(text);
    return true;
  });
}

/** In the order of the document; a gap is marked. */
function joinPassages(passages: readonly FoundPassage[]): string {
  return [...passages]
    .sort((a, b) => a.position - b.position)
    .map(({ text, position }, index, sorted) => {
      const before = sorted[index - 1];
      if (before === undefined) return text;
      return (before.position + 1 === position ? "\n\n" : " … ") + text;
    })
    .join("");
}
