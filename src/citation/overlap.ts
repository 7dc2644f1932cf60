import { FUNCTION_WORDS } from "../text/function-words.ts";
import { perWord } from "../text/per-word.ts";
import { sentenceSpans } from "../text/sentences.ts";
import { stem } from "../text/stem.ts";
import { partsOf, splitWords } from "../text/words.ts";

/** The stems of the words of a text, without English function words. */
export function contentWords(text: string): readonly string[] {
  return splitWords(text).flatMap(stemsOf);
}

const stemsOf = perWord((word): readonly string[] =>
  partsOf(word)
    .filter((part) => !FUNCTION_WORDS.en.has(part.toLowerCase()))
    .map((part) => stem(part)),
);

/**
 * The share of a sentence's content words that stand in a text, 0 to 1; 0 for a sentence without any. It measures wording,
 * not truth. The words of the text are taken apart once.
 */
export function overlapWith(evidence: string): (sentence: string) => number {
  return overlapIn(new Set(contentWords(evidence)));
}

/** The same, where the words of the text are at hand. */
export function overlapIn(given: ReadonlySet<string>): (sentence: string) => number {
  return (sentence) => shareOf(new Set(contentWords(sentence)), given);
}

function shareOf(wanted: ReadonlySet<string>, given: ReadonlySet<string>): number {
  if (wanted.size === 0) return 0;
  return [...wanted].filter((word) => given.has(word)).length / wanted.size;
}

/** The longest sentence that is quoted, in UTF-16 units. */
const MAX_QUOTE = 300;

/** The sentence of a text that says most of what a question asks, the first one if none does. */
export function quoteFor(question: string, text: string): string {
  const quotes = sentenceSpans(text).map(({ start, end }) => text.slice(start, end));
  const [best = ""] = quotes
    .map((quote) => ({ quote, score: overlapWith(quote)(question) }))
    .sort((left, right) => right.score - left.score)
    .map(({ quote }) => quote);
  return best.length > MAX_QUOTE ? `${best.slice(0, MAX_QUOTE).replace(/\s+\S*$/, "")} …` : best;
}
