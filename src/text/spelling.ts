import { foldWord, withoutParticle, withoutPoliteness } from "./word-forms.ts";

/** A word that may be mistyped, and where in its text it begins. */
interface SpelledWord {
  readonly word: string;
  readonly index: number;
}

/** What was read in the place of a word. */
export interface Respelling {
  readonly word: string;
  readonly as: string;
}

/** Letters of scripts that write spaces between words, of Korean, and of the Japanese script for foreign words. */
const WORD =
  /\p{sc=Hangul}+|[\p{sc=Katakana}ー]+|(?:(?![\p{sc=Hangul}\p{sc=Katakana}\p{sc=Han}\p{sc=Hiragana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}ー])\p{L}\p{M}*)+/gu;
/** What stands before or behind a part of a name, an address, a path or a figure. */
const PART_BEFORE = /[\p{N}_@/\\#$%]-?$|\p{L}[.:]$/u;
const PART_BEHIND = /^(?:-?[\p{N}_@/\\(]|[.:]\p{L})/u;
const INNER_CAPITAL = /^.+\p{Lu}/u;

const LEAST_LETTERS = 4;
const MOST_LETTERS = 40;
/** From how many letters on one letter may be another, and two edits are a slip. */
const LONG = 6;
const LONGER = 9;

/** The words of a text that may be mistyped: no figures, names with signs, words in capitals, nor what stands in quotes. */
function spelledWords(text: string): SpelledWord[] {
  const shouted = !/\p{Ll}/u.test(text);
  const quotes = [...text.matchAll(/"[^"]+"|“[^”]+”|`[^`]+`/gu)];
  return [...text.matchAll(WORD)].flatMap(({ 0: word, index }) => {
    const [before, behind] = [text.slice(Math.max(index - 2, 0), index), text.slice(index + word.length)];
    const isPart = PART_BEFORE.test(before) || PART_BEHIND.test(behind.slice(0, 2));
    const isQuoted = quotes.some((quote) => quote.index < index && index < quote.index + quote[0].length);
    return isPart || isQuoted || (!shouted && INNER_CAPITAL.test(word)) ? [] : [{ word, index }];
  });
}

/** The words of a text that `respell` asks about, each once. */
export function wordsToCheck(text: string): readonly string[] {
  return [...new Set(spelledWords(text).map(({ word }) => word))];
}

/** The words of a text that others may be mistyped for, as they are written, in order. */
export function writtenWords(text: string): readonly string[] {
  return text.normalize("NFC").match(WORD) ?? [];
}

/** A written word in lower case; a Korean one without its particle. */
export function vocabularyForm(word: string): string {
  return withoutParticle(word).toLowerCase();
}

/** The words of a text that others may be mistyped for, in the form of a vocabulary, each once. */
export function vocabularyOf(text: string): Set<string> {
  return new Set(writtenWords(text).map(vocabularyForm));
}

/** Under what a word is compared: accents and capitals aside, a Korean one without its particle and letter by letter. */
function spellingOf(word: string): string {
  return foldWord(withoutPoliteness(withoutParticle(word))).normalize("NFD");
}

/** Whether a word is long enough to be told from a slip in another one. */
export function isComparable(word: string): boolean {
  const { length } = spellingOf(word);
  return length >= LEAST_LETTERS && length <= MOST_LETTERS;
}

/**
 * How many slips make the one word of the other: letters swapped with their neighbours, left out, added or replaced.
 * Undefined where they are too many for the length, or where the two differ as the forms of a word or as two names do.
 */
export function slipsBetween(typed: string, meant: string): number | undefined {
  const [from, to] = [spellingOf(typed), spellingOf(meant)];
  const shorter = Math.min(from.length, to.length);
  const most = shorter >= LONGER ? 2 : 1;
  if (from === to || shorter < LEAST_LETTERS - 1 || Math.abs(from.length - to.length) > most)
    return undefined;
  const begins = from[0] === to[0] || (from[0] === to[1] && from[1] === to[0]);
  if (!begins || areForms(from, to)) return undefined;
  const swapped = from.length === to.length && sorted(from) === sorted(to);
  if (shorter < LEAST_LETTERS && !swapped) return undefined;
  // `Iran` is no slip of `Iraq`, nor `Marta` one of `Maria`
  if (shorter < LONG && !swapped && (shorter < LONG - 1 || from.length === to.length)) return undefined;
  const slips = distance(from, to, most);
  return slips <= most ? slips : undefined;
}

/** Endings that make another form of a word, or another name. */
const ENDING = /^(?:|[aeionsrdym]|e[nrsdm]|ie[sd]|ly|al|or|in|on|ée?s?|os|as)$/u;

function areForms(one: string, other: string): boolean {
  let shared = 0;
  while (shared < one.length && one[shared] === other[shared]) shared++;
  const [tail, otherTail] = [one.slice(shared), other.slice(shared)];
  return ENDING.test(tail) && ENDING.test(otherTail) && sorted(tail) !== sorted(otherTail);
}

function sorted(word: string): string {
  return Array.from(word).toSorted().join("");
}

/** Damerau and Levenshtein's, as far as it is of interest: more than `most` may be any number above. */
function distance(from: string, to: string, most: number): number {
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let row = 1; row <= from.length; row++) {
    const next = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      const swap =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      next.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (next[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (same ? 0 : 1),
          swap ? (before[column - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    if (Math.min(...next) > most) return Infinity;
    [before, last] = [last, next];
  }
  return last[to.length] ?? Infinity;
}

/** The trigrams of a word, its edges marked, by which one finds words that are like it. */
export function trigramsOf(word: string): string[] {
  const letters = `__${spellingOf(word)}__`;
  return [...new Set(Array.from(letters.slice(2), (_, at) => letters.slice(at, at + 3)))];
}

/** What a word has in common with every word that slips make of it. */
export interface Likeness {
  /** So many of its trigrams at least. One slip changes four at most. */
  readonly shared: number;
  /** One of these trigrams: the first letter, which may be swapped with the second. */
  readonly beginnings: readonly string[];
}

export function likenessOf(word: string): Likeness {
  const spelling = spellingOf(word);
  const most = spelling.length >= LONGER ? 2 : 1;
  return {
    shared: Math.max(1, trigramsOf(word).length - 4 * most),
    beginnings: [spelling.slice(0, 1), spelling.slice(1, 2)].map((letter) => `__${letter}`),
  };
}

/** A text with other words in the place of some, and which these are. */
export interface Respelt {
  readonly text: string;
  readonly respellings: readonly Respelling[];
}

/** The text with other words where `correct` knows a better one. */
export function respell(text: string, correct: (word: string) => string | undefined): Respelt {
  const respellings: Respelling[] = [];
  let respelt = "";
  let at = 0;
  for (const { word, index } of spelledWords(text)) {
    const better = correct(word);
    if (better === undefined) continue;
    const as = asCapital(better, word);
    respelt += text.slice(at, index) + as;
    at = index + word.length;
    respellings.push({ word: withoutParticle(word), as });
  }
  return { text: respelt + text.slice(at), respellings };
}

/** With a capital where the typed word has one. */
function asCapital(word: string, typed: string): string {
  return /^\p{Lu}/u.test(typed) ? word.replace(/^\p{L}/u, (letter) => letter.toUpperCase()) : word;
}
