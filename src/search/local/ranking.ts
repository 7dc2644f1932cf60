import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { DEFAULT_MAX_RESULT_BYTES, type FoundResult } from "../outcome.ts";
import type { FoundPassage, IndexReader } from "./index-reader.ts";
import { placeIn } from "./place.ts";
import { ask, type Steps } from "./steps.ts";
import { readIndexQuery } from "./terms/index-query.ts";
import { type Match, matchOf, type Term } from "./terms/match.ts";

export interface RankedResult {
  readonly result: FoundResult;
  /** Whether a passage of it holds every term. */
  readonly holdsAll: boolean;
}

/** A document by its passages, the best first. */
interface FoundDocument {
  readonly passages: readonly FoundPassage[];
  readonly holdsAll: boolean;
}

const FIRST_POOL = 64;
const LAST_POOL = 4_096;
/** A term is common in this part of the passages, if these are many. */
const COMMON = 0.1;
const MIN_COMMON = 1_000;
/** A further passage of a document is shown if it scores at least this part of the best one. */
const WORTH_SHOWING = 0.5;

/**
 * The documents that answer a question best by several indexes. The scores of two cannot be compared, because a word is
 * rare in one and common in the other: what holds every term comes first, and the best of each come by turns.
 */
export function* rankJoined(
  question: string,
  maxResults: number,
  readers: readonly IndexReader[],
): Steps<RankedResult[]> {
  const ranked: (RankedResult & { readonly place: number })[] = [];
  for (const reader of readers) {
    const results = yield* rank(question, maxResults, reader);
    ranked.push(...results.map((result, place) => ({ ...result, place })));
  }
  return ranked
    .sort((a, b) => Number(b.holdsAll) - Number(a.holdsAll) || a.place - b.place)
    .slice(0, maxResults)
    .map(({ result, holdsAll }) => ({ result, holdsAll }));
}

/**
 * The documents that answer a question best, each with its best passages in the order of the document. Passages that
 * hold every term come before those that hold some.
 */
function* rank(question: string, maxResults: number, reader: IndexReader): Steps<RankedResult[]> {
  const query = readIndexQuery(question);
  if (query === undefined) return [];
  const folder = yield* ask(() => reader.folder());
  const documents = yield* findBest(matchOf(query), maxResults, reader);
  return documents
    .slice(0, maxResults)
    .map(({ passages, holdsAll }) => ({ result: toResult(passages, folder, question), holdsAll }));
}

function* findBest({ all, any }: Match, maxResults: number, reader: IndexReader): Steps<FoundDocument[]> {
  const whole = yield* findDocuments(all, "all", maxResults, reader);
  const documents = whole.map((passages) => ({ passages, holdsAll: true }));
  if (documents.length >= maxResults) return documents;
  const found = new Set(whole.map(([best]) => best?.document));
  const telling = yield* dropCommon(any, reader);
  const byTelling = yield* findDocuments(telling, "any", maxResults, reader);
  // where what is not common stands nowhere, what is common is all there is to go by
  const isLost = byTelling.length + whole.length === 0 && telling.length < any.length;
  const more = isLost ? yield* findDocuments(any, "any", maxResults, reader) : byTelling;
  return [
    ...documents,
    ...more.filter(([best]) => !found.has(best?.document)).map((passages) => ({ passages, holdsAll: false })),
  ];
}

function* findDocuments(
  terms: readonly Term[],
  hold: "all" | "any",
  maxResults: number,
  reader: IndexReader,
): Steps<FoundPassage[][]> {
  for (let pool = FIRST_POOL; ; pool *= 8) {
    const passages = yield* ask(() => reader.find(terms, hold, pool));
    const documents = groupByDocument(passages);
    if (documents.length >= maxResults || passages.length < pool || pool >= LAST_POOL) return documents;
  }
}

/** Without the terms that many passages of a large index hold: they tell little and cost most of the time. */
function* dropCommon(terms: readonly Term[], reader: IndexReader): Steps<readonly Term[]> {
  const common = Math.ceil((yield* ask(() => reader.size())) * COMMON);
  if (common < MIN_COMMON) return terms;
  const held = yield* ask(() =>
    reader.areHeld(
      terms.map((term) => [term]),
      common,
    ),
  );
  const rare = terms.filter((_, at) => held[at] !== true);
  return rare.length > 0 ? rare : terms;
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

/** A document by its passages, the best first; further ones are shown where they score half as well. */
export function toResult(
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
