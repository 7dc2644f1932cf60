import type { HeardResult } from "./model-side.ts";
import { mentions, readTerms, weightOf, type Term } from "./question-terms.ts";
import { splitSentences } from "./sentences.ts";

/** A sentence of a source, as it stands there. */
export interface CitedSentence {
  readonly number: number;
  readonly text: string;
}

/** How well sources answer a question. */
export interface Evidence {
  /** Numbers of the sources that carry an answer; empty when there is none. */
  readonly supporting: readonly number[];
  /** Terms of the question that none of the sources speaks of. */
  readonly missing: readonly Term[];
  /** For the answer, in reading order; empty when there is none. */
  readonly sentences: readonly CitedSentence[];
}

interface Sentence extends CitedSentence {
  readonly position: number;
  readonly mentioned: ReadonlySet<string>;
}

interface Source {
  readonly number: number;
  readonly title: ReadonlySet<string>;
  readonly sentences: readonly Sentence[];
}

/** Sentences that are judged together, so that a long text does not support by words far apart. */
const WINDOW = 5;
const MAX_SENTENCES = 5;
const MIN_SENTENCES = 3;
const MAX_PER_SOURCE = 3;

/**
 * Weighs what was found against a question. A source carries an answer when a few of its sentences in a row, with its
 * title, mention every name and number of the question and nearly all of its other words. Sources that are each about
 * one of several names carry it together.
 */
export function weighEvidence(question: string, results: readonly HeardResult[]): Evidence {
  const sources = readSources(results);
  const everything = new Set(sources.flatMap(({ title, sentences }) => [...title, ...all(sentences)]));
  const asked = readTerms(question).filter((term) => isReadable(term, everything));
  const needed = neededTerms(asked);
  const missing = needed.filter(({ key }) => !everything.has(key));
  const alone = sources.filter((source) => supports(source, needed));
  const together = alone.length > 0 ? alone : supportTogether(sources, needed);
  const supporting = together.map(({ number }) => number);
  const sentences = supporting.length === 0 ? [] : choose(question, asked, sources, supporting);
  return sentences.length === 0
    ? { supporting: [], missing, sentences: [] }
    : { supporting, missing, sentences };
}

/** Names and content words; in a question without any, the generic ones. */
export function neededTerms(terms: readonly Term[]): readonly Term[] {
  const needed = terms.filter(({ kind }) => kind !== "generic");
  return needed.length > 0 ? needed : terms;
}

function readSources(results: readonly HeardResult[]): Source[] {
  const byNumber = new Map<number, HeardResult[]>();
  for (const result of results) byNumber.set(result.number, [...(byNumber.get(result.number) ?? []), result]);
  return Array.from(byNumber, ([number, parts]) => {
    const texts = new Set(parts.flatMap(({ text }) => splitSentences(text)));
    const sentences = Array.from(texts, (text, position) => ({
      number,
      text,
      position,
      mentioned: mentions(text),
    }));
    return { number, title: mentions(parts.map(({ title }) => title).join("\n")), sentences };
  });
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
    .map((_, at) => new Set([...title, ...all(sentences.slice(at, at + WINDOW))]));
}

function all(sentences: readonly Sentence[]): string[] {
  return sentences.flatMap(({ mentioned }) => [...mentioned]);
}

/** Sources whose titles each hold one of several names, if between them nothing of the question is missing. */
function supportTogether(sources: readonly Source[], needed: readonly Term[]): readonly Source[] {
  const names = needed.filter(({ kind }) => kind === "name");
  if (names.length < 2) return [];
  const titled = sources.filter(({ title }) => names.some(({ key }) => title.has(key)));
  const covered = names.every(({ key }) => titled.some(({ title }) => title.has(key)));
  const mentioned = new Set(titled.flatMap(({ title, sentences }) => [...title, ...all(sentences)]));
  return covered && needed.every(({ key }) => mentioned.has(key)) ? titled : [];
}

interface Scored extends Sentence {
  readonly score: number;
}

function choose(
  question: string,
  asked: readonly Term[],
  sources: readonly Source[],
  supporting: readonly number[],
): CitedSentence[] {
  const candidates = sources
    .flatMap(({ number, title, sentences }) =>
      sentences.map((sentence) => {
        const bonus = supporting.includes(number) ? 1 : 0.6;
        return { ...sentence, score: bonus * score(question, asked, sentence, title) };
      }),
    )
    .filter(({ score: points }) => points > 0)
    .sort((a, b) => b.score - a.score || a.number - b.number || a.position - b.position);
  return forReading(pick(candidates, supporting));
}

/** The weight of what a sentence mentions itself, more for the kind of thing that is asked for. */
function score(
  question: string,
  asked: readonly Term[],
  { text, position, mentioned }: Sentence,
  title: ReadonlySet<string>,
): number {
  const found = asked.filter(({ key }) => mentioned.has(key));
  const named = asked.some(({ kind }) => kind === "name");
  if (found.length === 0 || (named && found.every(({ kind }) => kind !== "name"))) return 0;
  const wanted = EXPECTED.find(([asks]) => asks.test(question))?.[1].test(text) === true ? 1 : 0;
  const titled = weight(asked.filter(({ key }) => title.has(key))) / weight(asked);
  const pronoun = /^(?:it|its|this|that|these|those|they|their|he|she|his|her|such)\b/i.test(text) ? 1 : 0;
  return weight(found) + wanted + titled + 0.5 / (1 + position) - pronoun;
}

function weight(terms: readonly Term[]): number {
  return terms.reduce((sum, term) => sum + weightOf(term), 0);
}

/** What a kind of question asks for, and how that looks in a sentence. */
const EXPECTED: readonly (readonly [RegExp, RegExp])[] = [
  [/\bwhen\b|\bwhat (?:year|date)\b/i, /\b(?:1\d|20)\d\d\b/],
  [/\bhow (?:many|much|long|large|big|old|far|fast)\b/i, /\d/],
  [/\bwho\b/i, /(?<=\s)\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+|\b(?:team|university|researchers|company)\b/u],
];

/** The best first, few from each source, none that repeats another. */
function pick(candidates: readonly Scored[], supporting: readonly number[]): Scored[] {
  const picked: Scored[] = [];
  const enough = (candidates[0]?.score ?? 0) * 0.5;
  for (const candidate of candidates) {
    if (picked.length === MAX_SENTENCES) break;
    const fromSame = picked.filter(({ number }) => number === candidate.number).length;
    const fills = picked.length < MIN_SENTENCES && supporting.includes(candidate.number);
    const worth = candidate.score * (1 - 0.15 * fromSame) >= enough || fills;
    if (fromSame < MAX_PER_SOURCE && worth && !picked.some((other) => repeats(candidate, other))) {
      picked.push(candidate);
    }
  }
  return picked;
}

/** Sources in the order of their best sentence, the sentences of each as they stand in it. */
function forReading(picked: readonly Scored[]): CitedSentence[] {
  const numbers = [...new Set(picked.map(({ number }) => number))];
  return numbers.flatMap((number) =>
    picked
      .filter((sentence) => sentence.number === number)
      .sort((a, b) => a.position - b.position)
      .map(({ text }) => ({ number, text })),
  );
}

function repeats(a: Sentence, b: Sentence): boolean {
  const shared = [...a.mentioned].filter((word) => b.mentioned.has(word)).length;
  return shared / Math.min(a.mentioned.size, b.mentioned.size) > 0.6;
}
