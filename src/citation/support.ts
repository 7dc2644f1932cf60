import { FUNCTION_WORDS } from "../text/function-words.ts";
import { sentenceSpans } from "../text/sentences.ts";
import { stem } from "../text/stem.ts";
import { partsOf, splitWords } from "../text/words.ts";

/** The stems of the words of a text, without English function words. */
function contentWords(text: string): readonly string[] {
  return splitWords(text)
    .flatMap(partsOf)
    .filter((word) => !FUNCTION_WORDS.en.has(word.toLowerCase()))
    .map(stem);
}

/**
 * How well a text supports a sentence: the share of the sentence's content words that stand in it, 0 to 1; 0 for a
 * sentence without any. It measures wording, not truth.
 */
export function support(sentence: string, evidence: string): number {
  const wanted = new Set(contentWords(sentence));
  if (wanted.size === 0) return 0;
  const given = new Set(contentWords(evidence));
  return [...wanted].filter((word) => given.has(word)).length / wanted.size;
}

/** The longest sentence that is quoted, in UTF-16 units. */
const MAX_QUOTE = 300;

/** The sentence of a text that says most of what a question asks, the first one if none does. */
export function quoteFor(question: string, text: string): string {
  const quotes = sentenceSpans(text).map(({ start, end }) => text.slice(start, end));
  const [best = ""] = quotes
    .map((quote) => ({ quote, score: support(question, quote) }))
    .sort((left, right) => right.score - left.score)
    .map(({ quote }) => quote);
  return best.length > MAX_QUOTE ? `${best.slice(0, MAX_QUOTE).replace(/\s+\S*$/, "")} …` : best;
}
