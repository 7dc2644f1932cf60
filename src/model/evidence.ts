import type { HeardResult } from "./model-side.ts";
import { chooseSentences } from "./sentence-choice.ts";
import { mentions, readTerms, type Term } from "./question-terms.ts";
import { allMentions, readSources, type CitedSentence, type Source } from "./sources.ts";

/** How well sources answer a question. */
export interface Evidence {
  /** Numbers of the sources that carry an answer; empty when there is none. */
  readonly supporting: readonly number[];
  /** Terms of the question that none of the sources speaks of. */
  readonly missing: readonly Term[];
  /** For the answer, in reading order; empty when there is none. */
  readonly sentences: readonly CitedSentence[];
}

/** Sentences that are judged together, so that a long text does not support by words far apart. */
const WINDOW = 5;

/**
 * Weighs what was found against a question. A source carries an answer when a few of its sentences in a row, with its
 * title, mention every name and number of the question and nearly all of its other words. Sources that are each about
 * one of several names carry it together.
 */
export function weighEvidence(question: string, results: readonly HeardResult[]): Evidence {
  const sources = readSources(results);
  const everything = new Set(
    sources.flatMap(({ title, sentences }) => [...title, ...allMentions(sentences)]),
  );
  const asked = readTerms(question).filter((term) => isReadable(term, everything));
  const needed = neededTerms(asked);
  const missing = needed.filter(({ key }) => !everything.has(key));
  const alone = sources.filter((source) => supports(source, needed));
  const together = alone.length > 0 ? alone : supportTogether(sources, needed);
  const supporting = together.map(({ number }) => number);
  const sentences = supporting.length === 0 ? [] : chooseSentences(question, asked, sources, supporting);
  return sentences.length === 0
    ? { supporting: [], missing, sentences: [] }
    : { supporting, missing, sentences };
}

/** Names and content words; in a question without any, the generic ones. */
export function neededTerms(terms: readonly Term[]): readonly Term[] {
  const needed = terms.filter(({ kind }) => kind !== "generic");
  return needed.length > 0 ? needed : terms;
}

/** False for a word in a script that no source uses: it cannot be compared with them. */
function isReadable({ text }: Term, everything: ReadonlySet<string>): boolean {
  if (/\p{sc=Latin}|\p{N}/u.test(text)) return true;
  const script = SCRIPTS.find((candidate) => candidate.test(text));
  return script === undefined || everything.size === 0 || [...everything].some((word) => script.test(word));
}

const SCRIPTS = [
  /\p{sc=Han}/u,
  /[\p{sc=Hiragana}\p{sc=Katakana}]/u,
  /\p{sc=Hangul}/u,
  /\p{sc=Cyrillic}/u,
  /\p{sc=Greek}/u,
  /\p{sc=Arabic}/u,
  /\p{sc=Hebrew}/u,
  /\p{sc=Devanagari}/u,
  /\p{sc=Thai}/u,
];

function supports(source: Source, needed: readonly Term[]): boolean {
  if (needed.length === 0) return false;
  const [only] = needed;
  if (needed.length === 1 && only !== undefined) return isAbout(source, only);
  const allowed = Math.floor((needed.length - 1) / 3);
  return windows(source).some((mentioned) => {
    const lacking = needed.filter(({ key }) => !mentioned.has(key));
    return lacking.length <= allowed && lacking.every(({ kind }) => kind === "content");
  });
}

/** The title names it, or a sentence begins with it. */
function isAbout({ title, sentences }: Source, { key }: Term): boolean {
  return (
    title.has(key) || sentences.some(({ text }) => mentions(text.split(/\s+/).slice(0, 4).join(" ")).has(key))
  );
}

function windows({ title, sentences }: Source): ReadonlySet<string>[] {
  const last = Math.max(sentences.length - WINDOW, 0);
  return sentences
    .slice(0, last + 1)
    .map((_, at) => new Set([...title, ...allMentions(sentences.slice(at, at + WINDOW))]));
}

/** Sources whose titles each hold one of several names, if between them nothing of the question is missing. */
function supportTogether(sources: readonly Source[], needed: readonly Term[]): readonly Source[] {
  const names = needed.filter(({ kind }) => kind === "name");
  if (names.length < 2) return [];
  const titled = sources.filter(({ title }) => names.some(({ key }) => title.has(key)));
  const covered = names.every(({ key }) => titled.some(({ title }) => title.has(key)));
  const mentioned = new Set(titled.flatMap(({ title, sentences }) => [...title, ...allMentions(sentences)]));
  return covered && needed.every(({ key }) => mentioned.has(key)) ? titled : [];
}
