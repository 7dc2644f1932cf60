import type { HeardResult } from "../../turn.ts";
import { chooseSentences } from "./sentence-choice.ts";
import { mentions, readTerms, type Term } from "./question-terms.ts";
import {
  allMentions,
  beginning,
  readSources,
  type CitedSentence,
  type Sentence,
  type Source,
} from "./sources.ts";

/** How well sources answer a question. */
export interface Evidence {
  /** Numbers of the sources that carry an answer; empty when there is none. */
  readonly supporting: readonly number[];
  /** Terms of the question that none of the sources speaks of. */
  readonly missing: readonly Term[];
  /** For the answer, in reading order; empty when there is none. */
  readonly sentences: readonly CitedSentence[];
}

/** Sentences on each side that are judged with one, so that a long text does not support by words far apart. */
const NEIGHBOURS = 2;

/**
 * Weighs what was found against a question. A source carries an answer when one of its sentences, with its title,
 * mentions every name and number of the question, and nearly all other words of it are near. Sources that are each about
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
  const alone = sources.filter((source) => supports(source, asked, needed));
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

function supports(source: Source, asked: readonly Term[], needed: readonly Term[]): boolean {
  const [first, ...others] = needed;
  if (first === undefined) return false;
  if (others.length === 0) return isAbout(source, first, asked);
  const names = needed.filter(({ kind }) => kind === "name");
  const content = needed.filter(({ kind }) => kind !== "name");
  const mayLack = Math.floor((needed.length - 1) / 3);
  const { title, sentences } = source;
  const lacking = (terms: readonly Term[], around: readonly Sentence[]): number =>
    terms.filter(({ key }) => !title.has(key) && !around.some(({ mentioned }) => mentioned.has(key))).length;
  return sentences.some((sentence, at) => {
    const near = sentences.slice(Math.max(at - NEIGHBOURS, 0), at + NEIGHBOURS + 1);
    return (
      lacking(names, [sentence]) === 0 &&
      lacking(content, [sentence]) <= content.length / 2 &&
      lacking(content, near) <= mayLack
    );
  });
}

/**
 * For a question with one word of weight. Its title begins with the word; or a sentence does, or says all that is
 * asked about it.
 */
function isAbout({ subject, sentences }: Source, term: Term, asked: readonly Term[]): boolean {
  if (subject.has(term.key)) return true;
  return sentences.some(({ text, mentioned }) =>
    asked.length === 1
      ? mentions(beginning(text)).has(term.key)
      : asked.every(({ key }) => mentioned.has(key)),
  );
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
