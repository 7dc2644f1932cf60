import { readIndexQuery } from "../local/terms/index-query.ts";
import { toIndexedForm } from "../local/terms/indexed-form.ts";

/** A passage beside a telling one helps to understand it. */
const NEIGHBOUR_WEIGHT = 0.2;
/** How little a word tells more by standing there again, as in BM25. */
const SATURATION = 1.2;

/**
 * How much each passage holds of the words of a question, rare words first: the words that the local index would look
 * for, each at the beginning of a word and without its English ending. All zero where none is found.
 */
export function scorePassages(passages: readonly string[], question: string): number[] {
  const forms = passages.map((passage) => toIndexedForm(passage).toLowerCase());
  const scores = forms.map(() => 0);
  for (const pattern of readPatterns(question)) {
    const counts = forms.map((form) => form.match(pattern)?.length ?? 0);
    const holders = counts.filter((count) => count > 0).length;
    const rarity = Math.log(1 + (forms.length - holders + 0.5) / (holders + 0.5));
    counts.forEach((count, index) => {
      scores[index] = (scores[index] ?? 0) + (rarity * count) / (count + SATURATION);
    });
  }
  return scores.map(
    (score, index) => score + NEIGHBOUR_WEIGHT * Math.max(scores[index - 1] ?? 0, scores[index + 1] ?? 0),
  );
}

function readPatterns(question: string): RegExp[] {
  const terms = readIndexQuery(question)?.anyOf ?? [];
  return terms
    .map((term) =>
      term
        .slice(1, -1)
        .trim()
        .toLowerCase()
        .split(/\s+/u)
        .map(stem)
        .join(String.raw`\s+`),
    )
    .filter((term) => term !== "")
    .map((term) => new RegExp(String.raw`(?<![\p{L}\p{N}])${term}`, "gu"));
}

function stem(word: string): string {
  const stemmed = /^[a-z]{5,}$/u.test(word) ? word.replace(/(?:ing|ed|es|s|e)$/u, "") : word;
  return stemmed.replace(/[\\^$.*+?()[\]{}|/-]/gu, String.raw`\$&`);
}
