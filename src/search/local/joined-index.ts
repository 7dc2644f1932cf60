import { openIndex, type LocalIndex, type RankedResult } from "./local-index.ts";
import { joinSpellings, respellQuestion } from "./spelling.ts";

/**
 * Opens indexes that were built before, to be searched as one.
 *
 * @throws AgenticRagError `index-unusable` for the first that cannot be
 */
export function openIndexes(files: readonly string[]): LocalIndex {
  const opened: LocalIndex[] = [];
  try {
    for (const file of files) opened.push(openIndex(file));
  } catch (error) {
    for (const index of opened) index.close();
    throw error;
  }
  return joinIndexes(opened);
}

/**
 * Several indexes as one. The scores of two cannot be compared, because a word is rare in one and common in the other:
 * what holds every term comes first, and the best of each come by turns.
 */
function joinIndexes(indexes: readonly LocalIndex[]): LocalIndex {
  const [only, ...others] = indexes;
  if (only !== undefined && others.length === 0) return only;
  const spelling = joinSpellings(indexes.map((index) => index.spelling));
  function rank(question: string, maxResults: number): RankedResult[] {
    const ranked = indexes.flatMap((index) =>
      index.rank(question, maxResults).map((result, place) => ({ ...result, place })),
    );
    return ranked
      .sort((a, b) => Number(b.holdsAll) - Number(a.holdsAll) || a.place - b.place)
      .slice(0, maxResults)
      .map(({ result, holdsAll }) => ({ result, holdsAll }));
  }
  return {
    file: indexes.map(({ file }) => file).join(", "),
    count: () => {
      const counts = indexes.map((index) => index.count());
      return {
        documents: counts.reduce((sum, { documents }) => sum + documents, 0),
        passages: counts.reduce((sum, { passages }) => sum + passages, 0),
      };
    },
    notRead: () => {
      const all = indexes.map((index) => index.notRead());
      const counts = new Map<string, number>();
      for (const { kind, files } of all.flatMap(({ leftOut }) => leftOut)) {
        counts.set(kind, (counts.get(kind) ?? 0) + files);
      }
      return {
        leftOut: [...counts].map(([kind, files]) => ({ kind, files })).sort((a, b) => b.files - a.files),
        problems: all.flatMap(({ problems }) => problems),
      };
    },
    // each is compared with its own folder
    build: () => undefined,
    builds: () => indexes.flatMap((index) => index.builds()),
    rank,
    spelling,
    respell: (question) => respellQuestion(question, spelling),
    find: (question, maxResults) =>
      rank(respellQuestion(question, spelling).text, maxResults).map(({ result }) => result),
    close: () => {
      for (const index of indexes) index.close();
    },
  };
}
