/** Words that carry no meaning of their own; the most frequent English ones. */
const STOPWORDS = new Set(
  "a an and are as at be been but by can could did do does for from had has have he her his how i if in into is it its may more most no not of on or our she should so some such than that the their them then there these they this those to was we were what when where which who why will with would you your".split(
    " ",
  ),
);

const words = new Intl.Segmenter("en", { granularity: "word" });
const sentences = new Intl.Segmenter("en", { granularity: "sentence" });

/** The content words of a text, lower case, without stopwords and plural or tense endings. */
function contentWords(text: string): readonly string[] {
  return Array.from(words.segment(text.normalize("NFKC").toLowerCase()))
    .filter(({ isWordLike, segment }) => isWordLike === true && !STOPWORDS.has(segment))
    .map(({ segment }) => stem(segment));
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

/** Where the sentences of a text lie. Line breaks end a sentence, so that list items and headings stand alone. */
export function sentenceSpans(text: string): readonly { start: number; end: number }[] {
  const spans: { start: number; end: number }[] = [];
  for (const line of text.matchAll(/[^\n]+/g)) {
    for (const { segment, index } of sentences.segment(line[0])) {
      const start = line.index + index;
      const end = start + segment.trimEnd().length;
      if (end > start) spans.push({ start, end });
    }
  }
  return spans;
}

function stem(word: string): string {
  return word.length > 4 ? word.replace(/(?:ies|es|s|ed|ing)$/, "") : word;
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
