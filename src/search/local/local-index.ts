import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { type BuildRecord, readBuild } from "./build-record.ts";
import { readIndexQuery } from "./index-query.ts";
import { type Match, matchOf } from "./match.ts";
import type { SqliteDatabase } from "../../sqlite/sqlite.ts";
import { explainIndexError, openToRead } from "./index-store.ts";
import { type NotRead, readNotRead } from "./not-read.ts";
import { placeIn } from "./place.ts";
import { createSpelling, respellQuestion, type Spelling } from "./spelling.ts";
import type { Respelt } from "../../text/spelling.ts";
import { DEFAULT_MAX_RESULT_BYTES, type FoundResult } from "../outcome.ts";

export interface RankedResult {
  readonly result: FoundResult;
  readonly holdsAll: boolean;
}

/** An embedded full-text index over documents. Calls are synchronous and take milliseconds. */
export interface LocalIndex {
  /** The file it lives in, or `:memory:`. */
  readonly file: string;
  /** The folder that it was built from, and how far it came; undefined where it was built from none. */
  build(): BuildRecord | undefined;
  /** The same of each index that is searched as one. */
  builds(): readonly BuildRecord[];
  /** How much it holds now. */
  count(): { readonly documents: number; readonly passages: number };
  /** What the last build left out or could not read. */
  notRead(): NotRead;
  /**
   * The documents that answer a question best, each with its best passages in the order of the document. Passages
   * that hold every term come before those that hold some. A word that no passage holds is looked up as the one that it
   * is likely to be mistyped for. Throws when the file became unusable.
   */
  find(question: string, maxResults: number): FoundResult[];
  /** A question with the words that `find` looks up. */
  respell(question: string): Respelt;
  /** What `find` does, for the words as they are, each result with whether a passage of it holds every term. */
  rank(question: string, maxResults: number): RankedResult[];
  readonly spelling: Spelling;
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
  select hit.score, passage.document, passage.position, passage.text, passage.page, passage.heading,
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
  page: z.number().nullable(),
  heading: z.string().nullable(),
  key: z.string(),
  title: z.string(),
  url: z.string().nullable(),
  date: z.string().nullable(),
});
type FoundPassage = z.infer<typeof passageRow>;

/** A document by its passages, the best first. */
interface FoundDocument {
  readonly passages: readonly FoundPassage[];
  readonly holdsAll: boolean;
}

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
  const spelling = createSpelling(database);
  const countUpTo = database.prepare(COUNT_UP_TO);

  function findDocuments(match: string, maxResults: number): FoundPassage[][] {
    for (let pool = FIRST_POOL; ; pool *= 8) {
      const passages = z.array(passageRow).parse(find.all(match, pool));
      const documents = groupByDocument(passages);
      if (documents.length >= maxResults || passages.length < pool || pool >= LAST_POOL) return documents;
    }
  }
  function findBest({ all, any }: Match, maxResults: number): FoundDocument[] {
    const whole = findDocuments(all.join(" AND "), maxResults);
    const documents = whole.map((passages) => ({ passages, holdsAll: true }));
    if (documents.length >= maxResults) return documents;
    const found = new Set(whole.map(([best]) => best?.document));
    const more = findDocuments(dropCommon(any).join(" OR "), maxResults);
    return [
      ...documents,
      ...more
        .filter(([best]) => !found.has(best?.document))
        .map((passages) => ({ passages, holdsAll: false })),
    ];
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
  function rank(question: string, maxResults: number): RankedResult[] {
    const query = readIndexQuery(question);
    if (query === undefined) return [];
    const folder = readFolder();
    return findBest(matchOf(query), maxResults)
      .slice(0, maxResults)
      .map(({ passages, holdsAll }) => ({ result: toResult(passages, folder, question), holdsAll }));
  }

  return {
    file,
    build: () => readBuild(database),
    builds: () => [readBuild(database)].filter((build) => build !== undefined),
    count: () =>
      countsRow.parse(
        database
          .prepare(
            "select (select count(*) from documents) as documents, (select count(*) from passages) as passages",
          )
          .get(),
      ),
    notRead: () => readNotRead(database),
    rank,
    spelling,
    respell: (question) => respellQuestion(question, spelling),
    find: (question, maxResults) =>
      rank(respellQuestion(question, spelling).text, maxResults).map(({ result }) => result),
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

function toResult(
  passages: readonly FoundPassage[],
  folder: string | undefined,
  question: string,
): FoundResult {
  const [best] = passages;
  if (best === undefined) return { title: "", url: "", text: "" };
  const fileUrl =
    folder === undefined ? "" : pathToFileURL(join(folder, best.key)).href + placeIn(best, question);
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
